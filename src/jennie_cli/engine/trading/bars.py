"""The bar maker: ticks in, the one-minute bars of the session out.

What counts is the exchange's time of a tick, never when it arrived. A minute without a tick has
no bar. A code's bar is closed by its first tick of a later minute, or by the timer; a tick for an
earlier minute is counted and left out, because decisions stand on the closed bar. The print of the
closing auction is a bar of its own, labelled by the minute of the close (1530).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.indicators import NO_BAR, SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.trading.bar_rows import BarRows
from jennie_cli.engine.trading.bar_runs import (
    CLOSE,
    OPEN,
    Columns,
    Minutes,
    Runs,
    changes,
    fold,
    idle,
    joined,
)
from jennie_cli.engine.trading.bar_ticks import TickBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Bars closed by one call, oldest minute first: their places in `BarMaker.bars`."""

    row: Columns
    column: Columns


_DAY_MINUTES = 24 * 60
_NONE = Closed(row=np.empty(0, dtype=np.int64), column=np.empty(0, dtype=np.int64))


class BarMaker:
    """Keeps the bars of one session; a tick of a later day begins the next one.

    Columns of `bars` are codes in the order in which they were asked for. A bar in whose minute
    we began to listen, or that holds the first tick after the stream was away, is `after_gap`.
    """

    def __init__(self, codes: Iterable[str], *, since: datetime, grace_s: float) -> None:
        """`since` is the moment from which every tick of these codes is heard; the timer closes a
        minute `grace_s` seconds after its end, so that its last ticks may still arrive.
        """
        self._grace_s = grace_s
        self._places: dict[str, int] = {}
        self._begin(since.astimezone(KST).date())
        self.watch(codes, since=since)

    def _begin(self, day: date) -> None:
        """Forget everything but the codes: they are heard from the start of a day that came."""
        stocks = len(self._places)
        self._midnight = datetime.combine(day, time(), KST)
        self._rows = BarRows(stocks)
        self._running: Runs = idle(np.arange(stocks))
        self._whole_from: Minutes = np.zeros(stocks, dtype=np.int32)
        self._earliest: Minutes = np.zeros(stocks, dtype=np.int32)
        self._told_to: Minutes = np.zeros(stocks, dtype=np.int32)
        self._late: Columns = np.zeros(stocks, dtype=np.int64)
        self._last: FloatArray = np.full(stocks, np.nan)

    @property
    def day(self) -> date:
        """The trading day of the bars."""
        return self._midnight.date()

    @property
    def places(self) -> Mapping[str, int]:
        """The column of each code."""
        return MappingProxyType(self._places)

    @property
    def bars(self) -> SessionBars:
        """The closed bars as they stand now."""
        return self._rows.bars()

    @property
    def first_price(self) -> FloatArray:
        """Won of the first tick of each running bar, NaN where none runs, (stocks,)."""
        return np.array(self._running.figures[OPEN])

    @property
    def last_price(self) -> FloatArray:
        """Won of the newest tick of each code today, NaN before its first, (stocks,)."""
        return self._last.copy()

    @property
    def late(self) -> NDArray[np.int64]:
        """Ticks of each code today that came too late to be in a bar, (stocks,)."""
        return self._late.copy()

    def watch(self, codes: Iterable[str], *, since: datetime) -> None:
        """Ask for more codes, heard from `since` on; a code that is there already stays as it is.

        A day later than that of the bars begins its session.
        """
        self._reach(since)
        whole = max(-int(-self._seconds(since) // 60), 0)
        new = [code for code in dict.fromkeys(codes) if code not in self._places]
        more, known = (0, len(new)), len(self._places)
        self._places |= {code: known + i for i, code in enumerate(new)}
        self._running = joined(self._running, idle(np.arange(known, len(self._places))))
        self._rows.widen(len(new))
        self._whole_from = np.pad(self._whole_from, more, constant_values=whole)
        self._earliest = np.pad(self._earliest, more)
        self._told_to = np.pad(self._told_to, more)
        self._late = np.pad(self._late, more)
        self._last = np.pad(self._last, more, constant_values=np.nan)

    def warm_up(self, code: str, told: Sequence[MinuteBar], *, until: datetime) -> None:
        """Put the day's minutes before that of `until`, as a chart tells them, in place of ours.

        A minute without volume is no bar. From the minute of `until` on our own ticks stand, and
        earlier ones that still come are in the chart already. Raises ValueError for minutes of
        another day or not oldest first.
        """
        self._reach(until)
        column, limit = self._places[code], int(self._seconds(until) // 60)
        own = self._rows.take(column)
        kept = joined(self._chart(column, told, limit), own.pick(own.minute >= limit))
        if len(kept.column):
            self._rows.append(kept)
            if np.isnan(self._last[column]):
                self._last[column] = kept.figures[CLOSE, -1]
        if self._running.minute[column] < limit:
            self._running.put(idle(np.array([column])))
        self._earliest[column] = max(self._earliest[column], limit)
        self._told_to[column] = limit

    def add(self, batch: TickBatch) -> Closed:
        """Take ticks and return the bars they closed. Ticks of an earlier day are late."""
        if batch.day < self.day:
            self._late += self._per_code(batch.column)
            return _NONE
        if batch.day > self.day:
            self._begin(batch.day)
        runs, late = fold(batch, self._earliest)
        if late.any():
            untold = batch.second // 60 >= self._told_to[batch.column]
            self._late += self._per_code(batch.column[late & untold])
        if not len(runs.column):
            return _NONE
        runs.after_gap[runs.minute < self._whole_from[runs.column]] = True
        return self._continue(runs)

    def close_minutes(self, now: datetime) -> Closed:
        """Close the running bars whose minute, and the grace after it, is over."""
        over = self._running.minute < (self._seconds(now) - self._grace_s) // 60
        over &= self._running.minute != NO_BAR
        if not over.any():
            return _NONE
        ended = self._running.pick(over)
        self._earliest[ended.column] = ended.minute + 1
        self._running.put(idle(ended.column))
        return self._close(ended)

    def _continue(self, runs: Runs) -> Closed:
        """Go on from the running bars: close what ended, and let the newest of each code run."""
        first = changes(runs.column)
        newest = np.append(first[1:], np.True_)
        before = self._running.pick(runs.column[first])
        same = before.minute == runs.minute[first]
        runs.prepend(before.pick(same), np.flatnonzero(first)[same])
        self._running.put(runs if newest.all() else runs.pick(newest))
        self._earliest[runs.column] = self._running.minute[runs.column]
        self._last[runs.column] = self._running.figures[CLOSE, runs.column]
        ended = ~same & (before.minute != NO_BAR)
        if not ended.any() and newest.all():
            return _NONE
        return self._close(joined(before.pick(ended), runs.pick(~newest)))

    def _close(self, ended: Runs) -> Closed:
        """Keep bars that are over; those of one code come oldest first."""
        by_code = ended.pick(np.argsort(ended.column, kind="stable"))
        row = self._rows.append(by_code)
        by_minute = np.lexsort((by_code.column, by_code.minute))
        return Closed(row=row[by_minute], column=by_code.column[by_minute])

    def _chart(self, column: int, told: Sequence[MinuteBar], limit: int) -> Runs:
        """Return a chart's bars before a minute. Raises ValueError for a wrong day or order."""
        minutes = [int(self._seconds(bar.start) // 60) for bar in told]
        if any(a >= b for a, b in pairwise([-1, *minutes, _DAY_MINUTES])):
            raise ValueError(f"minutes of {self.day} come oldest first, each once, and of that day")
        kept = [(m, b) for m, b in zip(minutes, told, strict=True) if b.volume and m < limit]
        figures = [[b.open, b.high, b.low, b.close, b.volume] for _, b in kept]
        return Runs(
            column=np.full(len(kept), column, dtype=np.int64),
            minute=np.array([m for m, _ in kept], dtype=np.int32),
            figures=np.array(figures, dtype=np.float64).reshape(-1, 5).T,
            after_gap=np.zeros(len(kept), dtype=np.bool_),
        )

    def _per_code(self, column: NDArray[np.int16]) -> NDArray[np.int64]:
        return np.bincount(column, minlength=len(self._places))

    def _seconds(self, at: datetime) -> float:
        """Return the seconds from the midnight before the session to a moment."""
        return (at - self._midnight).total_seconds()

    def _reach(self, at: datetime) -> None:
        if (day := at.astimezone(KST).date()) > self.day:
            self._begin(day)
