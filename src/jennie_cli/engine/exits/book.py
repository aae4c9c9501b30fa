"""What the exits know of each stock held, and of the moment in which they judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.indicators import DayBars, Macd, atr
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Position, Regime
from jennie_cli.engine.venue import Session

Flags = NDArray[np.bool_]

REGIMES = tuple(Regime)
"""The regime that a number in `ExitMoment.regime` stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The days before today of the stocks held, adjusted as of this morning, and what they tell.

    `atr` is won, NaN when unknown. `topping` is 1 where a chart is in distribution or exhausted,
    0 where it is not, NaN when unknown.
    """

    bars: DayBars
    atr: FloatArray
    topping: FloatArray
    _macd: Macd = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what no price of today changes: it is asked at every tick."""
        object.__setattr__(self, "_macd", Macd.of(self.bars))

    @property
    def macd(self) -> Macd:
        """What the days leave of MACD."""
        return self._macd

    @classmethod
    def of(cls, bars: DayBars, topping: FloatArray | None = None) -> "Past":
        """Return the past of stocks, (days, stocks)."""
        unknown = np.full(bars.close.shape[1], np.nan)
        return cls(bars=bars, atr=atr(bars), topping=unknown if topping is None else topping)

    def take(self, places: NDArray[np.int64]) -> "Past":
        """Return the past of the stocks at these places; place -1 is a stock without a past."""
        bars = self.bars
        return Past(
            bars=DayBars(
                days=bars.days,
                high=_taken(bars.high, places),
                low=_taken(bars.low, places),
                close=_taken(bars.close, places),
            ),
            atr=_taken(self.atr, places),
            topping=_taken(self.topping, places),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitBook:
    """The positions held, sorted by code; arrays are (positions,), or (moments, positions) where
    `watch` was given many moments.

    `average` is won a share as the exits count it (moved by ex-dates), `cost` won in all as the
    ledger does. `dividend` is won a share that went ex since entry; the holder has it, so it
    counts as profit. `entry_day` is an ordinal, `entry_minute` that of the day: the first fill
    after holding nothing. `watermark` is the highest price in won since that minute, `level` the
    scale-out levels taken. `stored_stop_pct` is a stop of the position's own, NaN without one.
    `halted` is what was last heard.
    """

    codes: tuple[str, ...]
    qty: NDArray[np.int64]
    average: FloatArray
    cost: NDArray[np.int64]
    dividend: FloatArray
    entry_day: NDArray[np.int64]
    entry_minute: NDArray[np.int64]
    watermark: FloatArray
    level: NDArray[np.int64]
    rsi_sold: Flags
    floor_armed: Flags
    stored_stop_pct: FloatArray
    halted: Flags
    past: Past

    def gain_pct(self, price: FloatArray) -> FloatArray:
        """Return the profit at a price in percent; exact where won and limit are."""
        return np.asarray((price + self.dividend - self.average) * 100.0 / self.average)

    def price_at(self, gain_pct: FloatArray | float) -> FloatArray:
        """Return the price in won at which the profit is so many percent."""
        return np.asarray(self.average * (100.0 + gain_pct) / 100.0 - self.dividend)

    def place(self, code: str) -> int | None:
        """Return where a code stands, None when it is not held."""
        return self.codes.index(code) if code in self.codes else None

    def take(self, places: Sequence[int]) -> "ExitBook":
        """Return the positions at these places, in this order."""
        chosen = np.array(places, dtype=np.int64)
        return self._at(chosen, tuple(self.codes[p] for p in places))

    def put(self, code: str, **values: Any) -> "ExitBook":
        """Return the book with other figures of one position, or with one more position."""
        place = self.place(code)
        if place is None:
            codes = sorted({*self.codes, code})
            source = np.array([self.codes.index(c) if c != code else -1 for c in codes])
            return self._at(source, tuple(codes)).put(code, **values)
        arrays: dict[str, Any] = {n: getattr(self, n).copy() for n in values}
        for name, value in values.items():
            arrays[name][..., place] = value
        return replace(self, **arrays)

    def _at(self, places: NDArray[np.int64], codes: tuple[str, ...]) -> "ExitBook":
        arrays: dict[str, Any] = {n: _taken(getattr(self, n), places) for n in _ARRAYS}
        return replace(self, codes=codes, past=self.past.take(places), **arrays)

    def with_past(self, codes: Sequence[str], past: Past) -> "ExitBook":
        """Return the book with the days of stocks, given in any order; others stay without."""
        at = {code: place for place, code in enumerate(codes)}
        return replace(self, past=past.take(np.array([at.get(c, -1) for c in self.codes], int)))


def empty_book() -> ExitBook:
    """Return a book in which nothing is held."""
    none, whole, no = np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    days = np.empty((0, 0))
    return ExitBook(
        codes=(),
        qty=whole,
        average=none,
        cost=whole,
        dividend=none,
        entry_day=whole,
        entry_minute=whole,
        watermark=none,
        level=whole,
        rsi_sold=no,
        floor_armed=no,
        stored_stop_pct=none,
        halted=no,
        past=Past(bars=DayBars(days=(), high=days, low=days, close=days), atr=none, topping=none),
    )


_ARRAYS = tuple(f.name for f in fields(ExitBook) if f.name not in {"codes", "past"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPrices:
    """What is known of the price of each stock held, (positions,) or (moments, positions).

    `price` is won of the last trade of the regular session, `second` when that was in seconds
    since midnight KST of the moment's day; `expected` and `expected_second` the same of a running
    auction; NaN where there is none. `lower_limit` is won, NaN without a limit. `halted` covers a
    stock's own halt and that of the whole market.
    """

    price: FloatArray
    second: FloatArray
    expected: FloatArray
    expected_second: FloatArray
    lower_limit: FloatArray
    halted: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitMoment:
    """When is judged, and what holds then; arrays broadcast to (moments, positions).

    `at_second` counts since midnight KST of `day`, as do `opens`, `auction` (the closing one
    starts) and `closes`, all 0 on a day without a session. `regime` indexes REGIMES;
    `stop_factor` is the macro one; `total` is won of the whole account, NaN when unknown.
    `liquidate` marks what must go, `pending_until` is the second until which a sell order holds
    back the next, -inf without one.
    """

    day: date
    at_second: FloatArray
    opens: int
    auction: int
    closes: int
    regime: NDArray[np.int64]
    stop_factor: FloatArray
    total: FloatArray
    liquidate: Flags
    pending_until: FloatArray


def exit_moment(
    at: datetime,
    session: Session | None,
    *,
    regime: Regime,
    stop_factor: float,
    total: int | None,
    liquidate: Flags,
    pending_until: FloatArray,
) -> ExitMoment:
    """Return one moment of a running session; `total` is None when it could not be had."""
    return ExitMoment(
        day=at.astimezone(KST).date(),
        at_second=np.array(day_second(at)),
        opens=int(day_second(session.open)) if session else 0,
        auction=int(day_second(session.closing_auction_start)) if session else 0,
        closes=int(day_second(session.close)) if session else 0,
        regime=np.array(REGIMES.index(regime)),
        stop_factor=np.array(stop_factor),
        total=np.array(np.nan if total is None else float(total)),
        liquidate=liquidate,
        pending_until=pending_until,
    )


def day_second(at: datetime) -> float:
    """Return the seconds since midnight KST."""
    now = at.astimezone(KST)
    return now.hour * 3600.0 + now.minute * 60.0 + now.second + now.microsecond / 1e6


def differs(book: ExitBook, held: Mapping[str, Position]) -> tuple[str, ...]:
    """Return the codes, sorted, of which book and ledger do not tell the same.

    Other shares, an average more than one won apart, or held in one of them only. A sale is
    checked by this before it is stamped, and what differs is rebuilt and judged once more.
    """
    wrong = set(held) ^ set(book.codes)
    for place, code in enumerate(book.codes):
        position = held.get(code)
        if position is not None:
            qty, cost = int(book.qty[place]), int(book.cost[place])
            if position.qty != qty or abs(position.cost - cost) > qty:
                wrong.add(code)
    return tuple(sorted(wrong))


def _taken(values: NDArray[Any], places: NDArray[np.int64]) -> NDArray[Any]:
    """Return columns; place -1 gives one of NaN, 0 or False."""
    missing: Any = np.nan if values.dtype.kind == "f" else values.dtype.type(0)
    if not values.shape[-1]:
        shape = (*values.shape[:-1], len(places))
        return np.full(shape, missing, dtype=values.dtype)
    return np.where(places >= 0, values[..., places], missing).astype(values.dtype)
