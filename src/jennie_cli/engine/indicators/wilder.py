"""Means that start as a plain mean of n rows and then forget: Wilder's, and the exponential one.

The recursion mean += share * (row - mean) is taken in one pass: each row is weighted by the
inverse of what is forgotten after it, summed from the first row on, and scaled back. Row t so
reads rows 0..t in one order, and a shorter array gives the same bits. Weights grow by 1/(1-share)
a row; with 14 rows a mean they leave the range of a float after 9,000 rows.
"""

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray

Counts = NDArray[np.int64]


def forgetting_means(values: FloatArray, n: int, share: float) -> tuple[FloatArray, Counts]:
    """Return the mean of the known rows so far, and their count: the first n weigh alike, each
    later one `share`. 1/n is Wilder's share, 2/(n + 1) the exponential one.

    An unknown row changes nothing; before the first known one the mean is NaN.
    """
    known = ~np.isnan(values)
    count = np.cumsum(known, axis=0, dtype=np.int64)
    # products in one order: a vectorised power may round its last lanes differently
    growth = np.cumprod(np.r_[1.0, np.full(len(values), 1.0 / (1.0 - share))])
    weight = growth[np.maximum(count - n, 0)]
    own = weight * np.where(count > n, share * n, 1.0)
    total = np.cumsum(np.where(known, values, 0.0) * own, axis=0)
    with np.errstate(invalid="ignore"):
        return total / (weight * np.minimum(count, n)), count


def next_mean(
    last: FloatArray, count: Counts, value: FloatArray, n: int, share: float
) -> FloatArray:
    """Return the mean after one more row; `value` may hold many wishes for that row, one a row."""
    start = np.where(count > 0, last, 0.0)
    return np.asarray(start + (value - start) * np.where(count < n, 1.0 / (count + 1), share))


def wilder_rsi(close: FloatArray, n: int = 14) -> FloatArray:
    """Return Wilder's RSI 0..100 of each row; NaN below n + 1 known closes, 50 without any move.

    Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978): plain means of the
    first n gains and losses, then mean * (n - 1)/n + newest/n; 100 * gains / (gains + losses).
    """
    change = np.full_like(close, np.nan)
    change[1:] = close[1:] - close[:-1]
    gains, count = forgetting_means(np.maximum(change, 0.0), n, 1.0 / n)
    losses, _ = forgetting_means(np.maximum(-change, 0.0), n, 1.0 / n)
    return strength(gains, losses, (count >= n) & ~np.isnan(change))


def strength(gains: FloatArray, losses: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """Return the share of gains in all moves 0..100: 50 without a move, NaN where not known."""
    moves = gains + losses
    still = moves == 0.0
    share = np.where(still, 50.0, 100.0 * gains / np.where(still, 1.0, moves))
    return np.where(known, share, np.nan)
