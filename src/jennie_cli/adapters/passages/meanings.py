"""Vectors in the archive's file, compared one by one: exact, and quick enough to some 100,000."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.adapters.passages.file import ArchiveFile
from jennie_cli.adapters.passages.moments import micros
from jennie_cli.engine.store import Passage, Sought, Vectors

_STORED = np.float16
"""Half numbers take half the room; a cosine of theirs is right to three places."""

_COLUMNS = "number, id, at, known_at, kind, code, numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What was read: one row a vector, in the order of their numbers."""

    numbers: NDArray[np.int64]
    ids: NDArray[Any]
    at: NDArray[np.int64]
    known_at: NDArray[np.int64]
    kinds: NDArray[Any]
    codes: NDArray[Any]
    matrix: Vectors


class SqliteMeanings:
    """The Meanings side of one model: a matrix in memory, kept up with the file."""

    def __init__(self, file: ArchiveFile, *, model: str, width: int) -> None:
        """`file` is closed with this side; `model` tells its vectors from those of others."""
        self._file = file
        self._model = model
        self._width = width
        self._rows = _read([], width)

    async def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Keep a vector for each passage, in place of the one that was there."""
        rows = [
            (self._model, p.id, micros(p.at), micros(p.known_at), p.kind.value, p.code, numbers)
            for p, numbers in zip(passages, map(_packed, vectors), strict=True)
        ]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR REPLACE INTO vector (model, id, at, known_at, kind, code, numbers)"
                " VALUES (?,?,?,?,?,?,?)",
                rows,
            )

        await self._file.do(work, change=True)

    async def nearest(self, vector: Vectors, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of the passages most like one vector (1, width), best first."""

        def work(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = self._kept_up(connection)
            admitted = np.flatnonzero(_admitted(rows, sought))
            # `@` would share this out among threads that wait for busy cores by spinning
            likeness = np.einsum("ij,j->i", rows.matrix, vector[0])[admitted]
            if len(likeness) > most:
                best = np.argpartition(-likeness, most - 1)[:most]
                admitted, likeness = admitted[best], likeness[best]
            return tuple(map(str, rows.ids[admitted[np.lexsort((-admitted, -likeness))]]))

        return await self._file.do(work)

    async def missing(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have no vector."""

        def work(connection: sqlite3.Connection) -> frozenset[str]:
            found = connection.execute(
                "SELECT id FROM vector WHERE model = ?"  # noqa: S608  # signs only
                f" AND id IN ({','.join('?' for _ in ids)})",
                (self._model, *ids),
            )
            return frozenset(ids).difference(name for (name,) in found)

        return await self._file.do(work)

    async def forget(self, before: datetime) -> int:
        """Drop the vectors of what was published before a moment, of other models too."""

        def work(connection: sqlite3.Connection) -> int:
            gone = connection.execute("DELETE FROM vector WHERE at < ?", (micros(before),))
            return gone.rowcount

        return await self._file.do(work, change=True)

    async def size(self) -> int:
        """Return how many vectors are kept."""

        def work(connection: sqlite3.Connection) -> int:
            return self._state(connection)[0]

        return await self._file.do(work)

    async def close(self) -> None:
        """Close the file."""
        await self._file.close()

    def _state(self, connection: sqlite3.Connection) -> tuple[int, int]:
        """Return how many vectors there are, and the number of the newest."""
        count, newest = connection.execute(
            "SELECT count(*), coalesce(max(number), 0) FROM vector WHERE model = ?", (self._model,)
        ).fetchone()
        return int(count), int(newest)

    def _kept_up(self, connection: sqlite3.Connection) -> _Rows:
        """Return the rows as they stand; what others wrote since is read, too.

        Numbers are never given twice, so that a count that fits says that nothing went.
        """
        rows = self._rows
        count, newest = self._state(connection)
        last = int(rows.numbers[-1]) if len(rows.numbers) else 0
        if newest > last:
            rows = _joined(rows, self._since(connection, last))
        if len(rows.numbers) != count:
            rows = self._since(connection, 0)
        self._rows = rows
        return rows

    def _since(self, connection: sqlite3.Connection, number: int) -> _Rows:
        found = connection.execute(
            f"SELECT {_COLUMNS} FROM vector WHERE model = ? AND number > ? ORDER BY number",  # noqa: S608  # a constant of ours
            (self._model, number),
        )
        return _read(found.fetchall(), self._width)


def _packed(vector: NDArray[np.float32]) -> bytes:
    return vector.astype(_STORED).tobytes()


def _read(found: Sequence[tuple[Any, ...]], width: int) -> _Rows:
    columns = list(zip(*found, strict=True)) or [()] * 7
    packed = np.frombuffer(b"".join(columns[6]), _STORED)
    return _Rows(
        numbers=np.array(columns[0], np.int64),
        ids=np.array(columns[1], np.str_),
        at=np.array(columns[2], np.int64),
        known_at=np.array(columns[3], np.int64),
        kinds=np.array(columns[4], np.str_),
        codes=np.array(columns[5], np.str_),
        matrix=packed.reshape(len(found), width).astype(np.float32),
    )


def _joined(old: _Rows, new: _Rows) -> _Rows:
    parts = {
        name: np.concatenate([getattr(old, name), getattr(new, name)])
        for name in _Rows.__dataclass_fields__
    }
    return _Rows(**parts)


def _admitted(rows: _Rows, sought: Sought) -> NDArray[np.bool_]:
    told = (rows.at >= micros(sought.since)) & (rows.known_at <= micros(sought.known_by))
    if sought.codes:
        told &= np.isin(rows.codes, sought.codes)
    if sought.kinds:
        told &= np.isin(rows.kinds, [kind.value for kind in sought.kinds])
    return told
