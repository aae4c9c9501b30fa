"""The archive in one file: the exam, two processes at once, and failures by name."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from jennie_cli.adapters.passages import ArchiveFile, SqliteMeanings, SqliteTexts
from jennie_cli.engine.errors import HomeBusy, HomeNotWritable, OutsideError
from jennie_cli.engine.store import Archive, HashedNgrams, HybridArchive
from jennie_cli.testing import ArchiveExam
from jennie_cli.testing.archive_exam import ALL, FILING, NOON, ORDER, TARIFF, asked, ids


def archive_in(path: Path, *, model: str = "") -> HybridArchive:
    """Return an archive over a file that is not opened yet."""
    file, ngrams = ArchiveFile(path), HashedNgrams()
    meanings = SqliteMeanings(file, model=model or ngrams.name, width=ngrams.width)
    return HybridArchive(SqliteTexts(file), meanings, ngrams)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive is to be."""
    return tmp_path / "deep" / "archive.sqlite"


class TestSqliteArchive(ArchiveExam):
    """The exam, on a file."""

    @pytest.fixture(autouse=True)
    def _place(self, path: Path) -> None:
        self.path = path

    def run(self, work: Callable[[Archive], Awaitable[None]]) -> None:
        """Open the file anew for each piece of work."""

        async def all_of_it() -> None:
            archive = archive_in(self.path)
            try:
                await work(archive)
            finally:
                await archive.close()

        asyncio.run(all_of_it())


def test_what_another_process_writes_is_seen(path: Path) -> None:
    """Passages and vectors that come, go and come again are found by who has it open."""

    async def work() -> None:
        ours, theirs = archive_in(path), archive_in(path)
        await ours.put([ORDER])
        assert ["a1"] == ids(await ours.search(asked("관세 수주")))
        await theirs.put(ALL)
        found = await ours.search(asked("관세 수주"))
        assert ["a1", "b2", "c3"] == sorted(ids(found))
        assert [1, 2, 3] == sorted(f.meaning_rank or 0 for f in found)
        await theirs.forget(NOON)
        assert ["a1"] == ids(await ours.search(asked("수주 장비", codes=(ORDER.code,))))
        assert 2 == await ours.size()
        await theirs.put([TARIFF])
        assert 1 == (await ours.search(asked(TARIFF.title)))[0].meaning_rank
        await ours.close()
        await theirs.close()

    asyncio.run(work())


def test_models_do_not_mix(path: Path) -> None:
    """Vectors of another model are not compared, and stay for when it comes back."""

    async def work() -> None:
        ours, other = archive_in(path), archive_in(path, model="another")
        await ours.put(ALL)
        assert 3 == await other.lacking()
        assert [None] == [f.meaning_rank for f in await other.search(asked("수주"))]
        assert 3 == await other.catch_up()
        assert [0, 0] == [await ours.lacking(), await other.lacking()]
        await ours.close()
        await other.close()

    asyncio.run(work())


def test_half_numbers_keep_the_order(path: Path) -> None:
    """A vector comes back right to three places."""

    async def work() -> None:
        file = ArchiveFile(path)
        side = SqliteMeanings(file, model="m", width=64)
        given = np.random.default_rng(5).standard_normal((3, 64)).astype(np.float32)
        given /= np.linalg.norm(given, axis=1, keepdims=True)
        await side.put(ALL, given)
        assert ("c3",) == (await side.nearest(given[2:], asked(""), 1))
        assert frozenset({"x"}) == await side.missing(["a1", "x"])
        await side.put([ORDER, TARIFF, FILING][::-1], given)
        assert ("a1",) == (await side.nearest(given[2:], asked(""), 1))
        assert 3 == await side.size()
        await side.close()
        await side.close()

    asyncio.run(work())


def test_a_file_of_another_layout_is_left_alone(path: Path) -> None:
    """It is named, with what to do."""
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(OutsideError, match="layout 99"):
        asyncio.run(archive_in(path).size())


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_failures_are_named(path: Path, content: bytes | None) -> None:
    """What is no database, and a folder that is a file, say where they are."""
    if content is None:
        path.parent.write_bytes(b"")
    else:
        path.parent.mkdir()
        path.write_bytes(content)
    expected = HomeNotWritable if content is None else OutsideError
    with pytest.raises(expected, match=r"archive\.sqlite"):
        asyncio.run(archive_in(path).size())


def test_a_writer_that_stays_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited long enough is told that another process writes, and nothing is half kept."""
    monkeypatch.setattr("jennie_cli.adapters.passages.file._BUSY_S", 0.05)
    archive = archive_in(path)

    async def work() -> None:
        await archive.put([ORDER])
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(HomeBusy, match="writing"):
            await archive.put(ALL)
        assert ["a1"] == ids(await archive.search(asked("수주")))
        writer.execute("ROLLBACK")
        writer.close()
        assert 2 == await archive.put(ALL)
        await archive.close()

    asyncio.run(work())
