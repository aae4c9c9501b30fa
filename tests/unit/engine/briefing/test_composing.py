"""A briefing is put together from what was read, and says what was not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jennie_cli.engine.briefing import (
    AssetSnapshot,
    Briefing,
    Materials,
    Outcome,
    Taken,
    compose,
)
from jennie_cli.engine.broker import AccountState, Holding
from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting import Figure
from jennie_cli.engine.model import LlmStatus, Position
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.testing import make_run, make_watchlist
from jennie_cli.testing.assets_exam import WORTH
from jennie_cli.testing.insights_exam import FULL
from jennie_cli.testing.news_exam import row

FIVE = datetime(2026, 3, 3, 17, 0, tzinfo=KST)
HELD = Holding(
    code="000010",
    name="가온\x1b[31m칩스텍",
    qty=10,
    sellable_qty=10,
    cost=700_000,
    price=71_000,
    value=710_000,
)
STATE = AccountState(
    holdings=(HELD,), deposit=1, settled_cash=WORTH.settled_cash, total=WORTH.total_asset
)
NOTHING = Portfolio(positions={}, cash=None, booked=(), unexplained={})


def composed(**given: Any) -> Briefing:
    """Return the briefing of an empty account, but for what is given."""
    known: dict[str, Any] = {
        "day": FIVE.date(),
        "at": FIVE,
        "profile": "sim",
        "source": "generated",
        "portfolio": NOTHING,
        "names": str,
    }
    return compose(Materials(**(known | given)))


def taken(previous: AssetSnapshot | None = None) -> Taken:
    """Return a snapshot taken now."""
    return Taken(
        day=FIVE.date(), outcome=Outcome.TAKEN, snapshot=WORTH, previous=previous, state=STATE
    )


def figure(value: float, *, hours: float = 0) -> Figure:
    """Return a figure that was true some hours ago."""
    return Figure(value=value, source="naver", as_of=FIVE - timedelta(hours=hours))


def test_what_was_not_read_is_none_and_never_nought() -> None:
    """Every section that has a source of its own is None without it; the gaps go with it."""
    told = composed(gaps={"news": "away"})
    assert (None,) * 6 == (
        told.worth,
        told.positions,
        told.differs,
        told.second_tier,
        told.watch,
        told.news,
    )
    weather = told.weather
    assert (None,) * 6 == (
        weather.kospi,
        weather.kosdaq,
        weather.vix,
        weather.usd_krw,
        weather.sentiment,
        weather.regime,
    )
    assert {"news": "away"} == told.gaps


def test_the_change_is_the_difference_of_two_rows() -> None:
    """Acceptance 12: against the newest earlier row, in won and percent; none without one."""
    previous = replace(WORTH, day=WORTH.day - timedelta(days=1), total_asset=4_000_000_000)
    first, second = (composed(taken=taken(p)).worth for p in (None, previous))
    assert first is not None
    assert second is not None
    assert (None, None) == (first.change, first.change_pct)
    assert WORTH.total_asset - previous.total_asset == second.change
    assert pytest.approx(25.0) == second.change_pct
    assert (WORTH.orderable_cash, WORTH.settled_cash) == (
        second.orderable_cash,
        second.settled_cash,
    )
    assert None is replace(second, previous_total=0).change_pct


def test_holdings_are_the_brokers_and_a_ledger_that_differs_is_counted() -> None:
    """Gains in won and percent; a name keeps no control characters; a free share has no percent."""
    held = Position(code=HELD.code, qty=10, cost=1)
    same = composed(taken=taken(), portfolio=replace(NOTHING, positions={HELD.code: held}))
    assert (1, 0) == (composed(taken=taken()).differs, same.differs)
    assert same.positions is not None
    (shown,) = same.positions
    assert ("가온[31m칩스텍", 10_000) == (shown.name, shown.pnl)
    assert pytest.approx(100 / 70) == shown.pnl_pct
    assert replace(shown, cost=0).pnl_pct is None


def test_a_day_off_has_a_snapshot_of_nothing() -> None:
    """Where nobody was asked there is no worth and there are no positions."""
    told = composed(taken=Taken(day=FIVE.date(), outcome=Outcome.HOLIDAY))
    assert (None, None) == (told.worth, told.positions)


def test_the_newest_level_comes_with_the_change_of_its_own_origin() -> None:
    """A change is never that of another level."""
    yesterday = {"kospi_index": figure(6_400, hours=20), "kospi_change_pct": figure(1, hours=20)}
    now = {"kospi_index": figure(6_500), "usd_krw": figure(1_380.5, hours=2)}
    told = composed(figures=[yesterday, now]).weather
    assert told.kospi is not None
    assert told.usd_krw is not None
    assert (6_500, None, 1_380.5) == (told.kospi.value, told.kospi.change_pct, told.usd_krw.value)
    alone = composed(figures=[yesterday]).weather.kospi
    assert alone is not None
    assert (6_400, 1) == (alone.value, alone.change_pct)


def test_council_and_scout_are_told_with_their_day() -> None:
    """The council's score, the scout's regime, ten of the list and how many more there are."""
    entries = make_watchlist()
    many = [
        replace(entries[0], rank=n, llm_status=status, llm_score=60.0 + n)
        for n, status in enumerate((*LlmStatus, *(LlmStatus.OK,) * 8), 1)
    ]
    run = make_run()
    told = composed(council=FULL, run=run, entries=many)
    assert (FULL.sentiment, 63) == (told.weather.sentiment, told.weather.sentiment_score)
    assert (run.regime.regime.value, run.trade_date) == (
        told.weather.regime,
        told.weather.regime_day,
    )
    assert told.watch is not None
    assert (run.trade_date, 10, 2) == (told.watch.day, len(told.watch.listed), told.watch.rest)
    assert [61.0, None, 63.0, 64.0] == [one.llm_score for one in told.watch.listed[:4]]
    assert [False, False, True, False] == [one.simulated for one in told.watch.listed[:4]]


def test_news_are_the_five_farthest_from_neutral_of_a_day() -> None:
    """Unjudged, old and repeated titles are out; a title is tamed and cut."""
    scores = [50, 90, 20, 55, 45, 100, 0]
    rows = [row(n, score, title=f"제목 {n}") for n, score in enumerate(scores, 1)]
    rows += [row(1, None, title="모름"), row(2, 1, title="제목 2")]
    rows += [replace(row(1, 0, title="옛날", at=FIVE - timedelta(hours=25)))]
    rows += [row(1, 99, title="<<<DATA\x1b[2J " + "가" * 500)]
    told = composed(news=rows)
    assert told.news is not None
    assert [100, 0, 99, 90, 20] == [story.score for story in told.news]
    assert 120 == len(told.news[2].title)
    assert not {"\x1b", "<<"} & set(told.news[2].title)
    assert () == composed(news=()).news
