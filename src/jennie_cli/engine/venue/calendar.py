"""Which days the Korea Exchange trades, and from when to when.

The closings come from the `holidays` package (market XKRX), single days that differ from our table
`days.toml` and from the user. Outside the span the table vouches for, a day is UNKNOWN, which
callers treat as closed for orders: closings are decreed only weeks ahead.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.venue.dated import Timeline, table, table_text
from jennie_cli.engine.venue.overrides import DayKind, DayOverride, parse_overrides
from jennie_cli.engine.venue.session import Session

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayState(StrEnum):
    """What is known of a day; UNKNOWN counts as closed for orders."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The usual hours of a period, KST wall times."""

    open: time
    close: time
    opening_auction: timedelta


class Calendar:
    """The trading days from `first` to `last`; a value: overrides make another calendar.

    Of several overrides of one day the last of its kind holds, CLOSED and OPEN being one kind.
    """

    def __init__(
        self,
        closings: Callable[[], Mapping[date, str]],
        *,
        first: date,
        last: date,
        hours: Timeline[Hours],
        first_day_open: time,
        first_day_reason: str,
        overrides: Iterable[DayOverride] = (),
    ) -> None:
        """`closings` answers the closed weekdays with their names; it is asked on first need."""
        self.first = first
        self.last = last
        self.overrides = tuple(overrides)
        self._closings = closings
        self._hours = hours
        self._first_day_open = first_day_open
        self._first_day_reason = first_day_reason
        self._states = {o.day: o for o in self.overrides if o.kind is not DayKind.HOURS}
        self._odd_hours = {o.day: o for o in self.overrides if o.open is not None}

    def state(self, day: date) -> DayState:
        """Return what is known of a day."""
        if day in self._open_set:
            return DayState.OPEN
        known = self.first <= day <= self.last or day in self._states
        return DayState.CLOSED if known else DayState.UNKNOWN

    def is_open(self, day: date) -> bool:
        """Whether the exchange is known to trade on a day."""
        return day in self._open_set

    def reason(self, day: date) -> str:
        """Return why a day is closed or has odd hours, in the words of its source; else ""."""
        told = self._states.get(day) or self._odd_hours.get(day)
        if told is not None:
            return told.reason
        if self._starts_year(day):
            return self._first_day_reason
        return self._closings().get(day, "")

    def session(self, day: date) -> Session | None:
        """Return the hours of a day, None unless it is known to be open."""
        if not self.is_open(day):
            return None
        usual = self._hours.on(day)
        opens, closes = usual.open, usual.close
        odd = self._odd_hours.get(day)
        if odd is not None and odd.open is not None and odd.close is not None:
            opens, closes = odd.open, odd.close
        elif self._starts_year(day):
            opens = self._first_day_open
        start = datetime.combine(day, opens, KST)
        return Session(
            day=day,
            open=start,
            close=datetime.combine(day, closes, KST),
            opening_auction_start=start - usual.opening_auction,
        )

    def next_day(self, day: date) -> date:
        """Return the first trading day after `day`; InputError where that is not known."""
        return self.offset(day, 1)

    def previous_day(self, day: date) -> date:
        """Return the last trading day before `day`; InputError where that is not known."""
        return self.offset(day, -1)

    def offset(self, day: date, count: int) -> date:
        """Return the trading day `count` after `day` (before it, if negative).

        `count` 0 gives `day` itself, which must then be open. InputError where an unknown day
        would be stepped over.
        """
        days = self._open_days
        place = bisect_right(days, day) - 1 if count > 0 else bisect_left(days, day)
        place += count
        if self.first - _DAY <= day <= self.last + _DAY and 0 <= place < len(days):
            found = days[place]
            if self.first <= found <= self.last and (count or found == day):
                return found
        raise InputError(
            f"No trading day is known {_away(count)} {day}.",
            hint=f"Known are {self.first} to {self.last}; add days with: jennie calendar add",
        )

    def days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the days known to be open from `start` to `end`, both included."""
        days = self._open_days
        return days[bisect_left(days, start) : bisect_right(days, end)]

    def with_overrides(self, overrides: Iterable[DayOverride]) -> "Calendar":
        """Return this calendar with more overrides; they hold over those it has."""
        return Calendar(
            self._closings,
            first=self.first,
            last=self.last,
            hours=self._hours,
            first_day_open=self._first_day_open,
            first_day_reason=self._first_day_reason,
            overrides=(*self.overrides, *overrides),
        )

    @cached_property
    def _open_days(self) -> tuple[date, ...]:
        closed = self._closings()
        span = (self.last - self.first).days + 1
        weekdays = (d for n in range(span) if (d := self.first + n * _DAY).weekday() < _SATURDAY)
        found = {day for day in weekdays if day not in closed}
        for day, told in self._states.items():
            (found.add if told.kind is DayKind.OPEN else found.discard)(day)
        return tuple(sorted(found))

    @cached_property
    def _open_set(self) -> frozenset[date]:
        return frozenset(self._open_days)

    def _starts_year(self, day: date) -> bool:
        start = date(day.year, 1, 1)
        return start >= self.first and day <= self.last and self.days(start, day) == (day,)


def default_calendar() -> Calendar:
    """Return the calendar of the shipped tables, without overrides of the user."""
    facts = table("hours.toml")
    first, last = facts["known"]["first"], facts["known"]["last"]
    return Calendar(
        lambda: _closings(first.year, last.year),
        first=first,
        last=last,
        hours=Timeline.of("the trading hours", (_hours(row) for row in facts["hours"])),
        first_day_open=facts["first_day_of_year"]["open"],
        first_day_reason=facts["first_day_of_year"]["reason"],
        overrides=parse_overrides(table_text("days.toml")),
    )


def _away(count: int) -> str:
    side = "on" if not count else "before" if count < 0 else "after"
    return side if abs(count) <= 1 else f"{abs(count)} days {side}"


def _hours(row: dict[str, Any]) -> tuple[date, Hours]:
    auction = timedelta(minutes=row["opening_auction_minutes"])
    return row["since"], Hours(open=row["open"], close=row["close"], opening_auction=auction)


@cache
def _closings(first_year: int, last_year: int) -> Mapping[date, str]:
    # importing holidays loads every country: 0.2 s that a command without dates need not pay
    from holidays import financial_holidays  # noqa: PLC0415  # paid on the first question only

    years = range(first_year, last_year + 1)
    return dict(financial_holidays("XKRX", years=years, language="ko"))
