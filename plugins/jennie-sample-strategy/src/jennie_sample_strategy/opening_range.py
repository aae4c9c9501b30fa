"""Buys a stock that leaves the range of its first minutes upwards."""

import numpy as np

from jennie_cli.api import Condition, FloatArray, Rule, View, above, at_least, below

RANGE_SECONDS = 15 * 60
UNTIL_SECONDS = 2 * 3600
VOLUME_TIMES = 1.5

FORMED = Rule(id="formed", unit="seconds")
EARLY = Rule(id="early", unit="seconds")
HIGH = Rule(id="high", unit="KRW")
VOLUME = Rule(id="volume", unit="times")


def opening_range(view: View) -> tuple[Condition, ...]:
    """Want a close above the high of the first 15 minutes, on volume, in the first two hours."""
    since = np.where(view.known, view.second - view.opens, np.nan)
    return (
        above(FORMED, since, RANGE_SECONDS),
        below(EARLY, since, UNTIL_SECONDS),
        at_least(VOLUME, view.volume_ratio, VOLUME_TIMES),
        above(HIGH, view.close, _range_high(view, since)),
    )


def _range_high(view: View, since: FloatArray) -> FloatArray:
    """Return the highest price in won of the opening range so far, NaN before any."""
    inside = np.where(since <= RANGE_SECONDS, view.high, -np.inf)
    highest = np.maximum.accumulate(inside, axis=0)
    return np.where(np.isfinite(highest), highest, np.nan)
