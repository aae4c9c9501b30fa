"""Trading days: the tricky ones by name, the rest against two independent sources."""

import csv
import warnings
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.venue import (
    Calendar,
    DayKind,
    DayOverride,
    DayState,
    default_calendar,
)

CALENDAR = default_calendar()
NORMAL = (time(9), time(15, 30))


def hours(calendar: Calendar, day: date) -> tuple[time, time] | None:
    """Return the KST wall hours of a day."""
    session = calendar.session(day)
    return (session.open.time(), session.close.time()) if session else None


def override(day: date, kind: DayKind, *hours: time) -> DayOverride:
    """Return an override made by a user."""
    opens, closes = hours or (None, None)
    return DayOverride(day=day, kind=kind, open=opens, close=closes, reason="공고", source="user")


@pytest.mark.parametrize(
    ("year", "closings"),
    [
        (
            2026,
            (
                "01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 "
                "10-05 10-09 12-25 12-31"
            ),
        ),
        (
            2027,
            (
                "01-01 02-08 02-09 03-01 05-03 05-05 05-13 07-19 08-16 09-14 09-15 09-16 10-04 "
                "10-11 12-27 12-31"
            ),
        ),
    ],
)
def test_the_closed_weekdays_of(year: int, closings: str) -> None:
    """The closings of 2026 as published, and of 2027 with all substitute holidays of the law."""
    weekdays = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    closed = [day for day in weekdays if day.weekday() < 5 and not CALENDAR.is_open(day)]
    assert closings.split() == [f"{day:%m-%d}" for day in closed]


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2015, 8, 14), id="decreed 2015"),
        pytest.param(date(2017, 10, 2), id="decreed 2017"),
        pytest.param(date(2020, 8, 17), id="decreed 2020"),
        pytest.param(date(2024, 10, 1), id="decreed 2024"),
        pytest.param(date(2025, 1, 27), id="decreed 2025"),
        pytest.param(date(2025, 6, 3), id="early presidential election"),
        pytest.param(date(2020, 4, 15), id="general election"),
        pytest.param(date(2022, 12, 30), id="last weekday of 2022"),
        pytest.param(date(2026, 11, 21), id="Saturday"),
    ],
)
def test_the_exchange_is_closed_on(day: date) -> None:
    """Decreed days, elections, the year end and weekends are closed and have no session."""
    assert (DayState.CLOSED, None) == (CALENDAR.state(day), CALENDAR.session(day))


@pytest.mark.parametrize(
    "day", [date(2024, 12, 30), date(2025, 7, 17), date(2026, 2, 19), date(2026, 11, 20)]
)
def test_the_exchange_is_open_on(day: date) -> None:
    """Days beside a closing, and Constitution Day before it was a holiday again, are open."""
    assert (DayState.OPEN, NORMAL) == (CALENDAR.state(day), hours(CALENDAR, day))


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (date(2012, 11, 8), time(10), time(16)),
        (date(2016, 7, 29), time(9), time(15)),
        (date(2016, 8, 1), time(9), time(15, 30)),
        (date(2016, 11, 17), time(10), time(16, 30)),
        (date(2017, 11, 16), time(10), time(16, 30)),
        (date(2017, 11, 23), time(10), time(16, 30)),
        (date(2020, 12, 3), time(10), time(16, 30)),
        (date(2025, 11, 13), time(10), time(16, 30)),
        (date(2026, 11, 19), time(10), time(16, 30)),
        (date(2016, 1, 4), time(10), time(15)),
        (date(2026, 1, 2), time(10), time(15, 30)),
        (date(2026, 1, 5), time(9), time(15, 30)),
        (date(2027, 1, 4), time(10), time(15, 30)),
    ],
)
def test_the_hours_of(day: date, opens: time, closes: time) -> None:
    """Exam days shift by an hour, a year starts late, and until 2016-07 the close was 15:00."""
    assert (opens, closes) == hours(CALENDAR, day)


def test_every_year_has_exactly_one_late_start_at_its_first_trading_day() -> None:
    """The late start is a rule: the first trading day of each year and no other January day."""
    late = [
        day
        for year in range(2010, 2028)
        for day in CALENDAR.days(date(year, 1, 1), date(year, 1, 31))
        if hours(CALENDAR, day) != hours(CALENDAR, CALENDAR.next_day(day))
    ]
    firsts = [CALENDAR.days(date(y, 1, 1), date(y, 12, 31))[0] for y in range(2010, 2028)]
    assert firsts == late


def test_every_year_has_its_exam_session() -> None:
    """Each year has one day that closes late (two in 2017, when an earthquake moved the exam)."""
    late = [
        day.year
        for day in CALENDAR.days(CALENDAR.first, CALENDAR.last)
        if (session := CALENDAR.session(day)) and session.close.time() in {time(16), time(16, 30)}
    ]
    assert sorted([*range(2010, 2028), 2017]) == late


@pytest.mark.parametrize("day", [date(2009, 12, 30), date(2028, 1, 3), date(2100, 3, 2)])
def test_a_day_outside_the_known_span_is_unknown_and_not_open(day: date) -> None:
    """Nothing may be ordered on a day nobody vouches for."""
    assert (DayState.UNKNOWN, False, None) == (
        CALENDAR.state(day),
        CALENDAR.is_open(day),
        CALENDAR.session(day),
    )


def test_sessions_are_aware_and_korean() -> None:
    """Open and close carry the offset of KST."""
    session = CALENDAR.session(date(2026, 11, 20))
    assert session is not None
    assert (KST, KST) == (session.open.tzinfo, session.close.tzinfo)


def test_a_closing_tells_its_reason_and_an_ordinary_day_none() -> None:
    """Holidays, late sessions and overrides are told; an ordinary day has nothing to tell."""
    days = (date(2026, 9, 25), date(2026, 11, 19), date(2027, 1, 4), date(2026, 11, 20))
    assert ("추석", "수능", "새해 첫 거래일", "") == tuple(CALENDAR.reason(day) for day in days)


def test_walking_steps_over_holidays_and_weekends() -> None:
    """Chuseok 2026 lies between its neighbours; settlement is two trading days on."""
    assert (date(2026, 9, 28), date(2026, 9, 23), date(2026, 1, 2)) == (
        CALENDAR.next_day(date(2026, 9, 23)),
        CALENDAR.previous_day(date(2026, 9, 26)),
        CALENDAR.offset(date(2025, 12, 29), 2),
    )


@given(st.dates(date(2010, 2, 1), date(2027, 11, 30)), st.integers(1, 15))
def test_walking_there_and_back_returns(day: date, count: int) -> None:
    """From an open day, n days on and n days back is the same day; n days lie between."""
    start = CALENDAR.next_day(day)
    there = CALENDAR.offset(start, count)
    assert (start, count + 1) == (
        CALENDAR.offset(there, -count),
        len(CALENDAR.days(start, there)),
    )


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2027, 12, 30), 1),
        (date(2010, 1, 4), -1),
        (date(2009, 6, 1), 1),
        (date(2028, 6, 1), -1),
        (date(2026, 11, 21), 0),
    ],
)
def test_walking_into_the_unknown_is_refused(day: date, count: int) -> None:
    """No guess is made past the known span, and a closed day is not zero days from itself."""
    with pytest.raises(InputError, match="No trading day is known"):
        CALENDAR.offset(day, count)


def test_a_user_can_close_a_day_and_the_walk_steps_over_it() -> None:
    """A decreed closing holds at once, with its reason; the calendar it came from is unchanged."""
    day = date(2026, 12, 24)
    calendar = CALENDAR.with_overrides([override(day, DayKind.CLOSED)])
    assert (DayState.CLOSED, "공고", date(2026, 12, 28), DayState.OPEN) == (
        calendar.state(day),
        calendar.reason(day),
        calendar.next_day(date(2026, 12, 23)),
        CALENDAR.state(day),
    )


def test_a_user_can_open_a_day_with_or_without_hours() -> None:
    """An opened day has the usual hours unless others are given, within the span or beyond it."""
    calendar = CALENDAR.with_overrides(
        [
            override(date(2026, 12, 31), DayKind.OPEN),
            override(date(2028, 1, 4), DayKind.OPEN, time(9, 30), time(12)),
            override(date(2028, 1, 5), DayKind.CLOSED),
        ]
    )
    assert (NORMAL, (time(9, 30), time(12)), DayState.CLOSED, DayState.UNKNOWN) == (
        hours(calendar, date(2026, 12, 31)),
        hours(calendar, date(2028, 1, 4)),
        calendar.state(date(2028, 1, 5)),
        calendar.state(date(2028, 1, 6)),
    )


def test_an_opened_day_beyond_the_span_is_not_walked_to() -> None:
    """Between the span and a single opened day lie unknown days, so the walk stops."""
    calendar = CALENDAR.with_overrides([override(date(2028, 1, 4), DayKind.OPEN)])
    with pytest.raises(InputError):
        calendar.next_day(date(2027, 12, 30))


def test_hours_never_open_a_closed_or_unknown_day() -> None:
    """Odd hours of a holiday or of an unknown day change nothing."""
    days = (date(2026, 12, 25), date(2028, 1, 4))
    calendar = CALENDAR.with_overrides(override(d, DayKind.HOURS, *NORMAL) for d in days)
    assert (DayState.CLOSED, DayState.UNKNOWN) == tuple(calendar.state(day) for day in days)


def test_the_last_override_of_a_day_holds() -> None:
    """The user's hours replace the shipped ones; a later opening undoes an earlier closing."""
    exam = date(2026, 11, 19)
    calendar = CALENDAR.with_overrides([override(exam, DayKind.HOURS, *NORMAL)]).with_overrides(
        [override(exam, DayKind.CLOSED), override(exam, DayKind.OPEN)]
    )
    assert NORMAL == hours(calendar, exam)


def test_exchange_calendars_agrees_but_for_its_known_misses() -> None:
    """The second package differs only on closings of 2026 and on the exam hours since 2021."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warnings are not ours to mend
        import exchange_calendars  # type: ignore[import-untyped]

        schedule = exchange_calendars.get_calendar(
            "XKRX", start="2011-01-01", end="2026-12-31"
        ).schedule.tz_localize(None)
    theirs = {
        row.Index.date(): (
            row.open.tz_convert(KST).time(),
            row.close.tz_convert(KST).time(),
        )
        for row in schedule.itertuples()
    }
    ours = {
        day: hours(CALENDAR, day) for day in CALENDAR.days(date(2011, 1, 1), date(2026, 12, 31))
    }
    differing = {day for day in theirs.keys() | ours.keys() if theirs.get(day) != ours.get(day)}
    exams = {(2021, 18), (2022, 17), (2023, 16), (2024, 14), (2025, 13), (2026, 19)}
    # releases 4.11 to 4.13 miss two or three of these closings
    known = {date(2026, 5, 25), date(2026, 6, 3), date(2026, 7, 17)} | {
        date(y, 11, d) for y, d in exams
    }
    assert differing <= known


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "column", "year"),
    [("trading_calendar.csv", "trading_date", 2011), ("kospi200_daily.csv", "date", 2010)],
)
def test_the_recorded_trading_days_are_reproduced(
    market_data: Path, name: str, column: str, year: int
) -> None:
    """Every recorded day from the file's first year to its last day is open and no other."""
    with (market_data / name).open(encoding="utf-8", newline="") as file:
        recorded = tuple(date.fromisoformat(row[column]) for row in csv.DictReader(file))
    assert recorded == CALENDAR.days(date(year, 1, 1), recorded[-1])


def test_no_trading_day_is_a_weekend() -> None:
    """A year of the calendar holds about 245 weekdays and nothing else."""
    days = CALENDAR.days(date(2010, 1, 1), date(2027, 12, 31))
    per_year = [sum(day.year == year for day in days) for year in range(2010, 2028)]
    assert ({0, 1, 2, 3, 4}, True) == (
        {day.weekday() for day in days},
        all(240 <= count <= 252 for count in per_year),
    )


def test_building_asks_the_holiday_package_only_when_a_day_is_asked_for() -> None:
    """A command that asks for no day does not pay for the closings."""
    asked: list[int] = []

    def closings() -> dict[date, str]:
        asked.append(1)
        return {}

    source = default_calendar()
    calendar = Calendar(
        closings,
        first=source.first,
        last=source.first + timedelta(days=9),
        hours=source._hours,
        first_day_open=time(10),
        first_day_reason="",
    )
    before = len(asked)
    calendar.is_open(source.first)
    assert (0, 1) == (before, len(asked))
