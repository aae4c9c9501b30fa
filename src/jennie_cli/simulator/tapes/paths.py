"""Prices and shares of the prints of many bars at once, each bar reproduced exactly.

A bar is a run of consecutive prints. Its path is a random bridge from open to close whose upper
part is stretched to the high and whose lower part to the low; what lies between is cut to the
price grid, the bar's own four prices are kept as they are.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.simulator.tapes.grid import Grid
from jennie_cli.simulator.tapes.prints import BUY, SELL, Ints

Floats = NDArray[np.float64]
_TAPES = 1001
"""Keeps the chance of tapes apart from every stream of the generated market."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """(m,) bars in order of time; won and shares."""

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints

    def needed(self) -> Ints:
        """Return the fewest prints that can show all four prices of each bar."""
        top, bottom = np.maximum(self.open, self.close), np.minimum(self.open, self.close)
        apart = (self.high > top) + 0 + (self.low < bottom)
        ends = np.where((self.open != self.close) | (apart > 0), 2, 1)
        return np.asarray(ends + apart, dtype=np.int64)

    def fitted(self) -> "tuple[Bars, int]":
        """Return bars that their volume can show, and how many had to give up a price.

        One share shows the close, two open and close, three also the extreme farther out.
        """
        short = self.volume < self.needed()
        one = short & (self.volume == 1)
        opened = np.where(one, self.close, self.open)
        top, bottom = np.maximum(opened, self.close), np.minimum(opened, self.close)
        up = self.high - top >= bottom - self.low
        third = self.volume == 3
        high = np.where(short & ~(third & up), top, self.high)
        low = np.where(short & ~(third & ~up), bottom, self.low)
        return replace(self, open=opened, high=high, low=low), int(short.sum())


def tape_chance(seed: int, day: date, code: str) -> np.random.Generator:
    """Return the generator of one stock's tape of one day."""
    words = (seed, _TAPES, day.toordinal(), int.from_bytes(code.encode()))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def walk(rng: np.random.Generator, bars: Bars, counts: Ints, grid: Grid) -> tuple[Ints, Ints]:
    """Return (price, aggressor) of all prints; `counts` prints a bar, at least `needed`."""
    ends = np.cumsum(counts)
    firsts, run = ends - counts, np.repeat(np.arange(len(counts)), counts)
    path = _stretched(_bridge(rng, bars, counts), bars, firsts, run)
    lift = rng.random(len(path)) < 0.5
    price = grid.floors(np.maximum(np.floor(path), 1).astype(np.int64))
    price = np.where(lift, grid.all_above(price), price)
    price = np.clip(price, bars.low[run], bars.high[run])
    _pin(price, path, bars, firsts, counts)
    return price, _aggressors(price, first=BUY if lift[0] else SELL)


def split(rng: np.random.Generator, volume: Ints, weights: Floats, counts: Ints) -> Ints:
    """Return the shares of each print: at least one, each bar's volume in all."""
    size = weights * rng.lognormal(0.0, 1.0, len(weights))
    ends = np.cumsum(counts)
    total = np.cumsum(size)
    before = np.concatenate(([0.0], total[ends[:-1] - 1]))
    reach = (total - np.repeat(before, counts)) / np.repeat(total[ends - 1] - before, counts)
    spare = volume - counts
    reached = np.floor(np.minimum(reach, 1.0) * np.repeat(spare, counts)).astype(np.int64)
    parts = np.diff(reached, prepend=0)
    parts[ends[:-1]] = reached[ends[:-1]]
    return np.asarray(parts + 1)


def _bridge(rng: np.random.Generator, bars: Bars, counts: Ints) -> Floats:
    ends = np.cumsum(counts)
    firsts, steps = ends - counts, np.maximum(counts - 1, 1)
    reach = (bars.high - bars.low) * 0.6 / np.sqrt(steps)
    noise = rng.standard_normal(int(counts.sum())) * np.repeat(reach, counts)
    noise[firsts] = 0.0
    walked = np.cumsum(noise)
    walked -= np.repeat(walked[firsts], counts)
    done = (np.arange(len(noise)) - np.repeat(firsts, counts)) / np.repeat(steps, counts)
    aim = bars.close - bars.open - walked[ends - 1]
    return np.asarray(np.repeat(bars.open, counts) + walked + done * np.repeat(aim, counts))


def _stretched(path: Floats, bars: Bars, firsts: Ints, run: NDArray[np.intp]) -> Floats:
    """Scale what lies above open and close to the high, below them to the low."""
    top, bottom = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    peak, trough = np.maximum.reduceat(path, firsts), np.minimum.reduceat(path, firsts)
    up = (bars.high - top) / np.maximum(peak - top, 1e-9)
    down = (bottom - bars.low) / np.maximum(bottom - trough, 1e-9)
    above, below = path - top[run], bottom[run] - path
    high = np.where(above > 0, top[run] + above * up[run], path)
    return np.where(below > 0, bottom[run] - below * down[run], high)


def _pin(price: Ints, path: Floats, bars: Bars, firsts: Ints, counts: Ints) -> None:
    """Set first, last, highest and lowest print of every bar to the bar's own prices."""
    lasts = firsts + counts - 1
    inner = counts > 2
    if inner.any():
        peak, trough = _extremes(path, firsts[inner], counts[inner])
        top, bottom = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
        needs_high, needs_low = (bars.high > top)[inner], (bars.low < bottom)[inner]
        price[peak[needs_high]] = bars.high[inner][needs_high]
        price[trough[needs_low]] = bars.low[inner][needs_low]
    price[firsts] = bars.open
    price[lasts] = bars.close


def _extremes(path: Floats, firsts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return where each bar's inner prints are highest and lowest, two places if it has two."""
    owner = np.repeat(np.arange(len(firsts)), counts - 2)
    starts = np.cumsum(counts - 2) - (counts - 2)
    inside = np.arange(len(owner)) - starts[owner] + firsts[owner] + 1
    order = np.lexsort((inside, path[inside], owner))
    return inside[order[starts + counts - 3]], inside[order[starts]]


def _aggressors(price: Ints, *, first: int) -> Ints:
    """Return who took each print's price: the buyer after a rise, the seller after a fall."""
    moved = np.diff(price, prepend=price[:1])
    side = np.where(moved > 0, BUY, np.where(moved < 0, SELL, 0))
    side[0] = first
    known = np.maximum.accumulate(np.where(side != 0, np.arange(len(side)), 0))
    return np.asarray(side[known], dtype=np.int64)
