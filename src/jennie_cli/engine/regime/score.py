"""The regime score of every day: trend of both indices, breadth, turnover; all arrays over days.

A day is judged against the closes before it, so that a run before the opening and a look back at
the same day see the same figures.
"""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.indicators import rolling_mean
from jennie_cli.engine.store.panels import FloatArray

KOSPI, KOSDAQ = 0, 1
MEAN_ROWS = 20
_INDEX_WEIGHT = np.array([0.7, 0.3])
_WEIGHT = np.array([0.6, 0.3, 0.1])


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketScore:
    """Figures by day, NaN where an input is missing. D = days.

    `gap_pct`, `r5_pct`, `r1_pct` (D, 2): distance from the mean of the 20 closes before, return
    over 5 sessions and over 1, column 0 KOSPI, 1 KOSDAQ. `trend` -100..100, `breadth` -100..100,
    `turnover` -50..50, `total` -100..100 (D,); `weight` is the share of the total that rests on
    data.
    """

    gap_pct: FloatArray
    r5_pct: FloatArray
    r1_pct: FloatArray
    trend: FloatArray
    breadth: FloatArray
    turnover: FloatArray
    advance_pct: FloatArray
    turnover_ratio: FloatArray
    total: FloatArray
    weight: FloatArray


def market_score(
    *,
    index_close: FloatArray,
    advances: FloatArray,
    declines: FloatArray,
    turnover: FloatArray,
) -> MarketScore:
    """Score each day. `index_close` (D, 2) points, counts and KRW turnover (D,), oldest first.

    A missing component is left out and the weights of the others are scaled up.
    """
    gap = _change(index_close, _before(rolling_mean(index_close, MEAN_ROWS), 1))
    r5 = _change(index_close, _before(index_close, 5))
    r1 = _change(index_close, _before(index_close, 1))
    each = np.clip(10 * gap, -50, 50) + np.clip(6 * r5, -30, 30) + np.clip(10 * r1, -20, 20)
    trend, seen = _weighted(each, _INDEX_WEIGHT)
    moved = advances + declines
    breadth = 100.0 * _ratio(advances - declines, moved)
    ratio = turnover / _before(rolling_mean(turnover[:, None], MEAN_ROWS), 1)[:, 0]
    volume = np.sign(trend) * np.clip(100.0 * (ratio - 1.0), -50, 50)
    parts = np.column_stack([trend, breadth, volume])
    trust = np.column_stack([seen, np.ones_like(seen), np.ones_like(seen)])
    total, weight = _weighted(parts, _WEIGHT, trust)
    return MarketScore(
        gap_pct=gap,
        r5_pct=r5,
        r1_pct=r1,
        trend=trend,
        breadth=breadth,
        turnover=volume,
        advance_pct=100.0 * _ratio(advances, moved),
        turnover_ratio=ratio,
        total=total,
        weight=weight,
    )


def _before(values: FloatArray, rows: int) -> FloatArray:
    """Return the values of `rows` days earlier, NaN before the first."""
    out = np.full_like(values, np.nan)
    out[rows:] = values[:-rows]
    return out


def _change(now: FloatArray, then: FloatArray) -> FloatArray:
    return (now / then - 1.0) * 100.0


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    out: FloatArray = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return out


def _weighted(
    parts: FloatArray, weights: FloatArray, trust: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean of the known parts of each row, and the weight they had.

    `trust` (same shape) lowers the reported weight, not the mean.
    """
    known = np.isfinite(parts)
    active = known * weights
    used = active.sum(axis=1)
    total = np.divide(
        (np.where(known, parts, 0.0) * weights).sum(axis=1),
        used,
        out=np.full(len(parts), np.nan),
        where=used > 0,
    )
    return total, used if trust is None else (active * trust).sum(axis=1)
