"""Technical (10 points): volume, RSI and quiet accumulation.

Formulas: section 4.4 of the scout specification. RSI has no sector multipliers.
"""

import numpy as np

from jennie_cli.engine.indicators import rolling_mean, rsi
from jennie_cli.engine.scoring.momentum import stock_return_pct
from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray


def points_volume_trend(ratio: FloatArray) -> FloatArray:
    """Return 0..3 points for volume of 5 rows over that of the 20 before, 1.5 when unknown."""
    return known_or(linear(ratio - 0.5, 0.0, 1.2, 3.0), ratio, 1.5)


def points_rsi(rsi14: FloatArray, oversold: float = 30.0) -> FloatArray:
    """Return 0..3 points for RSI, falling from `oversold` over 50 and 70 to 90; 1.5 unknown."""
    points = np.interp(rsi14, [oversold, 50.0, 70.0, 90.0], [3.0, 1.5, 0.5, 0.0])
    return known_or(points, rsi14, 1.5)


def points_accumulation(change_pct: FloatArray, volume_ratio: FloatArray) -> FloatArray:
    """Return 0..4 points for volume that grows while the price falls, 0 when unknown."""
    fell, grew = change_pct, volume_ratio
    return np.select(
        [
            (fell < -5.0) & (grew > 1.2),
            (fell < -3.0) & (grew > 1.1),
            (fell < 0.0) & (grew > 1.0),
            (fell < -5.0) & (grew > 0.8),
        ],
        [4.0, 3.0, 2.0, 1.0],
    )


def volume_ratio(window: Window, recent: int, before: int) -> FloatArray:
    """Return mean volume of the `recent` newest rows over that of the `before` rows earlier."""
    volume = window.tail(window.volume, recent + before)
    now = window.take(rolling_mean(volume, recent))
    then = window.take(rolling_mean(volume, before), recent)
    return np.where(then > 0.0, now / np.where(then > 0.0, then, 1.0), np.nan)


def rsi_rows(window: Window, back: int) -> FloatArray:
    """Return RSI 14 of the scored days and the `back` rows before them."""
    return rsi(window.tail(window.close, back + 15))


def technical(window: Window, rsi14: FloatArray, *, oversold: float) -> FactorParts:
    """Return the three parts; `rsi14` ends with the scored days."""
    ratio = volume_ratio(window, 5, 20)
    now = window.take(rsi14)
    fell = stock_return_pct(window, 20)
    grew = volume_ratio(window, 20, 20)
    fell = np.where(np.isfinite(grew), fell, np.nan)
    return {
        "volume_trend": part(points_volume_trend(ratio), ratio, "times"),
        "rsi": part(points_rsi(now, oversold), now, "points"),
        "accumulation": part(points_accumulation(fell, grew), fell, "pct"),
    }
