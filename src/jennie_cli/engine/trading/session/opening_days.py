"""What stocks held went through since they were bought, and what the next morning brings them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import ExDate
from jennie_cli.engine.feed import Dividend, History, TradedDay
from jennie_cli.engine.venue import Calendar

T = TypeVar("T")

_LEAST, _MOST = 0.7, 1.3
"""How far one session can take a price from its base price."""

_RECORDED_WITHIN = timedelta(days=21)
"""Holidays can lie between the morning on which a stock goes ex and the record day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysHeld:
    """The days before today of each stock held, as traded, oldest first, from that of its entry on.

    `ex_dates` are those found in them, in today's base prices and in the dividends; `dividends` are
    those that stocks go ex of today or on the next session, by code and day.
    """

    days: Mapping[str, Sequence[TradedDay]] = field(default_factory=dict)
    ex_dates: tuple[ExDate, ...] = ()
    dividends: tuple[tuple[date, Dividend], ...] = ()

    @property
    def ratios(self) -> Mapping[str, float]:
        """What one won of each stock's first price has become, of those whose base changed."""
        found: dict[str, float] = {}
        for event in self.ex_dates:
            if not event.dividend:
                found[event.code] = found.get(event.code, 1.0) * event.base_ratio
        return found

    def on(self, day: date) -> tuple[ExDate, ...]:
        """Return what has changed a base price on a day."""
        return tuple(e for e in self.ex_dates if e.day == day.toordinal() and not e.dividend)


async def days_held(
    history: History,
    since: Mapping[str, date],
    *,
    today: date,
    base_prices: Mapping[str, int],
    calendar: Calendar,
    trouble: Callable[[JennieError], None],
) -> DaysHeld:
    """Ask for the days and dividends of all stocks at once; `since` tells the days of entry.

    What cannot be had is told to `trouble`, the same failure once, and moves no stop. One bought
    today has gone through nothing.
    """
    before = {code: first for code, first in since.items() if first < today}
    charts, paid = await asyncio.gather(
        _each(before, lambda code, first: _days(history, code, first, today), trouble),
        _each(since, lambda code, first: _dividends(history, code, first, today), trouble),
    )
    rebased = [
        event
        for code, of in charts.items()
        for event in ex_dates_of(of, today=today, base=base_prices.get(code, 0), calendar=calendar)
    ]
    told = [(ex_dividend_day(d.record_day, calendar), d) for of in paid.values() for d in of]
    following = calendar.next_day(today)
    return DaysHeld(
        days=charts,
        ex_dates=(*rebased, *_paid_out(told, before, today)),
        dividends=tuple(
            (day, dividend)
            for day, dividend in told
            if day == following or (day == today and dividend.code in before)
        ),
    )


def ex_dividend_day(record_day: date, calendar: Calendar) -> date:
    """Return the first session whose buyers do not get a dividend.

    A purchase is settled on the second session after it; a record day on which the exchange is
    closed counts as the session before.
    """
    settled = record_day if calendar.is_open(record_day) else calendar.previous_day(record_day)
    return calendar.previous_day(settled)


def ex_dates_of(
    days: Sequence[TradedDay], *, today: date, base: int, calendar: Calendar
) -> tuple[ExDate, ...]:
    """Return the days on which the base price of a stock was not the close before; oldest first.

    `days` are its days before today, oldest first, `base` won of today, 0 when unknown. Where
    sessions are missing in between, a price that they could have led to is no ex-date.
    """
    told = [(day.day, day.base, day.close) for day in days]
    if days and base:
        told.append((today, base, 0))
    return tuple(_found(days[0].code if days else "", told, calendar))


def _found(
    code: str, told: Iterable[tuple[date, int, int]], calendar: Calendar
) -> Iterator[ExDate]:
    for (before, _, close), (day, base, _) in pairwise(told):
        if not close or not base or base == close:
            continue
        ratio = base / close
        missing = len(calendar.days(before, day)) - 2
        if missing <= 0 or not _LEAST**missing <= ratio <= _MOST**missing:
            yield ExDate(code=code, day=day.toordinal(), base_ratio=ratio)


def _paid_out(
    told: Iterable[tuple[date, Dividend]], before: Mapping[str, date], today: date
) -> Iterator[ExDate]:
    for day, dividend in told:
        bought = before.get(dividend.code)
        if dividend.won and bought is not None and bought < day <= today:
            yield ExDate(code=dividend.code, day=day.toordinal(), dividend=dividend.won)


async def _days(history: History, code: str, first: date, today: date) -> Sequence[TradedDay]:
    return await history.days_as_traded(code, start=first, end=today - timedelta(days=1))


async def _dividends(history: History, code: str, first: date, today: date) -> Sequence[Dividend]:
    return await history.dividends(code, start=first, end=today + _RECORDED_WITHIN)


async def _each(
    since: Mapping[str, date],
    ask: Callable[[str, date], Awaitable[T]],
    trouble: Callable[[JennieError], None],
) -> Mapping[str, T]:
    """Return the answers by code; a failure is told once however many stocks meet it."""
    asked = [ask(code, first) for code, first in since.items()]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found: dict[str, T] = {}
    failures: dict[str, JennieError] = {}
    for code, answer in zip(since, answers, strict=True):
        if isinstance(answer, JennieError):
            failures.setdefault(answer.message, answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[code] = answer
    for failure in failures.values():
        trouble(failure)
    return found
