"""Daily figures of stocks that are watched while the day runs: the present price is today's close.

Each figure reads the last DAY_ROWS days at most, so that it does not depend on how much history a
caller happens to hold. Prices may be (stocks,) or (rows, stocks): one figure for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.indicators.wilder import forgetting_means, next_mean, strength

DAY_ROWS = 64
_RSI_N = _ATR_N = 14
_FAST, _SLOW, _LOOK_BACK = 12, 26, 10


class DaysOutOfOrder(ValueError):
    """Days that do not run from the oldest to the newest, each once, one a row."""

    def __init__(self, days: Sequence[date], rows: int) -> None:
        """Name the first pair that is wrong, or the lengths."""
        wrong = next((f"{a} stands before {b}" for a, b in pairwise(days) if a >= b), "")
        super().__init__(
            f"daily bars run oldest first, one row a day: {wrong or f'{len(days)} days'}"
            f"{'' if wrong else f' for {rows} rows'}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """Daily bars before today, oldest first; arrays are (days, stocks) in won, NaN = unknown.

    Raises DaysOutOfOrder.
    """

    days: tuple[date, ...]
    high: FloatArray
    low: FloatArray
    close: FloatArray

    def __post_init__(self) -> None:
        if len(self.days) != len(self.close) or any(a >= b for a, b in pairwise(self.days)):
            raise DaysOutOfOrder(self.days, len(self.close))


def atr(bars: DayBars) -> FloatArray:
    """Return the average true range of 14 days in won, (stocks,); NaN with fewer than 15 days.

    Source: J. W. Wilder (1978): the plain mean of 14 true ranges, then Wilder's mean.
    """
    high, low, close = (_recent(prices) for prices in (bars.high, bars.low, bars.close))
    before = close[:-1]
    true_range = np.maximum(high[1:], before) - np.minimum(low[1:], before)
    mean, count = forgetting_means(true_range, _ATR_N, 1.0 / _ATR_N)
    return np.where((count[-1] >= _ATR_N) & ~np.isnan(true_range[-1]), mean[-1], np.nan)


def rsi_today(bars: DayBars, price: FloatArray) -> FloatArray:
    """Return Wilder's RSI(14) 0..100 with `price` as today's close; NaN below 15 closes with it."""
    close, share = _recent(bars.close), 1.0 / _RSI_N
    change, today = close[1:] - close[:-1], price - close[-1]
    ups, count = forgetting_means(np.maximum(change, 0.0), _RSI_N, share)
    downs, _ = forgetting_means(np.maximum(-change, 0.0), _RSI_N, share)
    gains = next_mean(ups[-1], count[-1], np.maximum(today, 0.0), _RSI_N, share)
    losses = next_mean(downs[-1], count[-1], np.maximum(-today, 0.0), _RSI_N, share)
    return strength(gains, losses, (count[-1] + 1 >= _RSI_N) & ~np.isnan(today))


def death_cross_pct(bars: DayBars, price: FloatArray) -> FloatArray:
    """Return by how many percent MA5 has come to lie below MA20 today, `price` as today's close.

    Negative where it lies above, 0 where it lay below the day before already, NaN with fewer than
    20 days. Source: section 1.3 of the trading specification, where it fires from 0.2 on.
    """
    close = bars.close[-20:]
    if len(close) < 20:
        return np.full(price.shape, np.nan)
    short, long = close[-5:].mean(axis=0), close.mean(axis=0)
    short_now = (close[-4:].sum(axis=0) + price) / 5.0
    long_now = (close[-19:].sum(axis=0) + price) / 20.0
    gap = (long_now - short_now) / long_now * 100.0
    return np.where(short < long, 0.0, np.where(np.isnan(long), np.nan, gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class Macd:
    """What the days before today leave of MACD, so that each price of today costs little; arrays
    are (stocks,): the 12-day and the 26-day exponential mean, each started as a plain mean, and the
    days in them; the highest MACD and the highest close of 10 days. Source: G. Appel.
    """

    fast: FloatArray
    slow: FloatArray
    count: NDArray[np.int64]
    line: FloatArray
    top: FloatArray

    @classmethod
    def of(cls, bars: DayBars) -> "Macd":
        """Return what these days leave."""
        close = _recent(bars.close)
        fast, count = forgetting_means(close, _FAST, 2.0 / (_FAST + 1))
        slow, _ = forgetting_means(close, _SLOW, 2.0 / (_SLOW + 1))
        line = np.where(count >= _SLOW, fast - slow, np.nan)[-_LOOK_BACK:]
        return cls(
            fast=fast[-1],
            slow=slow[-1],
            count=count[-1],
            line=line.max(axis=0),
            top=close[-_LOOK_BACK:].max(axis=0),
        )

    def divergence_pct(self, price: FloatArray) -> FloatArray:
        """Return how far MACD stays below its highest of 10 days while the price tops their closes.

        In percent of the price, 0 without such a divergence, NaN with fewer than 35 days before
        today. The 9-day signal line plays no part. Section 1.3 of the trading specification names
        the 10 days and the 36 rows; that both tops are asked of the newest day alone is read out of
        them.
        """
        fast_now = next_mean(self.fast, self.count, price, _FAST, 2.0 / (_FAST + 1))
        slow_now = next_mean(self.slow, self.count, price, _SLOW, 2.0 / (_SLOW + 1))
        behind = np.maximum(self.line - (fast_now - slow_now), 0.0) / price * 100.0
        return np.where((price > self.top) | np.isnan(behind), behind, 0.0)


def _recent(prices: FloatArray) -> FloatArray:
    """Return the newest days under two unknown ones, so that differences have a last row."""
    return np.vstack([np.full((2, prices.shape[1]), np.nan), prices[-DAY_ROWS:]])
