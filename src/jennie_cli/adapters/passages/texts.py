"""Passages and the index of their words."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from jennie_cli.adapters.passages.file import ArchiveFile
from jennie_cli.adapters.passages.moments import micros, moment
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Passage, Sought
from jennie_cli.engine.store.words import said_in, words_asked, words_of

_FIELDS = "id, at, known_at, kind, code, name, title, text, source, publisher, url"
_AT_ONCE = 10_000


class SqliteTexts:
    """The Texts side: BM25 by SQLite's FTS5 over words that were cut here."""

    def __init__(self, file: ArchiveFile) -> None:
        """`file` is closed with this side."""
        self._file = file

    async def add(self, passages: Sequence[Passage]) -> int:
        """Keep passages; return how many were new."""
        rows = [(_row(passage), " ".join(words_of(said_in(passage)))) for passage in passages]

        def work(connection: sqlite3.Connection) -> int:
            new = 0
            for row, said in rows:
                done = connection.execute(
                    f"INSERT INTO passage ({_FIELDS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608  # a constant of ours
                    " ON CONFLICT (id) DO NOTHING",
                    row,
                )
                if done.rowcount:
                    new += 1
                    connection.execute(
                        "INSERT INTO words (rowid, said) VALUES (?, ?)", (done.lastrowid, said)
                    )
            return new

        return await self._file.do(work, change=True)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return the passages of these ids that are kept."""

        def work(connection: sqlite3.Connection) -> list[tuple[str | int, ...]]:
            found: list[tuple[str | int, ...]] = []
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                found += connection.execute(
                    f"SELECT {_FIELDS} FROM passage WHERE id IN ({_signs(some)})",  # noqa: S608  # a constant and signs
                    tuple(some),
                ).fetchall()
            return found

        kept = {passage.id: passage for passage in map(_passage, await self._file.do(work))}
        return {name: kept[name] for name in ids if name in kept}

    async def matching(self, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of passages that hold a word of the question, best first."""
        asked = words_asked(sought.text)
        if not asked:
            return ()
        bounds, given = _bounds(sought)
        query = " OR ".join(f'"{word}"' for word in asked)  # a word holds letters and figures only

        def work(connection: sqlite3.Connection) -> list[tuple[str]]:
            return connection.execute(
                "SELECT p.id FROM words JOIN passage p ON p.number = words.rowid"  # noqa: S608  # constants of ours
                f" WHERE words MATCH ? AND {bounds}"
                " ORDER BY bm25(words), p.at DESC, p.id LIMIT ?",
                (query, *given, most),
            ).fetchall()

        return tuple(name for (name,) in await self._file.do(work))

    async def page(self, after: str, most: int) -> tuple[Passage, ...]:
        """Return the passages that follow an id, in the order of ids."""

        def work(connection: sqlite3.Connection) -> list[tuple[str | int, ...]]:
            return connection.execute(
                f"SELECT {_FIELDS} FROM passage WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608  # a constant of ours
                (after, most),
            ).fetchall()

        return tuple(map(_passage, await self._file.do(work)))

    async def forget(self, before: datetime) -> int:
        """Drop what was published before a moment; return how many passages went."""
        bound = (micros(before),)

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(
                "DELETE FROM words WHERE rowid IN (SELECT number FROM passage WHERE at < ?)", bound
            )
            return connection.execute("DELETE FROM passage WHERE at < ?", bound).rowcount

        return await self._file.do(work, change=True)

    async def size(self) -> int:
        """Return how many passages are kept."""

        def work(connection: sqlite3.Connection) -> int:
            return int(connection.execute("SELECT count(*) FROM passage").fetchone()[0])

        return await self._file.do(work)

    async def close(self) -> None:
        """Close the file."""
        await self._file.close()


def _row(passage: Passage) -> tuple[str | int, ...]:
    return (
        passage.id,
        micros(passage.at),
        micros(passage.known_at),
        passage.kind.value,
        passage.code,
        passage.name,
        passage.title,
        passage.text,
        passage.source,
        passage.publisher,
        passage.url,
    )


def _passage(row: tuple[str | int, ...]) -> Passage:
    name, at, known_at, kind, *words = row
    code, stock, title, text, source, publisher, url = map(str, words)
    return Passage(
        id=str(name),
        at=moment(int(at)),
        known_at=moment(int(known_at)),
        kind=NewsKind(str(kind)),
        code=code,
        name=stock,
        title=title,
        text=text,
        source=source,
        publisher=publisher,
        url=url,
    )


def _bounds(sought: Sought) -> tuple[str, tuple[str | int, ...]]:
    """Return the conditions on a passage `p` and what they compare with."""
    told = ["p.at >= ?", "p.known_at <= ?"]
    given: list[str | int] = [micros(sought.since), micros(sought.known_by)]
    for field, choices in (("code", sought.codes), ("kind", [k.value for k in sought.kinds])):
        if choices:
            told.append(f"p.{field} IN ({_signs(choices)})")
            given += choices
    return " AND ".join(told), tuple(given)


def _signs(values: Iterable[str]) -> str:
    return ",".join("?" for _ in values)
