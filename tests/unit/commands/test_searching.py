"""Searching news from the command line: dates, stocks, sources, and what could not be looked at."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.unit.conftest import Jennie
from tests.unit.wiring.short_home import short_home

from jennie_cli.engine.errors import ExitCode
from jennie_cli.settings import Masker, Options
from jennie_cli.testing.archive_exam import FILING, ORDER, TARIFF
from jennie_cli.wiring import House, open_house
from jennie_cli.wiring import archive as wired


def the_house() -> House:
    """Open the house of the test's home."""
    home = Path(os.environ["JENNIE_HOME"])  # noqa: TID251  # where a fixture put it
    return open_house(Options(home=home), Masker())


@pytest.fixture
def archived(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a few passages of the last days of the home's clock."""
    with short_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        for key, value in (("archive.embedder", "ngrams"), ("archive.vectors", "sqlite")):
            assert 0 == jennie("config", "set", key, value).code
        house = the_house()
        now = house.clock.now()

        async def put() -> None:
            async with wired.open_archive(house) as archive:
                days = timedelta(days=1)
                await archive.put(
                    [
                        replace(ORDER, at=now - days, known_at=now - days),
                        replace(TARIFF, at=now - 9 * days, known_at=now - 9 * days),
                        replace(FILING, at=now, known_at=now + days),
                        replace(
                            ORDER,
                            id="x",
                            url="",
                            code="",
                            name="[bold]악성\x1b[31m",
                            title="수주\u202e뒤집힌\n제목" * 20,
                            at=now - 2 * days,
                            known_at=now - 2 * days,
                        ),
                    ]
                )

        asyncio.run(put())
        house.close()
        yield


@pytest.mark.usefixtures("archived")
def test_a_page_of_eighty_columns(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Date, stock, title and source of each, cut to the width; a stranger's signs do nothing."""
    monkeypatch.setattr("jennie_cli.commands.output.PIPE_COLUMNS", 80)
    got = jennie("news", "search", "2차전지 수주")
    assert ExitCode.DONE == got.code, got.err
    lines = got.out.splitlines()
    assert "뉴스 찾기 “2차전지 수주”" in lines[0]
    first = next(line for line in lines if "가나산업" in line)
    assert first.split()[0] == "1"
    assert "새벽일보" in first
    assert all(cell_len(line) <= 80 for line in lines)
    assert "\x1b" not in got.out
    assert "\u202e" not in got.out
    assert "[bold]악성" in got.out
    assert "News about" in jennie("--lang", "en", "news", "search", "수주").out


@pytest.mark.usefixtures("archived")
def test_one_document(jennie: Jennie) -> None:
    """Bounds, ranks and every field; nothing that is known later."""
    got = jennie("news", "search", "관세", "--days", "30", "--top", "2", "--json").document
    best = got["found"][0]
    assert ("b2", 1, None) == (best["id"], best["words_rank"], best["code"])
    assert ("sim", "generated", "ngrams-512.1") == (
        got["profile"],
        got["market"],
        got["embedder"],
    )
    assert (4, 0, None) == (got["passages"], got["without_vector"], got["words_only"])
    assert 2 == len(got["found"])
    all_of_it = jennie("news", "search", "수주 관세 계약", "--json").document["found"]
    assert "c3" not in [each["id"] for each in all_of_it]
    week = jennie("news", "search", "관세", "--days", "7", "--json").document["found"]
    assert "b2" not in [each["id"] for each in week]


@pytest.mark.usefixtures("archived")
def test_what_cannot_be_asked(jennie: Jennie) -> None:
    """A question without a word, one that is too long, and a stock nobody knows."""
    for words in (["…"], ["가" * 501], ["수주", "--stock", "없는회사이름"]):
        assert ExitCode.INPUT == jennie("news", "search", *words).code


@pytest.mark.usefixtures("archived")
def test_nothing_found_and_words_alone(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are said; so is what has no vector yet."""
    monkeypatch.setattr(wired, "embedded", lambda _: True)
    house = the_house()
    with house.lock(wired.lock_name(house), doing="using the archive"):
        got = jennie("news", "search", "없는낱말이다")
        assert "찾은 것이 없습니다" in got.out
        assert "다른 프로세스" in got.out
    house.close()
    monkeypatch.setattr(wired, "embedder_name", lambda _: "x")
    pytest.importorskip("chromadb", reason="needs the extra [news]")
    assert 0 == jennie("config", "set", "archive.vectors", "chroma").code
    assert "4건은 지금 모델의 벡터가 없어" in jennie("news", "search", "수주").out


def test_an_empty_archive_says_what_to_do(jennie: Jennie) -> None:
    """The command that collects."""
    assert 0 == jennie("config", "set", "archive.embedder", "ngrams").code
    assert "news collect" in jennie("news", "search", "수주").out
