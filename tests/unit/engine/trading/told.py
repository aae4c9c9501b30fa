"""Ticks and bars of little sessions, to make bars of and to compare them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from benchmarks.ticks_to_bars import LoopBars, part

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import MinuteBar, Tick
from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.trading import BarMaker, TickBatch

DAY = date(2026, 11, 20)
CODES = ("000660", "00680K", "005930")
Told = tuple[int, int, int, int, bool]
"""Column, second of the day, price, shares, after a gap."""


def clock(text: str, day: date = DAY) -> datetime:
    """Return a moment of the day, from "9:00" or "9:00:01.5"."""
    hour, minute, *second = text.split(":")
    since = timedelta(hours=int(hour), minutes=int(minute), seconds=float(*(second or ["0"])))
    return datetime(day.year, day.month, day.day, tzinfo=KST) + since


def maker(since: str = "8:50", codes: Sequence[str] = CODES) -> BarMaker:
    """Return a bar maker that waits one second for the last ticks of a minute."""
    return BarMaker(codes, since=clock(since), grace_s=1.0)


def batch_of(told: Sequence[Told], day: date = DAY) -> TickBatch:
    """Return ticks as a batch."""
    column, second, price, qty, after_gap = zip(*told, strict=True) if told else [()] * 5
    return TickBatch(
        day=day,
        column=np.array(column, dtype=np.int16),
        second=np.array(second, dtype=np.int32),
        price=np.array(price, dtype=np.int64),
        qty=np.array(qty, dtype=np.int64),
        after_gap=np.array(after_gap, dtype=np.bool_),
    )


def cut(batch: TickBatch, places: Sequence[int]) -> list[TickBatch]:
    """Return a batch in pieces."""
    edges = [0, *sorted(places), len(batch.second)]
    return [part(batch, a, b) for a, b in pairwise(edges)]


def looped(batch: TickBatch) -> LoopBars:
    """Return what the plain loop makes of a batch, the last minutes still running."""
    loop = LoopBars(len(CODES))
    fields = (batch.column, batch.second, batch.price, batch.qty, batch.after_gap)
    loop.add(*(values.tolist() for values in fields))
    return loop


def tick(code: str, at: str, price: int, qty: int = 1, **more: bool) -> Tick:
    """Return one tick."""
    return Tick(
        code=code, at=clock(at), price=price, qty=qty, day_volume=qty, day_high=price, **more
    )


def chart(bars: SessionBars, column: int, code: str) -> list[MinuteBar]:
    """Return the bars of one stock as a broker's chart tells them."""
    return [
        MinuteBar(
            code=code,
            start=clock(f"0:{bars.minute[row, column]}"),
            open=int(bars.open[row, column]),
            high=int(bars.high[row, column]),
            low=int(bars.low[row, column]),
            close=int(bars.close[row, column]),
            volume=int(bars.volume[row, column]),
        )
        for row in range(int(bars.count[column]))
    ]
