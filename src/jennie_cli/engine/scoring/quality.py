"""Quality (20 points): return on equity and where it goes, growth of earnings, calm of the price.

Formulas: section 4.2 of the scout specification.
"""

import numpy as np

from jennie_cli.engine.indicators import change_pct, rolling_std_known
from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.window import DEPTH, Window
from jennie_cli.engine.store.panels import FloatArray


def points_roe_level(roe_pct: FloatArray) -> FloatArray:
    """Return 0..4 points for the return on equity, 2 when unknown."""
    return known_or(linear(roe_pct, 2.0, 0.067, 4.0), roe_pct, 2.0)


def points_roe_trend(earlier: FloatArray, latest: FloatArray) -> FloatArray:
    """Return 0..8 points for the last two quarterly changes in percent points.

    `latest` unknown: 4. `earlier` unknown: the rule for exactly two quarters.
    """
    fall = np.maximum(0.0, 2.0 + 0.4 * latest)
    three = [
        (latest > 0.0) & (earlier > 0.0),
        latest > 0.0,
        latest < 0.0,
    ]
    of_three = np.select(
        three,
        [np.minimum(8.0, 4.0 + 0.8 * latest), np.minimum(5.0, 2.0 + 0.6 * latest), fall],
        3.0,
    )
    of_two = np.select(
        [latest > 0.0, latest < 0.0], [np.minimum(6.0, 3.0 + 0.6 * latest), fall], 4.0
    )
    return known_or(np.where(np.isfinite(earlier), of_three, of_two), latest, 4.0)


def points_eps_growth(growth_pct: FloatArray) -> FloatArray:
    """Return 0..5 points for the growth of earnings a share, 2.5 when unknown."""
    return known_or(linear(growth_pct, 2.5, 0.083, 5.0), growth_pct, 2.5)


def points_stability(sigma_pct: FloatArray) -> FloatArray:
    """Return 0..3 points for the deviation of daily returns, 1.5 when unknown."""
    return known_or(linear(sigma_pct, 3.0, -0.6, 3.0), sigma_pct, 1.5)


def newest_quarters(quarters: FloatArray) -> FloatArray:
    """Return (K, Q, N) quarters newest first with the unknown ones moved to the end."""
    newest = quarters[:, ::-1]
    order = np.argsort(np.isnan(newest), axis=1, kind="stable")
    return np.take_along_axis(newest, order, axis=1)


def daily_sigma_pct(window: Window) -> FloatArray:
    """Return the deviation of the daily returns of the last DEPTH rows, from 60 rows on."""
    returns = change_pct(window.tail(window.close, DEPTH))[1:]
    return window.take(rolling_std_known(returns, DEPTH - 1, min_rows=59))


def quality(window: Window) -> FactorParts:
    """Return the four parts."""
    roe = window.slow(window.inputs.roe_pct)
    quarters = newest_quarters(window.slow(window.inputs.roe_quarters_pct))
    latest, earlier = quarters[:, 0] - quarters[:, 1], quarters[:, 1] - quarters[:, 2]
    growth = window.slow(window.inputs.eps_growth_pct)
    sigma = daily_sigma_pct(window)
    return {
        "roe_level": part(points_roe_level(roe), roe, "pct"),
        "roe_trend": part(points_roe_trend(earlier, latest), latest, "pp"),
        "eps_growth": part(points_eps_growth(growth), growth, "pct"),
        "stability": part(points_stability(sigma), sigma, "pct"),
    }
