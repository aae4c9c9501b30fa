"""What stocks held went through since they were bought, and what the next morning brings them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, pairwise
from operator import mul
from typing import TypeVar

from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.exits import ExDate
from jennie_cli.engine.feed import Dividend, History, TradedDay
from jennie_cli.engine.venue import Calendar

T = TypeVar("T")

_LEAST, _MOST = 0.7, 1.3
"""How far one session can take a price from its base price."""

_MOST_MISSING = 3
"""Sessions that a hole in a chart is taken for at most: a halted stock does not move in more."""

_TRIES = 3
_MOST_PAID_RATIO = 0.3
"""No price can fall further on an ex-dividend morning, whatever a list says."""

_RECORDED_WITHIN = timedelta(days=21)
"""Holidays can lie between the morning on which a stock goes ex and the record day."""


class PastUnknown(OutsideError):
    """What stocks held went through since their purchase could not be read."""

    code = "past_unknown"

    def __init__(self, codes: Iterable[str], why: str) -> None:
        """Name the stocks: their stops stand where they were last known."""
        super().__init__(
            f"{', '.join(codes)}: {why} Their stops are those last known.",
            hint="Compare them with the market yourself: jennie trade positions",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysHeld:
    """The days before today of each stock held, as traded, oldest first, from that of its entry on.

    `ex_dates` are those found in them, in today's base prices and in the dividends; `dividends` are
    those that stocks go ex of today or on the next session, by code and day. `unknown` are the
    codes whose days could not be had.
    """

    days: Mapping[str, Sequence[TradedDay]] = field(default_factory=dict)
    ex_dates: tuple[ExDate, ...] = ()
    dividends: tuple[tuple[date, Dividend], ...] = ()
    unknown: frozenset[str] = frozenset()

    @property
    def ratios(self) -> Mapping[str, tuple[float, ...]]:
        """What one won of a first price has become, of each stock whose base changed: through the
        last event, the last two, and so on, for the shares of earlier ones may be counted already.
        """
        found: dict[str, list[float]] = {}
        for event in sorted(self.ex_dates, key=lambda e: -e.day):
            if not event.dividend:
                found.setdefault(event.code, []).append(event.base_ratio)
        return {code: tuple(accumulate(each, mul)) for code, each in found.items()}

    def on(self, day: date) -> tuple[ExDate, ...]:
        """Return what has changed a base price on a day."""
        return tuple(e for e in self.ex_dates if e.day == day.toordinal() and not e.dividend)

    def paid_before(self, day: date) -> Mapping[str, float]:
        """Return the won a share of what went ex before a day, by code."""
        found: dict[str, float] = {}
        for event in self.ex_dates:
            if event.dividend and event.day < day.toordinal():
                found[event.code] = found.get(event.code, 0.0) + event.dividend
        return found


async def days_held(
    history: History,
    since: Mapping[str, date],
    *,
    today: date,
    base_prices: Mapping[str, int],
    calendar: Calendar,
    trouble: Callable[[JennieError], None],
) -> DaysHeld:
    """Ask for the days of each stock, then for its dividends; `since` tells the days of entry.

    One after the other, so that a slow key is waited for and not overrun. What cannot be had is
    told to `trouble`, with the codes. One bought today has gone through nothing.
    """
    before = {code: first for code, first in since.items() if first < today}
    charts = await _each(before, lambda code, first: _days(history, code, first, today), trouble)
    paid = await _each(since, lambda code, first: _dividends(history, code, first, today), trouble)
    rebased = [
        event
        for code, of in charts.items()
        for event in ex_dates_of(of, today=today, base=base_prices.get(code, 0), calendar=calendar)
    ]
    every = {
        code: _believed(told, _reference(base_prices.get(code, 0), charts.get(code, ())))
        for code, told in paid.items()
    }
    odd = [code for code, told in paid.items() if len(every[code]) < len(set(told))]
    if odd:
        trouble(PastUnknown(odd, "A dividend was told that no price could pay."))
    told = [(ex_dividend_day(d.record_day, calendar), d) for of in every.values() for d in of]
    following = calendar.next_day(today)
    return DaysHeld(
        days=charts,
        ex_dates=(*rebased, *_paid_out(told, before, today)),
        dividends=tuple(
            (day, dividend)
            for day, dividend in told
            if day == following or (day == today and dividend.code in before)
        ),
        unknown=frozenset(before) - charts.keys(),
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
        missing = min(len(calendar.days(before, day)) - 2, _MOST_MISSING)
        if missing <= 0 or not _LEAST**missing <= ratio <= _MOST**missing:
            yield ExDate(code=code, day=day.toordinal(), base_ratio=ratio)


def _paid_out(
    told: Iterable[tuple[date, Dividend]], before: Mapping[str, date], today: date
) -> Iterator[ExDate]:
    for day, dividend in told:
        bought = before.get(dividend.code)
        if dividend.won and bought is not None and bought < day <= today:
            yield ExDate(code=dividend.code, day=day.toordinal(), dividend=dividend.won)


def _reference(base: int, days: Sequence[TradedDay]) -> int:
    return base or (days[-1].close if days else 0)


def _believed(told: Sequence[Dividend], price: int) -> tuple[Dividend, ...]:
    """Return each dividend once, without those that no price of this size could pay."""
    most = _MOST_PAID_RATIO * price
    return tuple(d for d in dict.fromkeys(told) if d.won is None or d.won <= most)


async def _days(history: History, code: str, first: date, today: date) -> Sequence[TradedDay]:
    told = await history.days_as_traded(code, start=first, end=today - timedelta(days=1))
    if not told:
        raise PastUnknown((code,), "Its chart is empty.")
    return told


async def _dividends(history: History, code: str, first: date, today: date) -> Sequence[Dividend]:
    return await history.dividends(code, start=first, end=today + _RECORDED_WITHIN)


async def _each(
    since: Mapping[str, date],
    ask: Callable[[str, date], Awaitable[T]],
    trouble: Callable[[JennieError], None],
) -> Mapping[str, T]:
    """Return the answers by code; one that fails is asked for again, then told."""
    found: dict[str, T] = {}
    failed: dict[str, list[str]] = {}
    for code, first in since.items():
        for left in reversed(range(_TRIES)):
            try:
                found[code] = await ask(code, first)
            except JennieError as failure:
                if not left:
                    failed.setdefault(failure.message, []).append(code)
                continue
            break
    for said, codes in failed.items():
        trouble(PastUnknown(codes, said))
    return found
