"""The way a price took inside a bar, as far as four prices can tell it: one answer for all."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray

PATH = ("open", "low", "high", "close")
"""The points of a path in their order. A bar does not say whether its low or its high came first;
the low does here, so that a holder meets the stop before the profit."""


class Priced(Protocol):
    """Whatever holds bars: each array is (rows, stocks) in won, NaN where there is no bar."""

    @property
    def open(self) -> FloatArray:
        """The first price of each bar."""
        ...

    @property
    def high(self) -> FloatArray:
        """The highest price of each bar."""
        ...

    @property
    def low(self) -> FloatArray:
        """The lowest price of each bar."""
        ...

    @property
    def close(self) -> FloatArray:
        """The last price of each bar."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Bars without a name or a time: only what their path is made of, (rows, stocks) in won."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray


def price_path(bars: Priced) -> FloatArray:
    """Return the points of every bar in the order of PATH: (rows, stocks) to (rows, 4, stocks).

    A bar with an unknown price has no path: its four points are NaN.
    """
    path = np.stack([getattr(bars, point) for point in PATH], axis=1)
    path[np.broadcast_to(np.isnan(path).any(axis=1, keepdims=True), path.shape)] = np.nan
    return path
