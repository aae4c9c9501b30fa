"""What moves the market under the surface: regimes, sector themes, and each stock's own story."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.sectors import FINE, GROUPS
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.cast import KOSDAQ
from jennie_cli.simulator.dynamics import regime_table, story_table
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream

QUIET, ACCUMULATION, MARKUP, DISTRIBUTION, MARKDOWN = range(5)
_TAIL = 6.0
_TAIL_SCALE = np.sqrt((_TAIL - 2.0) / _TAIL)
_ALPHA, _BETA = 0.09, 0.87
_THEME_MEMORY = 0.965
_THEME_DRIFT, _SECTOR_VOL = 0.0012, 0.0068
_FINE_DRIFT, _FINE_VOL = 0.0009, 0.0040
_BOARD_VOL = 0.0050
_GROWTH_DRIFT = 0.0015
_HOLD, _TILT = 0.35, 0.32


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One day's push on every stock, (N,) fractions: what it shares, and its own expectation."""

    shared: FloatArray
    expected: FloatArray


class Drivers:
    """Hidden states that move on day by day. Listings join with a quiet story."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Start in the first regime with themes and stories at their long-run odds."""
        rng = stream(seed, Stream.DRIVERS, 0)
        table = story_table()
        odds = _stationary(table.leave, np.diff(table.next, axis=1, prepend=0.0))
        self._seed = seed
        self._roster = roster
        self._regime = 0
        self._heat = 1.0
        self._theme = rng.standard_normal(len(GROUPS))
        self._fine = rng.standard_normal(len(FINE))
        self.story: NDArray[np.intp] = rng.choice(len(odds), roster.size, p=odds)

    @property
    def regime(self) -> int:
        """Return the row of the regime table the market is in."""
        return self._regime

    def step(self, day: int, growth: FloatArray) -> Push:
        """Move every hidden state on by one day and return its push."""
        rng = stream(self._seed, Stream.DRIVERS, day + 1)
        market = self._market(rng)
        sector, fine = self._themes(rng)
        self._turn_stories(rng, growth)
        cast = self._roster
        board = np.where(cast.board == KOSDAQ, _BOARD_VOL * _fat(rng), 0.0)
        shared = cast.beta * (market + board) + cast.sector_load * (
            sector[cast.group] + fine[cast.fine]
        )
        own = cast.sigma * story_table().drift[self.story] + _GROWTH_DRIFT * growth
        own -= own.mean()
        return Push(shared=shared, expected=np.where(cast.sigma > 0.01, own, 0.0))

    def _market(self, rng: np.random.Generator) -> float:
        table = regime_table()
        self._regime = int(rng.choice(4, p=table.next[self._regime]))
        shock = _fat(rng) * np.sqrt(self._heat)
        self._heat = 1 - _ALPHA - _BETA + _ALPHA * min(shock**2, 16.0) + _BETA * self._heat
        return float(table.drift[self._regime] + table.vol[self._regime] * shock)

    def _themes(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        fresh = np.sqrt(1 - _THEME_MEMORY**2)
        self._theme = _THEME_MEMORY * self._theme + fresh * rng.standard_normal(self._theme.size)
        self._fine = _THEME_MEMORY * self._fine + fresh * rng.standard_normal(self._fine.size)
        sector = _THEME_DRIFT * self._theme + _SECTOR_VOL * _fat(rng, self._theme.size)
        return sector, _FINE_DRIFT * self._fine + _FINE_VOL * _fat(rng, self._fine.size)

    def _turn_stories(self, rng: np.random.Generator, growth: FloatArray) -> None:
        table = story_table()
        turn, pick = rng.random((2, self._roster.size))
        # good accounts keep a rise alive and bad ones a fall
        held = _HOLD * growth * ((self.story == MARKUP) * 1.0 - (self.story == MARKDOWN))
        leaving = np.flatnonzero(turn < table.leave[self.story] * np.exp(-held))
        now = self.story[leaving]
        # a growing company leaves a quiet stretch upwards more often than downwards
        tilted = np.where(now == QUIET, pick[leaving] - _TILT * growth[leaving], pick[leaving])
        chosen = (np.clip(tilted, 0.0, 0.999999)[:, None] >= table.next[now]).sum(axis=1)
        self.story[leaving] = chosen

    def cool(self, stocks: BoolArray) -> None:
        """End the story of stocks that stand still (halted) or are not listed."""
        self.story[stocks] = QUIET


def _fat(rng: np.random.Generator, size: int | None = None) -> FloatArray:
    return np.asarray(rng.standard_t(_TAIL, size) * _TAIL_SCALE)


def _stationary(leave: FloatArray, chance: FloatArray) -> FloatArray:
    step = np.diag(1 - leave) + leave[:, None] * chance
    odds = np.full(leave.size, 1 / leave.size)
    for _ in range(2_000):
        odds = odds @ step
    return np.asarray(odds / odds.sum())
