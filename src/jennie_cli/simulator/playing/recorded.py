"""The days of real minute bars: what a tape folder holds, played as if it were today."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, SecurityKind, Stock, StockStatus
from jennie_cli.engine.venue import Calendar, Session
from jennie_cli.simulator.playing.daybook import PRICES, Array, DayBook
from jennie_cli.simulator.tapes import Listing, Prints, minute_prints, no_prints

MinuteBars = Mapping[str, NDArray[Any]]
"""One stock's day: time (HHMM, start of the minute), open, high, low, close, volume."""


class RecordedDays:
    """Answers the book of each recorded day. A stock's base is its close on the recorded day
    before; where that is not recorded it is the first price, and where the day leaves the limits
    around it the stock trades without limits.
    """

    def __init__(
        self,
        days: Sequence[date],
        read: Callable[[date], Mapping[str, MinuteBars]],
        *,
        seed: int,
        calendar: Calendar,
        name: str,
        stocks: Mapping[str, Stock] | None = None,
    ) -> None:
        """`read` gives the bars of a day by code; `name` tells this tape from others; `stocks`
        knows names and boards, a code that is not in it is a KOSPI share of its own name.
        """
        self.name = f"recorded:{name}:{seed}"
        self.calendar = calendar
        self.seed = seed
        self._days = tuple(sorted(d for d in days if calendar.is_open(d)))
        self._read = read
        self._stocks = stocks or {}
        self._bars: dict[date, Mapping[str, MinuteBars]] = {}

    def days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the days that can be played from `start` to `end`, both included."""
        return tuple(d for d in self._days if start <= d <= end)

    def book(self, day: date) -> DayBook:
        """Return one recorded day. InputError for a day that is not recorded."""
        if day not in self._days:
            raise InputError(
                f"The tape holds no {day}.",
                hint=f"It holds {len(self._days)} days, {self._days[0]} to {self._days[-1]}."
                if self._days
                else "It holds no trading day.",
            )
        bars = self._of(day)
        codes = tuple(sorted(bars))
        rows = {code: _day_bar(bars[code]) for code in codes}
        base = np.array([self._base(day, code, rows[code]) for code in codes], dtype=np.int64)
        stocks = [self._stock(code) for code in codes]
        columns = {n: np.array([rows[c][n] for c in codes]) for n in (*PRICES, "volume")}
        return DayBook(
            day=day,
            codes=codes,
            names=tuple(s.name for s in stocks),
            board=_numbers(Market, [s.market for s in stocks]),
            kind=_numbers(SecurityKind, [s.kind for s in stocks]),
            status=_numbers(StockStatus, [s.status for s in stocks]),
            shares=np.array([s.shares or 0 for s in stocks], dtype=np.int64),
            base=base,
            unlimited=_leaves(base, columns, stocks, day),
            kospi200=np.zeros(len(codes), dtype=bool),
            split=np.ones(len(codes), dtype=np.int64),
            bars=columns,
            past={n: np.zeros((0, len(codes)), dtype=np.int64) for n in (*columns, "split")},
        )

    def prints(self, book: DayBook, listing: Listing, session: Session) -> Prints:
        """Return the tape of one stock."""
        bars = self._of(book.day).get(listing.code)
        if bars is None:
            return no_prints()
        return minute_prints(bars, seed=self.seed, session=session, listing=listing)

    def _of(self, day: date) -> Mapping[str, MinuteBars]:
        if day not in self._bars:
            kept = list(self._bars.items())[-1:]
            self._bars = {**dict(kept), day: self._read(day)}
        return self._bars[day]

    def _base(self, day: date, code: str, row: Mapping[str, int]) -> int:
        before = self._days.index(day) - 1
        if before < 0 or self._days[before] != self.calendar.previous_day(day):
            return row["open"]
        past = self._of(self._days[before]).get(code)
        return row["open"] if past is None else int(past["close"][-1])

    def _stock(self, code: str) -> Stock:
        known = self._stocks.get(code)
        return known or Stock(code=code, name=code, market=Market.KOSPI)


def _day_bar(bars: MinuteBars) -> dict[str, int]:
    traded = np.asarray(bars["volume"]) > 0
    if not traded.any():
        return dict.fromkeys((*PRICES, "volume"), 0) | {"open": int(bars["open"][0])}
    return {
        "open": int(bars["open"][traded][0]),
        "high": int(bars["high"][traded].max()),
        "low": int(bars["low"][traded].min()),
        "close": int(bars["close"][traded][-1]),
        "volume": int(bars["volume"][traded].sum()),
    }


def _numbers(members: Any, values: Sequence[Any]) -> Array:
    order = list(members)
    return np.array([order.index(v) for v in values], dtype=np.int8)


def _leaves(base: Array, columns: Mapping[str, Array], stocks: Sequence[Stock], day: date) -> Array:
    limits = [
        Listing(code=s.code, market=s.market, base_price=int(b)).limits(day)
        for s, b in zip(stocks, base, strict=True)
    ]
    low = np.array([p.lower if p else 0 for p in limits])
    high = np.array([p.upper if p else 0 for p in limits])
    return np.asarray((columns["high"] > high) | ((columns["low"] < low) & (columns["low"] > 0)))
