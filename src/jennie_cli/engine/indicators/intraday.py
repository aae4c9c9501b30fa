"""Figures of a running session, from its one-minute bars alone.

Nothing here reads ticks: what a live session knows at a bar is what the same bars say years
later. Moving averages are `rolling_mean` and the RSI is `wilder_rsi` of the closes.
"""

import numpy as np

from jennie_cli.engine.indicators.bars import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray

LEAST_EARLIER_BARS = 5


def session_vwap(bars: SessionBars) -> FloatArray:
    """Return the volume-weighted price in won since the open, after each bar.

    A bar counts with its typical price (high + low + close) / 3. Until the first volume it is the
    first price of the session. Source: section 1.2 of the trading specification, over bars.
    """
    known = bars.known
    worth = np.where(known, (bars.high + bars.low + bars.close) * bars.volume, 0.0)
    shares = np.cumsum(np.where(known, bars.volume, 0.0), axis=0)
    quiet = shares == 0.0
    vwap = np.cumsum(worth, axis=0) / np.where(quiet, 1.0, 3.0 * shares)
    return np.where(known, np.where(quiet, bars.open[:1], vwap), np.nan)


def volume_ratio(bars: SessionBars) -> FloatArray:
    """Return each bar's volume as a multiple of the mean of the session's earlier bars.

    NaN with fewer than 5 earlier bars, or none with volume. Source: section 1.2 of the trading
    specification.
    """
    rows = bars.shape[0]
    earlier = np.cumsum(np.where(bars.known, bars.volume, 0.0), axis=0)[:-1]
    mean = np.full(bars.shape, np.nan)
    mean[1:] = earlier / np.arange(1.0, rows)[:, None]
    mean[:LEAST_EARLIER_BARS] = np.nan
    return bars.volume / np.where(mean > 0.0, mean, np.nan)
