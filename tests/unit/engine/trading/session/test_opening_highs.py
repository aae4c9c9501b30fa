"""The highs since an entry come from stored days and minutes and from today's chart."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from tests.unit.engine.research.loading_market import (
    BEFORE,
    CALENDAR,
    DAY,
    KB,
    SAMSUNG,
    daily,
    minutes,
)

from jennie_cli.engine.exits import WHOLE_DAY, Highs
from jennie_cli.engine.feed import MinuteBar, TradedDay
from jennie_cli.engine.store import Batch, MemoryFacts
from jennie_cli.engine.trading.session.opening_highs import highs_of
from jennie_cli.testing import moment

NOW = moment(DAY, 11, 0)
EXAM = date(2025, 11, 13)
"""A session from 10:00 to 16:30."""


def found(
    *batches: Batch, since: date = BEFORE, now: datetime = NOW, chart: Iterable[MinuteBar] = ()
) -> set[tuple[int, int, float]]:
    """Return the highs of one stock as days before today, minute, and won."""
    facts = MemoryFacts()
    facts.write(batches)
    highs = highs_of({SAMSUNG: since}, facts, now=now, calendar=CALENDAR, minutes=chart)
    assert {SAMSUNG} == highs.keys()
    return rows(highs[SAMSUNG], now.date())


def rows(highs: Highs, today: date) -> set[tuple[int, int, float]]:
    """Return highs in words."""
    back = today.toordinal() - highs.day
    told = zip(back.tolist(), highs.minute.tolist(), highs.high.tolist(), strict=True)
    return set(told)


def bar(at: datetime, high: int, *, volume: int = 10, code: str = SAMSUNG) -> MinuteBar:
    """Return a minute of today's chart."""
    return MinuteBar(code=code, start=at, open=high, high=high, low=high, close=high, volume=volume)


def test_days_minutes_and_chart_are_put_together() -> None:
    """The day before by its high and its minutes, today by the chart; another stock's bars and
    days before the entry are left out.
    """
    two_ago = CALENDAR.previous_day(BEFORE)
    told = found(
        daily(SAMSUNG, [60_000, 61_000], [two_ago, BEFORE]),
        daily(KB, [45_000], [BEFORE]),
        minutes((SAMSUNG, BEFORE, 1015, 60_500, 3), (KB, BEFORE, 1015, 44_000, 3)),
        chart=[bar(moment(DAY, 9, 30), 62_000), bar(moment(DAY, 9, 31), 45_000, code=KB)],
    )
    assert {(1, WHOLE_DAY, 61_010.0), (1, 615, 60_501.0), (0, 570, 62_000.0)} == told


def test_bars_without_a_trade_do_not_count() -> None:
    """A minute that only carries the last price on tells of no new price."""
    quiet = minutes((SAMSUNG, BEFORE, 1015, 60_500, 0))
    assert set() == found(quiet, chart=[bar(moment(DAY, 9, 30), 62_000, volume=0)])


@pytest.mark.parametrize(
    ("day", "hour", "minute", "counts"),
    [
        (DAY, 8, 59, False),
        (DAY, 9, 0, True),
        (DAY, 15, 30, True),
        (DAY, 15, 31, False),
        (EXAM, 9, 59, False),
        (EXAM, 16, 30, True),
        (DAY + timedelta(days=2), 10, 0, False),
    ],
)
def test_only_minutes_of_the_session_count(
    day: date, hour: int, minute: int, *, counts: bool
) -> None:
    """What trades before the open or after the close is no high, on any kind of day."""
    at = moment(day, hour, minute)
    chart = [bar(at, 62_000)]
    wanted = {(0, hour * 60 + minute, 62_000.0)} if counts else set()
    assert wanted == found(now=at, since=day, chart=chart)
    stored = minutes((SAMSUNG, day, hour * 100 + minute, 61_999, 5))
    later = at + timedelta(minutes=5)
    assert wanted == found(stored, now=later, since=day)


def test_what_is_known_later_does_not_count() -> None:
    """A day that the store learns of only after now is not there yet, nor is today's own high."""
    facts = daily(SAMSUNG, [61_000, 62_000], [BEFORE, DAY])
    assert {(1, WHOLE_DAY, 61_010.0)} == found(facts)
    assert {(1, WHOLE_DAY, 61_010.0)} == found(facts, now=moment(DAY, 18, 0))
    assert set() == found(facts, now=moment(BEFORE, 11, 0))


def test_nothing_held_needs_no_highs() -> None:
    """Without a position nothing is read, without a bar there is nothing."""
    assert {} == highs_of({}, MemoryFacts(), now=NOW, calendar=CALENDAR)
    assert set() == found()
    empty = highs_of({SAMSUNG: DAY}, MemoryFacts(), now=NOW, calendar=CALENDAR)[SAMSUNG]
    assert (0, 0, 0) == (empty.day.size, empty.minute.size, empty.high.size)


def test_days_as_traded_stand_in_for_stored_ones() -> None:
    """A split restates the stored days; scaled again, the top before it would be lost."""
    facts = MemoryFacts()
    facts.write([daily(SAMSUNG, [12_200], [BEFORE]), daily(KB, [45_000], [BEFORE])])
    before = CALENDAR.previous_day(BEFORE)
    told = TradedDay(code=SAMSUNG, day=BEFORE, high=61_000, close=60_000, base=60_500, volume=3)
    still = TradedDay(code=SAMSUNG, day=before, high=99_000, close=60_000, base=60_500, volume=0)
    since = {SAMSUNG: before, KB: before}
    traded = {SAMSUNG: [still, told]}
    highs = highs_of(since, facts, now=NOW, calendar=CALENDAR, traded=traded)
    assert [61_000] == highs[SAMSUNG].high.tolist()
    assert [WHOLE_DAY] == highs[SAMSUNG].minute.tolist()
    (other,) = highs[KB].high.tolist()
    assert other >= 45_000
