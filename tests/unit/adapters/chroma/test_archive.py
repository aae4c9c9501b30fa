"""Vectors in Chroma: the exam inside the process and on a server, and failures by name."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

pytest.importorskip("chromadb", reason="needs the extra [news]")

from jennie_cli.adapters.chroma import ChromaMeanings, open_embedded, open_server
from jennie_cli.adapters.chroma.meanings import FEW_DAYS, _where
from jennie_cli.adapters.chroma.opening import read_url
from jennie_cli.adapters.passages import ArchiveFile, SqliteTexts
from jennie_cli.engine.errors import OutsideError, SettingsError
from jennie_cli.engine.store import Archive, HashedNgrams, HybridArchive
from jennie_cli.testing import ArchiveExam
from jennie_cli.testing.archive_exam import ALL, DAY, NOON, ORDER, asked, ids

NUMBERS = count()


def run_on(
    folder: Path,
    opened: Callable[[], ChromaMeanings],
    work: Callable[[HybridArchive], Awaitable[None]],
) -> None:
    """Do work on an archive whose texts are in a folder and whose vectors are in Chroma."""

    async def all_of_it() -> None:
        texts = SqliteTexts(ArchiveFile(folder / "archive.sqlite"))
        archive = HybridArchive(texts, await asyncio.to_thread(opened), HashedNgrams())
        try:
            await work(archive)
        finally:
            await archive.close()

    asyncio.run(all_of_it())


class TestEmbedded(ArchiveExam):
    """The exam, on a folder."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def run(self, work: Callable[[Archive], Awaitable[None]]) -> None:
        """Open the folder anew for each piece of work."""
        run_on(self.folder, lambda: open_embedded(self.folder / "chroma", "jennie-exam"), work)


class TestServer(ArchiveExam):
    """The exam, on a server."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path, chroma_url: str) -> None:
        self.folder = tmp_path
        name = f"jennie-exam-{next(NUMBERS)}"
        self.open = lambda: open_server(chroma_url, name)

    def run(self, work: Callable[[Archive], Awaitable[None]]) -> None:
        """Reach the same collection for each piece of work."""
        run_on(self.folder, self.open, work)


def test_a_collection_is_of_one_model(tmp_path: Path) -> None:
    """Another model's collection begins empty; what it lacks is told and caught up."""

    async def put(archive: HybridArchive) -> None:
        await archive.put(ALL)
        assert 0 == await archive.lacking()

    async def changed(archive: HybridArchive) -> None:
        assert 3 == await archive.lacking()
        assert 3 == await archive.catch_up()
        assert 0 == await archive.lacking() == await archive.catch_up()
        assert ["a1"] == ids(await archive.search(asked("장비 수주", codes=(ORDER.code,))))

    run_on(tmp_path, lambda: open_embedded(tmp_path / "c", "jennie-one"), put)
    run_on(tmp_path, lambda: open_embedded(tmp_path / "c", "jennie-two"), changed)


def test_only_few_are_a_condition() -> None:
    """Stocks, else the days of a short time; a long time or one that is empty is none."""
    week = {"since": NOON - 2 * DAY, "known_by": NOON}
    assert {"code": {"$in": ["123450"]}} == _where(asked("", codes=("123450",), **week))
    assert {"day": {"$in": [20260302, 20260303, 20260304]}} == _where(asked("", **week))
    assert _where(asked("", since=NOON - timedelta(days=FEW_DAYS), known_by=NOON)) is None
    assert _where(asked("", since=NOON, known_by=NOON - DAY)) is None


def test_nobody_answers() -> None:
    """The address and the way without are told."""
    with pytest.raises(OutsideError, match=r"Chroma \(http://127\.0\.0\.1:9\) failed") as told:
        open_server("http://127.0.0.1:9", "jennie-x")
    assert "archive.vectors sqlite" in told.value.hint


def test_a_name_that_chroma_refuses_is_told(tmp_path: Path) -> None:
    """What its Rust part raises is an OutsideError, too."""
    with pytest.raises(OutsideError, match="name"):
        open_embedded(tmp_path / "c", "뉴스")


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8000", "ftp://h", "http://", "http://a:99999", "http://u:pw@h", "http://h/x"],
)
def test_a_wrong_url_is_not_repeated(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(SettingsError) as told:
        read_url(url)
    assert "pw" not in told.value.message + told.value.hint


def test_a_url_is_read() -> None:
    """Ports are those of the scheme where none is told."""
    assert ("h", 8000, False, "http://h:8000") == read_url("http://h:8000/")
    assert ("h", 443, True, "https://h:443") == read_url("https://h")


def test_after_the_end_nothing_is_asked(tmp_path: Path) -> None:
    """Closing twice is no failure."""

    async def work() -> None:
        side = open_embedded(tmp_path / "c", "jennie-end")
        await side.close()
        await side.close()

    asyncio.run(work())
