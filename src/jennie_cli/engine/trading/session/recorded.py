"""The minutes of a recorded day, and the days before a session as they were known that morning."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.indicators import NO_BAR, DayBars, SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.store import Columns, DailyPanel, Dataset, FactStore
from jennie_cli.engine.venue import Session

LONGEST_HOLE = 5
"""Sessions without any bar before which older days say nothing about today any more."""

UP, DOWN = 1.31, 0.69
"""No session moves a price further than by 30 % and what rounding adds."""

_PRICES = ("open", "high", "low", "close")
_OF_A_DAY = ("high", "low", "close")
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """The minutes with a trade of every stock recorded on a day; the columns are `codes`."""

    codes: tuple[str, ...]
    bars: SessionBars

    def of(self, codes: Sequence[str]) -> SessionBars:
        """Return the bars of these stocks in this order; one that was not recorded has none."""
        at, to = _places(self.codes, codes)

        def picked(values: NDArray[Any], empty: float) -> NDArray[Any]:
            out = np.full((len(values), len(codes)), empty, dtype=values.dtype)
            out[:, to] = values[:, at]
            return out

        bars = self.bars
        return SessionBars(
            minute=picked(bars.minute, NO_BAR),
            open=picked(bars.open, np.nan),
            high=picked(bars.high, np.nan),
            low=picked(bars.low, np.nan),
            close=picked(bars.close, np.nan),
            volume=picked(bars.volume, np.nan),
            after_gap=picked(bars.after_gap, 0),
        )

    @property
    def summary(self) -> "DaySummary":
        """The day in one row."""
        last = self.bars.count[None, :] - 1
        return DaySummary(
            codes=self.codes,
            high=self.bars.high.max(axis=0, initial=0.0, where=self.bars.known),
            low=self.bars.low.min(axis=0, initial=np.inf, where=self.bars.known),
            close=np.take_along_axis(self.bars.close, last, axis=0)[0],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """What the minutes of a day say of it as a whole; won, (stocks,)."""

    codes: tuple[str, ...]
    high: FloatArray
    low: FloatArray
    close: FloatArray


def recorded_day(facts: FactStore, hours: Session) -> RecordedDay:
    """Return the minutes of a session, read when its day is over.

    A minute without volume, without a price or outside the session is no bar. Recorded minutes do
    not tell whether ticks are missing, so none is `after_gap`.
    """
    over = datetime.combine(hours.day + timedelta(days=1), time(), KST)
    rows = facts.read(Dataset.MINUTE_BARS, as_of=over, since=hours.day)
    minute = rows["time"] // 100 * 60 + rows["time"] % 100
    traded = (rows["date"] == hours.day) & (rows["volume"] > 0)
    traded &= np.minimum.reduce([rows[n] for n in _PRICES]) > 0
    traded &= (minute >= _minute(hours.open)) & (minute <= _minute(hours.close))
    return _laid({**rows, "minute": minute}, np.flatnonzero(traded))


def days_before(
    panel: DailyPanel,
    recorded: Mapping[date, DaySummary],
    days: tuple[date, ...],
    codes: Sequence[str],
) -> DayBars:
    """Return these sessions, oldest first, of these stocks; NaN where nothing is known.

    A session that `panel` lacks is told by its recorded minutes, where there are any. Nothing is
    known before a hole of more than LONGEST_HOLE sessions.
    """
    out = {n: np.full((len(days), len(codes)), np.nan) for n in _OF_A_DAY}
    row = {day: i for i, day in enumerate(days)}
    at, to = _places(panel.codes, codes)
    old, new = _places(panel.days, days)
    for name in _OF_A_DAY:
        out[name][np.ix_(new, to)] = getattr(panel, name)[np.ix_(old, at)]
    told = (row.keys() & recorded.keys()) - set(panel.days)
    for day in told:
        at, to = _places(recorded[day].codes, codes)
        for name, values in out.items():
            values[row[day], to] = getattr(recorded[day], name)[at]
    stale = _stale_rows(sorted({*new.tolist(), *(row[day] for day in told)}), len(days))
    for values in out.values():
        values[:stale] = np.nan
    return DayBars(days=days, high=out["high"], low=out["low"], close=out["close"])


def of_one_scale(days: DayBars, first_price: FloatArray) -> DayBars:
    """Hide what lies before a move that the price limits of the sessions between do not allow.

    `first_price` (stocks,) is that of the session itself, NaN without a trade. Such a move is a
    split, a reduction of capital or a base that the exchange set anew: older won are other won.
    """
    price = np.vstack([days.close, first_price])
    row = np.arange(len(price))[:, None]
    newest = np.maximum.accumulate(np.where(np.isnan(price), -1, row), axis=0)
    before = np.vstack([np.full_like(newest[:1], -1), newest[:-1]])
    then = np.where(before < 0, np.nan, np.take_along_axis(price, np.maximum(before, 0), axis=0))
    sessions = row - before
    broken = (price > then * UP**sessions) | (price < then * DOWN**sessions)
    hidden = row[:-1] < np.where(broken, row, 0).max(axis=0)
    high, low, close = (np.where(hidden, np.nan, v) for v in (days.high, days.low, days.close))
    return DayBars(days=days.days, high=high, low=low, close=close)


def _stale_rows(heard: Sequence[int], rows: int) -> int:
    """Return how many of the oldest rows lie before the newest hole that is too long."""
    edges = np.array([-1, *heard, rows])
    holes = np.flatnonzero(np.diff(edges) - 1 > LONGEST_HOLE)
    return int(edges[holes[-1]]) + 1 if len(holes) else 0


def _laid(rows: Columns, kept: NDArray[np.intp]) -> RecordedDay:
    """Return the kept rows, which come stock by stock and minute by minute, as columns."""
    code = rows["code"][kept]
    is_first = np.ones(len(code), dtype=np.bool_)
    is_first[1:] = code[1:] != code[:-1]
    column = np.cumsum(is_first) - 1
    row = np.arange(len(code)) - np.flatnonzero(is_first)[column]
    shape = (int(row.max(initial=-1)) + 1, int(is_first.sum()))

    def laid(name: str) -> FloatArray:
        out = np.full(shape, np.nan)
        out[row, column] = rows[name][kept]
        return out

    minute = np.full(shape, NO_BAR, dtype=np.int32)
    minute[row, column] = rows["minute"][kept]
    bars = SessionBars(
        minute=minute,
        open=laid("open"),
        high=laid("high"),
        low=laid("low"),
        close=laid("close"),
        volume=laid("volume"),
        after_gap=np.zeros(shape, dtype=np.bool_),
    )
    return RecordedDay(codes=tuple(code[is_first]), bars=bars)


def _places(held: Sequence[Hashable], asked: Sequence[Hashable]) -> tuple[Places, Places]:
    """Return where what is asked stands in `held`, and which of the asked that is."""
    place = {what: i for i, what in enumerate(held)}
    at = np.array([place.get(what, -1) for what in asked], dtype=np.intp)
    to = np.flatnonzero(at >= 0)
    return at[to], to


def _minute(moment: datetime) -> int:
    local = moment.astimezone(KST)
    return local.hour * 60 + local.minute
