"""Percentiles by nearest rank: the one definition the house uses."""

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray


def nearest_rank_index(n: int, share: float) -> int:
    """Return the 0-based place of a percentile among n ascending values.

    Below the median max(0, floor(share * n) - 1), from the median on min(n - 1, floor(share * n)):
    the quarter points of 14 values are the places 2 and 10. Raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError("a percentile needs at least one value")
    # 0.29 * 100 is 28.999...; a place must not depend on that
    place = int(np.floor(share * n + 1e-9))
    return max(0, place - 1) if share < 0.5 else min(n - 1, place)


def nearest_rank(values: FloatArray, share: float) -> float:
    """Return the percentile of the known values of a 1-d array. Raises ValueError if none is."""
    known = np.sort(values[~np.isnan(values)])
    return float(known[nearest_rank_index(len(known), share)])


def in_top_share(values: FloatArray, n: int, share: float) -> NDArray[np.bool_]:
    """Tell whether each row reaches the (1 - share) percentile of its own last n rows.

    False where any of the n rows is unknown.
    """
    height = len(values) - n + 1
    reached = np.zeros(values.shape, dtype=np.bool_)
    if height <= 0:
        return reached
    newest = values[n - 1 :]
    above = np.zeros(newest.shape, dtype=np.int16)
    known = ~np.isnan(newest)
    for k in range(n - 1):
        row = values[k : k + height]
        above += row > newest
        known &= ~np.isnan(row)
    reached[n - 1 :] = known & (above <= n - 1 - nearest_rank_index(n, 1.0 - share))
    return reached
