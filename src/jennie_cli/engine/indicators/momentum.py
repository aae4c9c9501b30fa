"""Speed and strength of a move: RSI and ADX over (time, stock) arrays."""

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray, rolling_sum

WILDER_ROWS = 64
"""Rows a Wilder mean looks back. The recursion never forgets, so its value depends on where the
history happens to begin; cut at 64 rows and normalised it is the same on every array, and of the
weight of a 14-row mean 0.9 % is cut."""


def rsi(close: FloatArray, n: int = 14) -> FloatArray:
    """Return RSI 0..100 from simple means of n gains and n losses.

    100 * gains / (gains + losses): 100 without a loss, NaN without any move.
    Source: Cutler's form of Wilder's RSI, section 4.4 of the scout specification.
    """
    change = np.full_like(close, np.nan)
    change[1:] = close[1:] - close[:-1]
    gains = rolling_sum(np.maximum(change, 0.0), n)
    moves = rolling_sum(np.abs(change), n)
    moved = moves > 0.0
    return np.where(moved, 100.0 * gains / np.where(moved, moves, 1.0), np.nan)


def adx(high: FloatArray, low: FloatArray, n: int = 14) -> FloatArray:
    """Return the average directional index 0..100: the strength of a trend, not its direction.

    DX = 100 * |+DM - -DM| / (+DM + -DM) of Wilder means, 0 where nothing moved; the true range
    stands in numerator and denominator alike and cancels. ADX is the Wilder mean of DX, NaN in
    the first 2 * WILDER_ROWS - 1 rows.
    Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), cut as said above.
    """
    up, down = high[1:] - high[:-1], low[:-1] - low[1:]
    # a comparison with an unknown row is False, a product with it stays unknown
    plus = _wilder(up * ((up > down) & (up > 0.0)), n)
    minus = _wilder(down * ((down > up) & (down > 0.0)), n)
    both = plus + minus
    still = both == 0.0
    dx = np.where(still, 0.0, 100.0 * np.abs(plus - minus) / np.where(still, 1.0, both))
    out = np.full_like(high, np.nan)
    out[2 * WILDER_ROWS - 1 :] = _wilder(dx, n)
    return out


def _wilder(values: FloatArray, n: int) -> FloatArray:
    """Return Wilder's exponential mean of the rows that have WILDER_ROWS rows to read.

    Weights (1 - 1/n)^age, normalised over the known rows; NaN with fewer than n of them.
    """
    decay = 1.0 - 1.0 / n
    known = ~np.isnan(values)
    total = _decayed_sum(np.where(known, values, 0.0), decay)
    if not len(total):
        return total
    gaps = ~known.all(axis=0)
    marks = known[:, gaps].astype(np.float64)
    enough = _decayed_sum(marks, 1.0) >= n
    total /= np.where(gaps, 1.0, (1.0 - decay**WILDER_ROWS) * n)
    total[:, gaps] = np.where(enough, total[:, gaps] / _decayed_sum(marks, decay), np.nan)
    return total


def _decayed_sum(values: FloatArray, decay: float) -> FloatArray:
    """Sum WILDER_ROWS rows with weight decay^age, doubling the reach at each step."""
    total, width = values, 1
    while width < WILDER_ROWS:
        total = total[width:] + decay**width * total[:-width]
        width *= 2
    return total
