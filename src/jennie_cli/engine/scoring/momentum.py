"""Momentum (20 points): strength against the index, the bounce and the breakout.

Formulas: section 4.1 of the scout specification; "N rows back" is close[-N], N - 1 days before.
"""

import numpy as np

from jennie_cli.engine.indicators import Bands, rolling_max, rolling_min
from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import BoolArray, FloatArray


def points_six_month(excess_pct: FloatArray) -> FloatArray:
    """Return 0..5 points for the 120-row return beyond the index, 2.5 when unknown."""
    return known_or(linear(excess_pct, 2.5, 0.083, 5.0), excess_pct, 2.5)


def points_one_month(excess_pct: FloatArray) -> FloatArray:
    """Return 0..5 points for the 20-row return beyond the index, 2.5 when unknown."""
    return known_or(linear(excess_pct, 2.5, 0.25, 5.0), excess_pct, 2.5)


def points_bottom_bounce(bounce_pct: FloatArray) -> FloatArray:
    """Return 0..5 points for the rise from the 20-row low: best at 10..30 %, 0 when unknown."""
    points = np.interp(bounce_pct, [5.0, 10.0, 30.0, 50.0], [0.0, 5.0, 5.0, 0.0])
    return known_or(points, bounce_pct, 0.0)


def points_base_breakout(
    in_base: BoolArray, above_upper: BoolArray, above_middle: BoolArray
) -> FloatArray:
    """Return 5 for a breakout from a base, 2.5 for its upper half, 1.5 for a breakout alone."""
    return np.select([in_base & above_upper, in_base & above_middle, above_upper], [5.0, 2.5, 1.5])


def stock_return_pct(window: Window, rows: int) -> FloatArray:
    """Return the return since close[-rows] in percent."""
    then = window.take(window.close, rows - 1)
    return (window.take(window.close) / then - 1.0) * 100.0


def index_return_pct(window: Window, rows: int) -> FloatArray:
    """Return the return of each stock's index since close[-rows] in percent, NaN where unknown."""
    index = window.index_close
    moved = (window.take(index) / window.take(index, rows - 1) - 1.0) * 100.0
    return moved[:, window.inputs.board]


def excess_return_pct(window: Window, rows: int) -> FloatArray:
    """Return the return since close[-rows] less that of the stock's index, in percent points.

    Without an index close on either day it is the stock's own return.
    """
    index = index_return_pct(window, rows)
    return stock_return_pct(window, rows) - np.where(np.isfinite(index), index, 0.0)


def momentum(window: Window, bands: Bands, *, base_range_max_pct: float) -> FactorParts:
    """Return the four parts; `bands` are the 20-row bands ending with the scored day."""
    six = excess_return_pct(window, 120)
    one = excess_return_pct(window, 20)
    close = window.take(window.close)
    lowest = window.take(rolling_min(window.tail(window.low, 20), 20))
    bounce = (close / lowest - 1.0) * 100.0
    highest = window.take(rolling_max(window.tail(window.high, 40), 40))
    base = window.take(rolling_min(window.tail(window.low, 40), 40))
    span = (highest / base - 1.0) * 100.0
    # a breakout is measured against the bands as they stood before it
    upper, middle = window.take(bands.upper, 1), window.take(bands.middle, 1)
    breakout = points_base_breakout(span <= base_range_max_pct, close > upper, close > middle)
    return {
        "six_month_relative": part(points_six_month(six), six, "pct"),
        "one_month": part(points_one_month(one), one, "pct"),
        "bottom_bounce": part(points_bottom_bounce(bounce), bounce, "pct"),
        "base_breakout": part(known_or(breakout, span, 0.0), span, "pct"),
    }
