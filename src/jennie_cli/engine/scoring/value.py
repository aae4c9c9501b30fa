"""Value (20 points): price against book, earnings, its own past and growth.

Formulas: section 4.3 of the scout specification; a loss scores 0, an unknown PER the middle.
"""

import numpy as np

from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.quality import newest_quarters
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray


def points_pbr(pbr: FloatArray) -> FloatArray:
    """Return 0..5 points for price to book, 2.5 when unknown."""
    return known_or(linear(pbr - 0.5, 5.0, -2.0, 5.0), pbr, 2.5)


def points_per(per: FloatArray) -> FloatArray:
    """Return 0..5 points for price to earnings, 0 for a loss (0 or below), 2.5 when unknown."""
    points = np.where(per > 0.0, linear(per - 5.0, 5.0, -0.2, 5.0), 0.0)
    return known_or(points, per, 2.5)


def points_per_discount(discount_ratio: FloatArray) -> FloatArray:
    """Return 0..5 points for the discount of PER to its own past, 2.5 when unknown."""
    return known_or(linear(discount_ratio, 0.0, 16.7, 5.0), discount_ratio, 2.5)


def points_peg(peg: FloatArray) -> FloatArray:
    """Return 0..5 points for PER over earnings growth, 2.5 when unknown."""
    points = np.interp(peg, [0.5, 1.0, 2.0, 4.0], [5.0, 3.0, 1.0, 0.0])
    return known_or(points, peg, 2.5)


def per_discount_ratio(per_quarters: FloatArray) -> FloatArray:
    """Return (h - c) / h of (K, Q, N) quarters oldest first.

    c is the newest PER, h the mean of the earlier positive ones; NaN below three positive ones
    and where the newest quarter is a loss, which has no PER to compare.
    """
    latest = newest_quarters(per_quarters)[:, 0]
    newest = newest_quarters(np.where(per_quarters > 0.0, per_quarters, np.nan))
    known = np.isfinite(newest)
    earlier = np.where(known, newest, 0.0)[:, 1:].sum(axis=1)
    count = known.sum(axis=1)
    mean = earlier / np.maximum(count - 1, 1)
    enough = (count >= 3) & (latest > 0.0)
    return np.where(enough, (mean - newest[:, 0]) / np.where(enough, mean, 1.0), np.nan)


def value(window: Window) -> FactorParts:
    """Return the four parts. Without a profit PEG is undefined and counts as missing."""
    pbr = window.slow(window.inputs.pbr)
    pbr = np.where(pbr > 0.0, pbr, np.nan)
    per = window.slow(window.inputs.per)
    discount = per_discount_ratio(window.slow(window.inputs.per_quarters))
    growth = window.slow(window.inputs.eps_growth_pct)
    peg = np.where(per > 0.0, per, np.nan) / np.maximum(growth, 1.0)
    return {
        "pbr": part(points_pbr(pbr), pbr, "times"),
        "per": part(points_per(per), per, "times"),
        "per_vs_history": part(points_per_discount(discount), discount, "ratio"),
        "peg": part(points_peg(peg), peg, "times"),
    }
