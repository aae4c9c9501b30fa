"""Figures of the last n rows, for every stock at once.

Time runs down axis 0; the result has the shape of the input and NaN where the n rows are not all
there. Row t reads rows t-n+1..t and nothing else, always in the same order, so a figure does not
depend on what else the array holds.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Combine = Callable[[FloatArray, FloatArray], FloatArray]


def rolling_sum(values: FloatArray, n: int) -> FloatArray:
    """Return the sum of the last n rows."""
    return _aligned(_fold(values, n, np.add), values)


def rolling_mean(values: FloatArray, n: int) -> FloatArray:
    """Return the mean of the last n rows (a simple moving average)."""
    return rolling_sum(values, n) / n


def rolling_max(values: FloatArray, n: int) -> FloatArray:
    """Return the highest of the last n rows."""
    return _aligned(_fold(values, n, np.maximum), values)


def rolling_min(values: FloatArray, n: int) -> FloatArray:
    """Return the lowest of the last n rows."""
    return _aligned(_fold(values, n, np.minimum), values)


def rolling_std(values: FloatArray, n: int) -> FloatArray:
    """Return the sample deviation (n - 1) of the last n rows, from squared distances to the mean.

    The two passes keep a motionless price in whole won at exactly 0.
    """
    height = len(values) - n + 1
    if height <= 0:
        return np.full_like(values, np.nan)
    mean = _fold(values, n, np.add) / n
    squares, distance = np.zeros_like(mean), np.empty_like(mean)
    for k in range(n):
        np.subtract(values[k : k + height], mean, out=distance)
        distance *= distance
        squares += distance
    return _aligned(np.sqrt(squares / (n - 1)), values)


def rolling_std_known(values: FloatArray, n: int, *, min_rows: int) -> FloatArray:
    """Return the sample deviation of the known among the last n rows; NaN below `min_rows`."""
    height = len(values) - n + 1
    if height <= 0:
        return np.full_like(values, np.nan)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    count = np.zeros((height, *values.shape[1:]))
    mean, squares = np.zeros_like(count), np.zeros_like(count)
    for k in range(n):
        count += known[k : k + height]
        mean += filled[k : k + height]
    mean /= np.maximum(count, 1.0)
    for k in range(n):
        distance = filled[k : k + height] - mean
        distance *= known[k : k + height]
        distance *= distance
        squares += distance
    sigma = np.sqrt(squares / np.maximum(count - 1.0, 1.0))
    return _aligned(np.where(count >= min_rows, sigma, np.nan), values)


def change_pct(values: FloatArray, n: int = 1) -> FloatArray:
    """Return the change against n rows before in percent."""
    if len(values) <= n:
        return np.full_like(values, np.nan)
    return _aligned((values[n:] / values[:-n] - 1.0) * 100.0, values)


def _fold(values: FloatArray, n: int, combine: Combine) -> FloatArray:
    """Combine every n consecutive rows by doubling; row i covers input rows i..i+n-1."""
    height = max(len(values) - n + 1, 0)
    folded: FloatArray | None = None
    power, width, done = values, 1, 0
    while done < n:
        if n & width:
            piece = power[done : done + height]
            folded = piece if folded is None else combine(folded, piece)
            done += width
        if done < n:
            power = combine(power[:-width], power[width:])
            width *= 2
    return values[:0] if folded is None else folded


def _aligned(tail: FloatArray, values: FloatArray) -> FloatArray:
    """Put rows that end with the last input row under as many NaN rows as are missing."""
    out = np.empty(values.shape)
    head = len(values) - len(tail)
    out[:head] = np.nan
    out[head:] = tail
    return out
