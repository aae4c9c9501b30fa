"""The moments of a past session: the points of every bar's path, in one order of time."""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.path import PATH, price_path

POINT_SECONDS = np.array([1, 20, 40, 59])
"""The second of its minute in which each point of PATH is taken to have traded. Bars do not tell;
the first lies after the end of the bar before, the last before the end of its own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Prices in won, NaN where a stock did not trade; seconds count since midnight KST.

    `second` is (moments,) and `price` (moments, stocks), four moments a minute. `ends` holds the
    second in which each of those minutes ends; `closes`, (minutes + 1, stocks), the last close
    known before the first minute, and after each.
    """

    second: FloatArray
    price: FloatArray
    ends: FloatArray
    closes: FloatArray

    @property
    def count(self) -> int:
        """How many moments there are."""
        return len(self.second)

    def until(self, second: float) -> int:
        """Return how many moments lie at or before a second."""
        return int(np.searchsorted(self.second, second, side="right"))

    def minutes_until(self, second: float) -> int:
        """Return how many minutes have ended at a second: the row of `closes` known then."""
        return int(np.searchsorted(self.ends, second, side="right"))

    def marks(self, second: float) -> FloatArray:
        """Return the last close of each stock known at a second, (stocks,)."""
        return np.asarray(self.closes[self.minutes_until(second)])


def moments_of(bars: SessionBars, before: FloatArray) -> Moments:
    """Return the moments of a session; `before` is the last close of each stock before it."""
    minutes = np.unique(bars.minute[bars.known])
    row, column = np.nonzero(bars.known)
    place = np.searchsorted(minutes, bars.minute[row, column])
    price = np.full((len(minutes), len(PATH), bars.shape[1]), np.nan)
    price[place, :, column] = price_path(bars)[row, :, column]
    closes = np.vstack([before[None], price[:, -1]])
    newest = np.where(np.isnan(closes), 0, np.arange(len(closes))[:, None])
    known = np.maximum.accumulate(newest, axis=0)
    return Moments(
        second=(minutes[:, None] * 60.0 + POINT_SECONDS).ravel(),
        price=price.reshape(-1, bars.shape[1]),
        ends=np.asarray((minutes + 1) * 60, dtype=np.float64),
        closes=np.take_along_axis(closes, known, axis=0),
    )
