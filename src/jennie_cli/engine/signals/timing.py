"""Five-minute bars as they stand after each one-minute bar, and two shapes that warn a buyer.

The shapes are those of a five-minute chart, so they are not looked for in one-minute bars.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray

MINUTES = 5

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """One bar for each cell, (rows, stocks): won and shares, NaN where there is none."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray


def five_minute(bars: SessionBars) -> tuple[Candles, Candles]:
    """Return the last complete five-minute bar as known after each one-minute bar, and the one
    before it, both (rows, stocks).

    A bar covers five minutes of the clock (09:00-09:04 ...) and is complete once they are over;
    minutes without a trade add nothing, five such minutes make no bar. One in which ticks are
    known to be missing is unknown.
    """
    block = np.where(bars.known, bars.minute // MINUTES, -1).T
    starts = np.ones(block.shape, dtype=np.bool_)
    starts[:, 1:] = block[:, 1:] != block[:, :-1]
    number = np.cumsum(starts).reshape(block.shape)
    over = bars.minute.T % MINUTES == MINUTES - 1
    whole = _put_together(bars, starts)
    last = np.where(over, number, number - 1)

    def told(which: Numbers) -> Candles:
        own = bars.known.T & (which >= number[:, :1])
        return _candles(whole[:, np.where(own, which, 0).T])

    return told(last), told(last - 1)


def wick_ratio(bar: Candles) -> FloatArray:
    """Return the upper wick in bodies, 0 without a body. Source: section 2.3, shooting star."""
    body = np.abs(bar.close - bar.open)
    wick = bar.high - np.maximum(bar.open, bar.close)
    return np.where(body == 0.0, 0.0, wick / np.where(body == 0.0, 1.0, body))


def engulfed(bar: Candles, before: Candles) -> FloatArray:
    """Return 1 where a falling bar on more volume swallows a rising one, 0 where none does.

    NaN unless both are known. Source: section 2.3, bearish engulfing.
    """
    found = (
        (before.close > before.open)
        & (bar.close < bar.open)
        & (bar.open >= before.close)
        & (bar.close <= before.open)
        & (bar.volume > before.volume)
    )
    return np.where(np.isnan(bar.close) | np.isnan(before.close), np.nan, found)


def _put_together(bars: SessionBars, starts: NDArray[np.bool_]) -> FloatArray:
    """Return open, high, low, close and volume of every five-minute bar, one column each.

    Stock after stock, from column 1 on; column 0 is unknown.
    """
    first = np.flatnonzero(starts)
    opened, high, low, close, volume, gap = (
        figures.T.ravel()
        for figures in (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.after_gap)
    )
    whole = np.full((5, len(first) + 1), np.nan)
    whole[0, 1:] = opened[first]
    whole[1, 1:] = np.maximum.reduceat(high, first)
    whole[2, 1:] = np.minimum.reduceat(low, first)
    whole[3, 1:] = close[np.append(first[1:], starts.size)[: len(first)] - 1]
    whole[4, 1:] = np.add.reduceat(volume, first)
    whole[:, 1:][:, np.logical_or.reduceat(gap, first)] = np.nan
    return whole


def _candles(rows: FloatArray) -> Candles:
    opened, high, low, close, volume = rows
    return Candles(open=opened, high=high, low=low, close=close, volume=volume)
