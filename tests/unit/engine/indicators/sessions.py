"""Little sessions and days to take figures of."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import NO_BAR, DayBars, SessionBars

Array = NDArray[np.float64]


def session(close: Sequence[float] | Array, volume: Sequence[float] | Array) -> SessionBars:
    """Return a session of one stock whose bars hold one price each."""
    price = np.asarray(close, dtype=np.float64)[:, None]
    return SessionBars(
        minute=(540 + np.arange(len(price), dtype=np.int32))[:, None],
        open=price,
        high=price,
        low=price,
        close=price,
        volume=np.asarray(volume, dtype=np.float64)[:, None],
        after_gap=np.zeros(price.shape, dtype=np.bool_),
    )


def random_session(seed: int, rows: int = 80, stocks: int = 5) -> SessionBars:
    """Return walking prices with gaps, motionless stretches and stocks that have fewer bars."""
    rng = np.random.default_rng(seed)
    shape = (rows, stocks)
    steps = rng.integers(-3, 4, shape) * (rng.random(shape) < 0.7) * 10.0
    close = 10_000.0 + np.cumsum(steps, axis=0)
    wick = rng.integers(0, 4, (2, *shape)) * 10.0
    minute = 540 + np.cumsum(rng.integers(1, 3, shape), axis=0)
    known = np.arange(rows)[:, None] < np.r_[rows, rng.integers(0, rows + 1, stocks - 1)]
    return SessionBars(
        minute=np.where(known, minute, NO_BAR).astype(np.int32),
        open=np.where(known, close - steps, np.nan),
        high=np.where(known, np.maximum(close, close - steps) + wick[0], np.nan),
        low=np.where(known, np.minimum(close, close - steps) - wick[1], np.nan),
        close=np.where(known, close, np.nan),
        volume=np.where(known, rng.integers(0, 5, shape) * 100.0, np.nan),
        after_gap=np.zeros(shape, dtype=np.bool_),
    )


def days_of(close: Array, spread: float = 0.0) -> DayBars:
    """Return days with these closes, highs and lows a fixed distance away; (days, stocks)."""
    first = date(2026, 1, 5)
    return DayBars(
        days=tuple(first + timedelta(days=n) for n in range(len(close))),
        high=close + spread,
        low=close - spread,
        close=close,
    )


def random_days(seed: int, rows: int = 70, stocks: int = 4) -> DayBars:
    """Return walking closes; some stocks were listed on the way."""
    rng = np.random.default_rng(seed)
    close = np.round(20_000.0 * np.exp(np.cumsum(rng.normal(0, 0.02, (rows, stocks)), axis=0)))
    listed = np.r_[0, rng.integers(0, rows + 1, stocks - 1)]
    return days_of(np.where(np.arange(rows)[:, None] >= listed, close, np.nan), spread=100.0)


def wilder(values: Sequence[float], n: int = 14) -> float:
    """Return Wilder's mean of known values by his recursion."""
    mean = sum(values[:n]) / n
    for value in values[n:]:
        mean += (value - mean) / n
    return mean
