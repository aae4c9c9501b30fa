"""How a push becomes a day's bar: fat own shocks, clustered volatility, limits, ticks, volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.panels import FloatArray
from jennie_cli.simulator.drivers import Push
from jennie_cli.simulator.dynamics import story_table
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream
from jennie_cli.simulator.ticks import IntArray, PriceGrid

_TAIL = 6.0
_TAIL_SCALE = np.sqrt((_TAIL - 2.0) / _TAIL)
_ALPHA, _BETA = 0.22, 0.765
_NEWS_JUMPS = 0.0024
_UP_SHARE = 0.72
_CHATTER_MEMORY = 0.78
_CHATTER_VOL = 0.32


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """One day's bars of all stocks, (N,) each; zero where a stock did not trade.

    `change` is the close over the base price less one.
    """

    open: IntArray
    high: IntArray
    low: IntArray
    close: IntArray
    volume: IntArray
    change: FloatArray


class BarMaker:
    """Carries each stock's volatility and chatter from day to day."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Start at long-run volatility."""
        self._seed = seed
        self._roster = roster
        self._heat = np.ones(roster.size)
        self._chatter = np.zeros(roster.size)

    def step(
        self,
        day: int,
        *,
        base: IntArray,
        push: Push,
        story: NDArray[np.intp],
        shares: IntArray,
        grid: PriceGrid,
    ) -> DayBars:
        """Return the day's bars of every stock from its base price, inside the grid."""
        rng = stream(self._seed, Stream.BARS, day)
        target = push.shared + push.expected + self._own(rng, story)
        close = grid.near(base * (1.0 + np.maximum(target, -0.95)))
        prices = self._inside(rng, base, target, close, grid)
        change = close / base - 1.0
        volume = self._volume(rng, change, story, shares)
        return DayBars(**prices, close=close, volume=volume, change=change)

    def _own(self, rng: np.random.Generator, story: NDArray[np.intp]) -> FloatArray:
        n = self._roster.size
        shock = rng.standard_t(_TAIL, n) * _TAIL_SCALE * np.sqrt(self._heat)
        self._heat = 1 - _ALPHA - _BETA + _ALPHA * np.minimum(shock**2, 25.0) + _BETA * self._heat
        odds, side, size = rng.random((3, n))
        jump = np.where(side < _UP_SHARE, 1.0, -1.0) * (0.12 + 0.28 * size)
        quiet = self._roster.sigma < 0.01
        spread = self._roster.sigma * story_table().vol[story]
        return np.asarray(spread * shock + np.where((odds < _NEWS_JUMPS) & ~quiet, jump, 0.0))

    def _inside(
        self,
        rng: np.random.Generator,
        base: IntArray,
        target: FloatArray,
        close: IntArray,
        grid: PriceGrid,
    ) -> dict[str, IntArray]:
        gap, up, down = rng.standard_normal((3, self._roster.size))
        reach = self._roster.sigma * np.sqrt(self._heat)
        opened = grid.near(base * (1.0 + 0.35 * target + 0.35 * reach * gap))
        top, bottom = np.maximum(opened, close), np.minimum(opened, close)
        high = grid.below(top * (1.0 + 0.55 * reach * np.abs(up)))
        low = grid.above(bottom * (1.0 - 0.55 * reach * np.abs(down)))
        return {
            "open": opened,
            "high": np.maximum(high, top),
            "low": np.minimum(low, bottom),
        }

    def _volume(
        self,
        rng: np.random.Generator,
        change: FloatArray,
        story: NDArray[np.intp],
        shares: IntArray,
    ) -> IntArray:
        noise = rng.standard_normal((2, self._roster.size))
        self._chatter = _CHATTER_MEMORY * self._chatter + _CHATTER_VOL * noise[0]
        moved = np.minimum(np.abs(change) / self._roster.sigma, 12.0)
        log = self._chatter + 0.22 * moved + 0.2 * noise[1] + story_table().volume[story] - 0.45
        volume = self._roster.turnover * shares * np.exp(log)
        return np.asarray(np.clip(volume, 1, shares * 3 // 2), dtype=np.int64)
