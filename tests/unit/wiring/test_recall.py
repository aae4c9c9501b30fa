"""What the archive of a home tells a run, what a home without one pays, and what failures do."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.engine.store.shelved import passage
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import CouncilPolicy
from jennie_cli.engine.model import Market, NewsKind, Stock
from jennie_cli.engine.store import Passage
from jennie_cli.wiring.archive import folder_of, lock_name, open_archive
from jennie_cli.wiring.house import House
from jennie_cli.wiring.recall import candidates_of, context_of, market_of

AS_OF = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
HOUR = timedelta(hours=1)
STOCK = Stock(code="005930", name="삼성전자", market=Market.KOSPI, sector_fine="반도체")
LEAN = {"archive.embedder": "ngrams", "archive.vectors": "sqlite"}
TEXTS = (
    passage("대규모 공급 계약 체결", AS_OF - HOUR, code="005930"),
    passage("공급 계약 공시", AS_OF - HOUR, code="000660", known_after=2 * HOUR),
    passage("연준 금리 동결", AS_OF - HOUR, kind=NewsKind.WORLD),
)


@pytest.fixture
def home() -> Iterator[Path]:
    """Return an empty home."""
    with short_home() as root:
        yield root


def kept(house: House, *passages: Passage) -> None:
    """Archive passages in a home."""

    async def work() -> None:
        async with open_archive(house) as archive:
            await archive.put(passages)

    asyncio.run(work())


def titles(house: House) -> tuple[list[str], list[str], list[str]]:
    """Return what is told to scout, analyst and council: codes, titles, texts."""
    named, _ = candidates_of(house, as_of=AS_OF, most=30)
    context = context_of(house, [STOCK], as_of=AS_OF)
    market = asyncio.run(market_of(house, at=AS_OF, policy=CouncilPolicy()))
    return (
        [one.code for one in named or ()],
        [news.title for news in context.get(STOCK.code, ())],
        [one.text for one in market],
    )


def test_a_home_without_an_archive_is_told_nothing_and_gets_none(home: Path) -> None:
    """Nothing is opened, and nothing is made."""
    house = house_at(home, given=LEAN)
    assert ([], [], []) == titles(house)
    assert ((), "") == candidates_of(house, as_of=AS_OF, most=30)
    assert not folder_of(house).exists()


def test_scout_analyst_and_council_are_told_what_was_known(home: Path) -> None:
    """Nobody of what was known an hour later."""
    house = house_at(home, given=LEAN)
    kept(house, *TEXTS)
    expected = (["005930"], ["대규모 공급 계약 체결"], ["연준 금리 동결"])
    assert expected == titles(house)
    assert candidates_of(house, as_of=AS_OF, most=30)[1] not in {"", "words"}
    later, _ = candidates_of(house, as_of=AS_OF + 2 * HOUR, most=30)
    assert {"005930", "000660"} == {one.code for one in later or ()}
    assert ((), "") == candidates_of(house, as_of=AS_OF, most=0)


def test_an_archive_in_use_is_searched_by_words(home: Path) -> None:
    """And the run says so."""
    pytest.importorskip("chromadb", reason="chromadb is not installed: extra [news]")
    given = {**LEAN, "archive.vectors": "chroma"}
    house = house_at(home, given=given)
    kept(house, *TEXTS)
    with house_at(home, given=given).lock(lock_name(house), doing="archiving news"):
        named, by = candidates_of(house, as_of=AS_OF, most=30)
    assert ("words", ["005930"]) == (by, [one.code for one in named or ()])


def test_a_damaged_archive_is_missing_and_stops_nothing(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why."""
    house = house_at(home, given=LEAN)
    kept(house, *TEXTS)
    (folder_of(house) / "archive.sqlite").write_bytes(b"no database" * 500)
    with caplog.at_level(logging.WARNING):
        assert (None, "") == candidates_of(house, as_of=AS_OF, most=30)
        assert ([], [], []) == titles(house)
    assert "archived news was not read" in caplog.text


def test_a_run_without_an_archive_imports_none_of_it(home: Path) -> None:
    """Neither Chroma nor what opens it."""
    code = (
        "import sys; from jennie_cli.__main__ import run; "
        f"run(['--home', {str(home)!r}, '-q', 'scout', 'run', '--no-llm']); "
        "print([m for m in sys.modules if m.startswith(('chromadb', 'jennie_cli.adapters.passages',"
        " 'jennie_cli.adapters.chroma'))], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert "[]" == done.stderr.strip().splitlines()[-1]
