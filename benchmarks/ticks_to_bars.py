"""Ticks to one-minute bars: the bar maker beside a plain Python loop, in one process.

    python -m benchmarks.ticks_to_bars [--ticks N] [--codes N]

A seeded session of 09:00 to 15:30 is told second by second, as a stream brings it. Both sides get
the same batches; the bar maker also runs its timer each second and hands out the bars whenever
some closed. Every bar must be equal, or the run fails. The loop gets its ticks as Python numbers,
and making those is not counted.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from time import perf_counter, process_time

import numpy as np

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.trading import BarMaker, TickBatch

OPEN_S, CLOSE_S = 9 * 3_600, 15 * 3_600 + 30 * 60
MIDNIGHT = datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=9)))
BULK, SINGLES = 65_536, 20_000

Bar = tuple[int, float, float, float, float, float, bool]
"""Minute of the day; open, high, low, close in won; shares; whether ticks are missing."""


@dataclass(slots=True)
class LoopBars:
    """Bars made tick by tick with nothing but Python: the reference."""

    stocks: int
    closed: list[list[Bar]] = field(default_factory=list)
    running: list[Bar | None] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closed = [[] for _ in range(self.stocks)]
        self.running = [None] * self.stocks
        self.late = [0] * self.stocks

    def add(
        self,
        columns: list[int],
        seconds: list[int],
        prices: list[int],
        quantities: list[int],
        gaps: list[bool],
    ) -> None:
        """Take ticks in the order in which they came."""
        running, closed = self.running, self.closed
        told = zip(columns, seconds, prices, quantities, gaps, strict=True)
        for column, second, price, qty, gap in told:
            minute, bar = second // 60, running[column]
            if bar is None or bar[0] < minute:
                if bar is not None:
                    closed[column].append(bar)
                running[column] = (minute, price, price, price, price, qty, gap)
            elif bar[0] > minute:
                self.late[column] += 1
            else:
                _, first, high, low, _, volume, missing = bar
                high, low = max(high, price), min(low, price)
                running[column] = (minute, first, high, low, price, volume + qty, missing or gap)

    def end(self) -> None:
        """Close what runs."""
        for column, bar in enumerate(self.running):
            if bar is not None:
                self.closed[column].append(bar)
        self.running = [None] * self.stocks


def rows_of(bars: SessionBars) -> list[list[Bar]]:
    """Return the bars of each stock as rows."""
    figures = (bars.minute, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return [
        list(zip(*(f[:n, i].tolist() for f in (*figures, bars.after_gap)), strict=True))
        for i, n in enumerate(bars.count.tolist())
    ]


def session(ticks: int, codes: int, seed: int = 20260101) -> TickBatch:
    """Return a seeded session: busy and quiet codes, walking prices, a late tick in 2,000."""
    rng = np.random.default_rng(seed)
    second = np.sort(rng.integers(OPEN_S, CLOSE_S, ticks)).astype(np.int32)
    second -= np.where(rng.random(ticks) < 0.0005, 70, 0).astype(np.int32)
    busy = rng.dirichlet(np.ones(codes))
    column = rng.choice(codes, ticks, p=busy).astype(np.int16)
    steps = rng.integers(-1, 2, ticks)
    return TickBatch(
        day=MIDNIGHT.date(),
        column=column,
        second=np.maximum(second, OPEN_S).astype(np.int32),
        price=50_000 + 50 * (np.cumsum(steps) % 400),
        qty=rng.integers(1, 200, ticks),
        after_gap=rng.random(ticks) < 1e-6,
    )


def part(batch: TickBatch, start: int, end: int) -> TickBatch:
    """Return some of the ticks of a batch."""
    return TickBatch(
        day=batch.day,
        column=batch.column[start:end],
        second=batch.second[start:end],
        price=batch.price[start:end],
        qty=batch.qty[start:end],
        after_gap=batch.after_gap[start:end],
    )


def by_second(batch: TickBatch) -> Iterator[tuple[int, TickBatch]]:
    """Yield each second of the session and what it told; late ticks come when they came."""
    arrival = np.maximum.accumulate(batch.second)
    seconds = np.arange(OPEN_S, CLOSE_S)
    ends = np.searchsorted(arrival, seconds, side="right")
    starts = np.r_[0, ends[:-1]]
    for second, start, end in zip(seconds.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield second, part(batch, start, end)


def maker(codes: int) -> BarMaker:
    """Return a bar maker that has listened since before the open."""
    names = [f"{n:06d}" for n in range(codes)]
    return BarMaker(names, since=MIDNIGHT + timedelta(hours=8, minutes=50), grace_s=1.0)


def with_arrays(batch: TickBatch, codes: int) -> tuple[BarMaker, float, float]:
    """Return the bars of a session with the wall and the processor seconds they took."""
    told, bars = list(by_second(batch)), maker(codes)
    wall, worked = perf_counter(), process_time()
    for second, some in told:
        closed = bars.add(some)
        timed = bars.close_minutes(MIDNIGHT + timedelta(seconds=second))
        if len(closed.row) or len(timed.row):
            _ = bars.bars
    bars.close_minutes(MIDNIGHT + timedelta(days=1))
    return bars, perf_counter() - wall, process_time() - worked


def with_loop(batch: TickBatch, codes: int) -> tuple[LoopBars, float]:
    """Return the bars of the plain loop and the wall seconds it took."""
    bars, taken = LoopBars(codes), 0.0
    for _, some in by_second(batch):
        fields = (some.column, some.second, some.price, some.qty, some.after_gap)
        lists = [values.tolist() for values in fields]
        start = perf_counter()
        bars.add(*lists)
        taken += perf_counter() - start
    bars.end()
    return bars, taken


def in_bulk(batch: TickBatch, codes: int) -> float:
    """Return the wall seconds of a session told in batches of BULK ticks, as a replay may."""
    bars, start = maker(codes), perf_counter()
    for first in range(0, len(batch.second), BULK):
        bars.add(part(batch, first, first + BULK))
    return perf_counter() - start


def single_us(batch: TickBatch, codes: int) -> float:
    """Return the microseconds of one tick when each comes alone."""
    bars, singles = maker(codes), [part(batch, n, n + 1) for n in range(SINGLES)]
    start = perf_counter()
    for one in singles:
        bars.add(one)
    return (perf_counter() - start) / SINGLES * 1e6


def main() -> int:
    """Measure, compare, print; 1 when a bar differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--ticks", type=int, default=10_000_000)
    parser.add_argument("--codes", type=int, default=40)
    given = parser.parse_args()
    batch = session(given.ticks, given.codes)
    bars, wall, worked = with_arrays(batch, given.codes)
    loop, looped = with_loop(batch, given.codes)
    same = rows_of(bars.bars) == loop.closed and bars.late.tolist() == loop.late
    arrays_rate, loop_rate = given.ticks / wall, given.ticks / looped
    count = int(bars.bars.count.sum())
    print(f"session           {given.ticks:,} ticks of {given.codes} codes, {count:,} bars")
    print(f"late ticks        {int(bars.late.sum()):,} left out by both")
    print(
        f"bar maker         {arrays_rate:12,.0f} ticks/s   {wall:.2f} s, {worked:.2f} s of a core"
    )
    print(f"plain loop        {loop_rate:12,.0f} ticks/s   {looped:.2f} s")
    print(f"in bulk           {given.ticks / in_bulk(batch, given.codes):12,.0f} ticks/s")
    print(f"ratio             {arrays_rate / loop_rate:12.1f} x")
    print(f"one tick alone    {single_us(batch, given.codes):12.0f} us")
    print("every bar is equal" if same else "THE BARS DIFFER")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
