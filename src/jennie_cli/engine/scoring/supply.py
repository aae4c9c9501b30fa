"""Supply and demand (20 points): who buys, who turns, and who agrees.

Formulas: section 4.6 of the scout specification with its proposed points of the foreign ratio.
Unpublished flow is left out and the rest is scaled to 20.
"""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.indicators import rolling_mean
from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.table import PART_MAX, Part
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray

SLACK_ROWS = 5
"""Rows that may be unpublished among those asked for: 25 are asked where 20 are needed."""

FOREIGN_SHARES = 20_000_000.0
INSTITUTION_SHARES = 500_000.0 / 0.03
"""Volume assumed when nothing traded for 20 rows; it gives the specification's fixed yardsticks
(1,000,000 foreign and 500,000 institutional shares for the full step)."""


def points_foreign(flow_ratio: FloatArray) -> FloatArray:
    """Return 0..5 points for foreign net buying over ADV20, 2.5 when unknown."""
    return known_or(linear(flow_ratio / 0.05, 2.5, 2.5, 5.0), flow_ratio, 2.5)


def points_institution(flow_ratio: FloatArray) -> FloatArray:
    """Return 0..3 points for institutional net buying over ADV20, 1.5 when unknown."""
    return known_or(linear(flow_ratio / 0.03, 1.5, 1.5, 3.0), flow_ratio, 1.5)


def points_reversal(turn: FloatArray) -> FloatArray:
    """Return +3 for a buy turn, -3 for a sell turn, 0 otherwise and when unknown."""
    return known_or(3.0 * turn, turn, 0.0)


def points_foreign_ratio(change_points: FloatArray) -> FloatArray:
    """Return 0..5 points for the change of the foreign ratio in 20 rows, 1 when unknown."""
    points = np.interp(change_points, [-1.0, 0.0, 0.3, 1.0], [0.0, 1.5, 2.0, 5.0])
    return known_or(points, change_points, 1.0)


def points_sync(foreign: FloatArray, institution: FloatArray, individual: FloatArray) -> FloatArray:
    """Return 3 when foreigners and institutions both bought for 5 rows, 4 if individuals sold."""
    together = (foreign > 0.0) & (institution > 0.0)
    return np.where(together, np.where(individual < 0.0, 4.0, 3.0), 0.0)


def newest_sum(window: Window, values: FloatArray, rows: int, *, skip: int = 0) -> FloatArray:
    """Return the sum of `rows` newest published rows after the `skip` newest.

    NaN unless that many were published among the newest skip + rows + SLACK_ROWS rows.
    """
    first = window.take(values)
    seen = np.zeros(first.shape, dtype=np.int16)
    total = np.zeros(first.shape)
    for lag in range(skip + rows + SLACK_ROWS):
        row = window.take(values, lag)
        known = ~np.isnan(row)
        seen += known
        total += np.where(known & (seen > skip) & (seen <= skip + rows), row, 0.0)
    return np.where(seen >= skip + rows, total, np.nan)


def flow_reversal(window: Window) -> FloatArray:
    """Return +1 where 5 rows of foreign selling turned to 5 of buying, -1 the reverse, else 0."""
    before = newest_sum(window, window.foreign, 5, skip=5)
    recent = newest_sum(window, window.foreign, 5)
    turn = np.where((before < 0.0) & (recent > 0.0), 1.0, 0.0)
    turn[(before > 0.0) & (recent < 0.0)] = -1.0
    return np.where(np.isnan(before), np.nan, turn)


def today_ratio(window: Window, flow: FloatArray, untraded: float) -> FloatArray:
    """Return the newest published net buying over the mean volume of 20 rows."""
    adv20 = window.take(rolling_mean(window.tail(window.volume, 20), 20))
    return newest_sum(window, flow, 1) / np.where(adv20 > 0.0, adv20, untraded)


def foreign_ratio_change(window: Window) -> FloatArray:
    """Return the newest foreign ratio less the 20th newest of the last 25 rows, in % points."""
    oldest = newest_sum(window, window.foreign_pct, 1, skip=19)
    return newest_sum(window, window.foreign_pct, 1) - oldest


def supply_demand(window: Window, turn: FloatArray) -> FactorParts:
    """Return the five parts; `turn` is the flow reversal of the scored days."""
    foreign = today_ratio(window, window.foreign, FOREIGN_SHARES)
    institution = today_ratio(window, window.institution, INSTITUTION_SHARES)
    change = foreign_ratio_change(window)
    sums = [
        newest_sum(window, flow, 5)
        for flow in (window.foreign, window.institution, window.individual)
    ]
    return {
        "foreign": part(points_foreign(foreign), foreign, "ratio"),
        "institution": part(points_institution(institution), institution, "ratio"),
        "reversal": part(points_reversal(turn), turn, "turn"),
        "foreign_ratio_trend": part(points_foreign_ratio(change), change, "pp"),
        "smart_money_sync": part(points_sync(*sums), sums[0] + sums[1], "shares"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The factor's points 0..20 and the factor that scaled the published parts to 20."""

    points: FloatArray
    scale_factor: FloatArray


def scaled_supply(parts: FactorParts) -> Supply:
    """Scale the published parts to 20, floor at 0; nothing published gives 10, half of it.

    The neutral points of all five parts sum to 5, so the scale factor is then 2.
    """
    top = PART_MAX["supply_demand"]
    known = {name: ~part.missing for name, part in parts.items()}
    available = sum((known[name] * top[name] for name in parts), np.zeros(()))
    published = sum((_published(parts[name]) for name in parts), np.zeros(()))
    nothing = available == 0.0
    scale = np.where(nothing, 2.0, 20.0 / np.where(nothing, 1.0, available))
    points = np.where(nothing, 10.0, np.clip(published * scale, 0.0, 20.0))
    return Supply(points=points, scale_factor=scale)


def _published(part: Part) -> FloatArray:
    return np.where(part.missing, 0.0, part.points)
