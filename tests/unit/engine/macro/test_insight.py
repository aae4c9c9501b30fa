"""What the council wrote is read with care: today's at its word, yesterday's only to hold back."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.unit.engine.macro.days import CALENDAR, DAY, at

from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro import (
    MacroPolicy,
    MemoryMacro,
    Told,
    favoured_sectors,
    insight_check,
    is_strategy_favored,
    named_strategies,
    position_factor,
    read_insight,
    sector_factor,
    sector_outlook,
    should_avoid_strategy,
    should_skip_sector,
    stop_factor,
    strategies_to_avoid,
    trading_reasoning,
)
from jennie_cli.engine.model import MacroInsight, Outlook, Strategy

POLICY = MacroPolicy()
FRIDAY, HOLIDAY, TUESDAY = date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 3)
INSIGHT = MacroInsight(day=DAY, at=at("07:30"), sentiment_score=50)
DOWN = OutsideError("The store does not answer.", hint="jennie doctor")


def told(*, stale: bool = False, **given: object) -> Told:
    """Return today's insight with some of its fields given."""
    return Told(insight=replace(INSIGHT, **given), stale=stale)  # type: ignore[arg-type]


def written(day: date) -> MacroInsight:
    """Return an insight written at 07:30 of its day."""
    return MacroInsight(day=day, at=at("07:30", day), sentiment_score=50)


@pytest.mark.parametrize(
    ("days", "now", "day", "stale"),
    [
        ([], at("09:30"), None, False),
        ([DAY], at("09:30"), DAY, False),
        ([DAY], at("07:30"), DAY, False),
        ([TUESDAY, DAY], at("07:29"), TUESDAY, True),  # today's is not written yet
        ([TUESDAY], at("09:30"), TUESDAY, True),
        ([FRIDAY], at("09:30", TUESDAY), FRIDAY, True),  # over a weekend and a holiday
        ([HOLIDAY], at("09:30", TUESDAY), HOLIDAY, True),
        ([FRIDAY], at("09:30"), None, False),  # two trading days old
        ([TUESDAY], at("23:59", TUESDAY), TUESDAY, False),
        ([TUESDAY], at("00:00"), TUESDAY, True),
    ],
)
def test_which_insight_holds(
    days: list[date], now: datetime, day: date | None, stale: bool
) -> None:
    """Today's holds, the last trading day's is stale, an older one is none."""
    source = MemoryMacro(insights=[written(d) for d in days])
    found = read_insight(source, now=now, calendar=CALENDAR)
    assert (day, stale) == (found.insight.day if found.insight else None, found.stale)
    assert found.failure is None


@pytest.mark.parametrize(
    ("at_", "stale"),
    [
        (at("18:00", FRIDAY), False),
        (at("12:00", HOLIDAY), False),
        (at("15:29", FRIDAY), True),
        (at("07:30", date(2026, 2, 2)), True),
    ],
)
def test_words_from_before_the_last_close_are_stale(at_: datetime, stale: bool) -> None:
    """A day to come may be ruled on; what happened since then was not known."""
    source = MemoryMacro(insights=[MacroInsight(day=TUESDAY, at=at_, sentiment_score=80)])
    found = read_insight(source, now=at("09:30", TUESDAY), calendar=CALENDAR)
    assert (TUESDAY, stale) == (found.insight and found.insight.day, found.stale)


def test_a_failed_read_is_named_and_the_careful_figures_hold() -> None:
    """A source that fails leaves its error for the log, 0.8 of a position and 1.2 of a stop."""
    found = read_insight(
        MemoryMacro(insights=[INSIGHT], failure=DOWN), now=at("09:30"), calendar=CALENDAR
    )
    assert Told(failure=DOWN) == found
    assert (0.8, 1.2) == (
        position_factor(found, POLICY),
        stop_factor(found, POLICY, volatile=True),
    )
    assert ("outside", False) == (insight_check(found).value, insight_check(found).passed)


def test_a_day_the_calendar_does_not_know_is_named() -> None:
    """Where the last trading day is not known, an old insight is not taken for it."""
    far = at("09:30", date(2099, 1, 2))
    found = read_insight(MemoryMacro(insights=[INSIGHT]), now=far, calendar=CALENDAR)
    assert found.insight is None
    assert found.failure is not None
    assert "trading day" in found.failure.message


def test_an_insight_of_today_needs_no_calendar() -> None:
    """Even beyond the days the calendar knows, today's insight is today's."""
    far = date(2099, 1, 2)
    source = MemoryMacro(insights=[written(far)])
    assert Told(insight=written(far)) == read_insight(
        source, now=at("09:30", far), calendar=CALENDAR
    )


def test_an_insight_from_the_future_is_refused() -> None:
    """A source that hands out what is still to come is named and not used."""

    class Prophet:
        def newest(self, at: datetime) -> MacroInsight:
            return replace(INSIGHT, at=at.replace(year=at.year + 1))

    found = read_insight(Prophet(), now=at("09:30"), calendar=CALENDAR)
    assert found.insight is None
    assert found.failure is not None
    assert "still to come" in found.failure.message


@pytest.mark.parametrize(
    ("size_pct", "score", "fresh", "stale"),
    [
        (50, 50, 0.7, 0.7),
        (69, 50, 0.7, 0.7),
        (70, 50, 0.7, 0.7),
        (100, 90, 1.0, 1.0),  # a hundred is an answer, not a silence
        (130, 10, 1.3, 1.0),
        (131, 10, 1.3, 1.0),
        (None, 100, 1.2, 1.0),
        (None, 70, 1.2, 1.0),
        (None, 69, 1.1, 1.0),
        (None, 60, 1.1, 1.0),
        (None, 59, 1.0, 1.0),
        (None, 41, 1.0, 1.0),
        (None, 40, 0.85, 0.85),
        (None, 31, 0.85, 0.85),
        (None, 30, 0.7, 0.7),
        (None, 0, 0.7, 0.7),
    ],
)
def test_size_by_percentage_else_by_score(
    size_pct: int | None, score: int, fresh: float, stale: float
) -> None:
    """The council's percentage holds within 0.7 and 1.3, else its score; stale never above 1."""
    given = told(size_pct=size_pct, sentiment_score=score)
    assert fresh == position_factor(given, POLICY)
    assert stale == position_factor(replace(given, stale=True), POLICY)


@pytest.mark.parametrize(
    ("stop_pct", "volatile", "fresh", "stale"),
    [
        (79, True, 0.8, 0.8),
        (80, False, 0.8, 0.8),
        (100, True, 1.0, 1.0),
        (150, False, 1.5, 1.0),
        (151, False, 1.5, 1.0),
        (None, True, 1.5, 1.0),
        (None, False, 1.0, 1.0),
    ],
)
def test_stops_by_percentage_else_by_volatility(
    stop_pct: int | None, volatile: bool, fresh: float, stale: float
) -> None:
    """The council's percentage holds within 0.8 and 1.5, else 1.5 on a volatile day."""
    given = told(stop_pct=stop_pct)
    assert fresh == stop_factor(given, POLICY, volatile=volatile)
    assert stale == stop_factor(replace(given, stale=True), POLICY, volatile=volatile)


@pytest.mark.parametrize(
    ("group", "skip", "factor"),
    [
        ("금융", True, 0.9),  # to avoid
        ("건설/부동산", True, 0.9),  # bearish
        ("반도체/IT", False, 1.1),  # to favour
        ("바이오/헬스케어", False, 1.1),  # bullish
        ("방산/우주", False, 1.1),  # bearish, yet favoured by name
        ("기타", True, 0.9),  # in both lists: avoid
        ("통신/인터넷", False, 1.0),  # nothing said
        ("반도체", False, 1.0),  # part of a name is not the name
    ],
)
def test_sectors(group: str, skip: bool, factor: float) -> None:
    """A group is avoided by name, or when bearish and not favoured; names match whole."""
    given = told(
        avoid_sectors=frozenset({"금융", "기타"}),
        favour_sectors=frozenset({"반도체/IT", "방산/우주", "기타"}),
        sector_outlook={
            "건설/부동산": Outlook.BEARISH,
            "바이오/헬스케어": Outlook.BULLISH,
            "방산/우주": Outlook.BEARISH,
        },
    )
    assert skip is should_skip_sector(given, group)
    assert factor == sector_factor(given, group, POLICY)
    assert min(factor, 1.0) == sector_factor(replace(given, stale=True), group, POLICY)


def test_sectors_without_an_insight() -> None:
    """Without an insight no group is avoided or favoured."""
    assert not should_skip_sector(Told(), "금융")
    assert 1.0 == sector_factor(Told(), "금융", POLICY)
    assert Outlook.NEUTRAL is sector_outlook(Told(), "금융")
    assert frozenset() == favoured_sectors(Told())


def test_an_outlook_is_told_as_written() -> None:
    """What the council expects of a group is given back, NEUTRAL where it said nothing."""
    given = told(sector_outlook={"금융": Outlook.BEARISH})
    assert Outlook.BEARISH is sector_outlook(given, "금융")
    assert Outlook.NEUTRAL is sector_outlook(given, "기타")


def test_strategies_by_any_of_their_names() -> None:
    """Aliases and small letters are known, other names are handed back."""
    known, unknown = named_strategies(["momentum_continuation_bull", " DIP_BUY", "BREAKOUT", ""])
    assert {Strategy.MOMENTUM_CONTINUATION, Strategy.DIP_BUY} == known
    assert ("BREAKOUT", "") == unknown


def test_the_answer_about_the_insight() -> None:
    """An insight of today passes with its day, a stale one and none do not."""
    day = DAY.isoformat()
    assert (day, True) == (insight_check(told()).value, insight_check(told()).passed)
    old = told(stale=True)
    assert (day, False) == (insight_check(old).value, insight_check(old).passed)
    assert (None, False) == (insight_check(Told()).value, insight_check(Told()).passed)


@pytest.mark.parametrize("score", [-1, 101])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    """No insight holds a score that the tables cannot read."""
    with pytest.raises(ValueError, match=r"0\.\.100"):
        replace(INSIGHT, sentiment_score=score)


def test_strategies_are_favoured_and_avoided_by_their_exact_name() -> None:
    """Upper case alone counts; what is avoided too is not favoured, nor anything by a stale one."""
    names = frozenset({Strategy.MOMENTUM, Strategy.GOLDEN_CROSS})
    found = told(favour=names, avoid=frozenset({Strategy.MOMENTUM}))
    assert [True, False, False] == [
        is_strategy_favored(found, name) for name in ("GOLDEN_CROSS", "golden_cross", "MOMENTUM")
    ]
    assert [True, False, False] == [
        should_avoid_strategy(found, name) for name in ("MOMENTUM", "momentum", "GOLDEN_CROSS")
    ]
    assert not is_strategy_favored(told(favour=names, stale=True), "GOLDEN_CROSS")
    assert (False, False) == (
        is_strategy_favored(Told(), "MOMENTUM"),
        should_avoid_strategy(Told(), "MOMENTUM"),
    )


def test_the_reasoning_is_told() -> None:
    """None without an insight."""
    assert ("눌림목만", "") == (
        trading_reasoning(told(reasoning="눌림목만")),
        trading_reasoning(Told()),
    )


def test_check_6_of_the_acceptance_list() -> None:
    """Risk level 3 and the council's list leave what both leave."""
    left = frozenset(Strategy) - strategies_to_avoid(
        told(avoid=frozenset({Strategy.RSI_REBOUND})), 3
    )
    assert frozenset({Strategy.BULL_PULLBACK}) == left
