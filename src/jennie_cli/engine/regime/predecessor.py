"""The detector this one replaces, run beside it so that the two can be compared.

It reads KOSPI only and knows four states; its SIDEWAYS is our NEUTRAL, STRONG_BEAR it never says.
"""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.model import Regime
from jennie_cli.engine.store.panels import FloatArray

_BEARISH = (Regime.BEAR, Regime.STRONG_BEAR)
_WINDOW = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """The constants that differ between the full mean of 20 closes and the short mean of 10."""

    rows: int
    r1: float
    r5: float
    bull: float
    strong_factor: float
    bull_factor: float
    sideways: float
    near: float


_FULL = _Scale(
    rows=20, r1=2.0, r5=4.0, bull=30, strong_factor=1.0, bull_factor=1.0, sideways=3.0, near=2.0
)
_SHORT = _Scale(
    rows=10, r1=2.5, r5=5.0, bull=25, strong_factor=0.8, bull_factor=0.85, sideways=2.5, near=1.5
)


def predecessor(
    closes: FloatArray,
    price: float,
    *,
    previous: Regime | None = None,
    price_failed: bool = False,
) -> Regime | None:
    """Return its state for a KOSPI `price` after `closes` (oldest first); None without a price.

    When the live price failed, a turn to BEAR out of a state that was not bearish is not believed.
    """
    past = closes[np.isfinite(closes)][-_WINDOW:]
    if not np.isfinite(price):
        return None
    if len(past) < _SHORT.rows:
        return Regime.NEUTRAL
    scores = _scores(past, float(price), _FULL if len(past) >= _FULL.rows else _SHORT)
    # the first of equal scores wins, so the order of the table decides ties
    found = max(scores, key=lambda state: scores[state])
    doubtful = price_failed and found is Regime.BEAR
    if doubtful and previous is not None and previous not in _BEARISH:
        return previous
    return found


def _scores(past: FloatArray, price: float, scale: _Scale) -> dict[Regime, float]:
    mean = float(past[-scale.rows :].mean())
    gap, r1, r5 = (
        (price / base - 1.0) * 100.0 for base in (mean, float(past[-1]), float(past[-5]))
    )
    scores: dict[Regime, float] = {}
    if price >= mean:
        rise = _capped(50 * r1 / scale.r1, 50) + _capped(50 * r5 / scale.r5, 50)
        scores[Regime.STRONG_BULL] = rise * scale.strong_factor
        bull = scale.bull + _capped(10 * r5, 40) + min(30.0, 2 * gap)
        scores[Regime.BULL] = bull * scale.bull_factor
    else:
        scores[Regime.BEAR] = 40 + _capped(-10 * r5, 40) + min(20.0, 2 * abs(gap))
    if abs(gap) < scale.sideways:
        calm = 30.0 * (abs(gap) < scale.near) + 30.0 * (abs(r5) < 1.0) + 40.0 * (abs(r1) < 0.5)
        scores[Regime.NEUTRAL] = calm
    return scores


def _capped(points: float, limit: float) -> float:
    """Return positive points up to the limit, nothing for a negative figure."""
    return min(limit, max(0.0, points))
