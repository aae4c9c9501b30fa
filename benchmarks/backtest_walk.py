"""The seeded walk on which every engine is timed: the same bars, so the same trades.

One stock of 100,000 bars, or a hundred of 20,000. On both the averages of 20 and 50 closes cross
1,122 and 22,413 times upward; at the ordinary swing no price ever falls 3 % under its entry.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.research import Prices

Array = NDArray[np.float64]

SEED, START_WON, SWING = 20260101, 50_000.0, 8e-4
FAST, SLOW, STOP_PCT, FEE_BP = 20, 50, 3.0, 1.5
FIRST_NS, MINUTE_NS = 1_704_067_200_000_000_000, 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is put before an engine, and how many trades must come of it."""

    name: str
    bars: int
    seeds: tuple[int, ...]
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an engine made of the walk: its trades, and stock by stock the worth of one won."""

    trades: int
    worth: Array


Work = Callable[[], Made]
Prepare = Callable[[Prices, Array], Work]

ONE = Size(name="1 x 100,000", bars=100_000, seeds=(SEED,), trades=1_122)
MANY = Size(name="100 x 20,000", bars=20_000, seeds=tuple(range(1000, 1100)), trades=22_413)


def walk(size: Size, swing: float = SWING) -> tuple[Prices, Array]:
    """Return the bars of a size and their volumes, (rows, stocks)."""
    sides = [_one(size.bars, seed, swing) for seed in size.seeds]
    opened, high, low, close, volume = (
        np.ascontiguousarray(np.stack(columns, axis=1)) for columns in zip(*sides, strict=True)
    )
    return Prices(open=opened, high=high, low=low, close=close), volume


def _one(bars: int, seed: int, swing: float) -> tuple[Array, ...]:
    """Return open, high, low, close and volume of one stock; the order of draws is part of it."""
    rng = np.random.default_rng(seed)
    close = START_WON * np.exp(np.cumsum(rng.normal(0.0, swing, bars)))
    opened = np.append(START_WON, close[:-1])
    wick = np.abs(rng.normal(0.0, swing / 2, (2, bars)))
    high = np.maximum(opened, close) * (1 + wick[0])
    low = np.minimum(opened, close) * (1 - wick[1])
    return opened, high, low, close, rng.integers(100, 10_000, bars).astype(float)
