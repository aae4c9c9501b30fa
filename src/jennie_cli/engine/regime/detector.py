"""The five-state detector: folds the daily scores into a state that does not flicker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from jennie_cli.engine.model import Regime
from jennie_cli.engine.regime.policy import RegimePolicy
from jennie_cli.engine.regime.predecessor import predecessor
from jennie_cli.engine.regime.score import KOSDAQ, KOSPI, MarketScore, market_score
from jennie_cli.engine.store import RegimeReading
from jennie_cli.engine.store.panels import FloatArray

_STATES = (Regime.STRONG_BEAR, Regime.BEAR, Regime.NEUTRAL, Regime.BULL, Regime.STRONG_BULL)
_NEUTRAL = _STATES.index(Regime.NEUTRAL)


@dataclass(frozen=True, slots=True)
class _State:
    """Where the fold stands: state, the one before, the row of the change, steps towards a side."""

    now: int | None = None
    before: int | None = None
    changed_at: int | None = None
    side: int = 0
    steps: int = 0


def detect(
    *,
    days: Sequence[date],
    index_close: FloatArray,
    advances: FloatArray,
    declines: FloatArray,
    turnover: FloatArray,
    policy: RegimePolicy,
    elapsed_ratio: float = 1.0,
) -> RegimeReading:
    """Return the regime at the newest row, from the evaluations of the days that lead to it.

    `index_close` (D, 2): KOSPI, KOSDAQ points; counts of issues and KRW turnover (D,). Give at
    least 80 rows for 60 evaluations. `elapsed_ratio` is the part of the newest row's session
    that is over; its turnover is scaled up by it. The same rows always give the same reading.
    """
    flow = turnover.copy()
    flow[-1:] /= elapsed_ratio
    score = market_score(
        index_close=index_close, advances=advances, declines=declines, turnover=flow
    )
    state = _fold(score, policy)
    kospi = index_close[:, KOSPI]
    newest = float(score.total[-1]) if len(score.total) else float("nan")
    return RegimeReading(
        regime=_STATES[_NEUTRAL if state.now is None else state.now],
        score_points=_known(newest),
        confidence_ratio=_confidence(score, policy),
        components=_components(score),
        previous=None if state.before is None else _STATES[state.before],
        changed_on=None if state.changed_at is None else days[state.changed_at],
        shadow=predecessor(kospi[:-1], kospi[-1]) if len(kospi) else None,
    )


def raw_state(score: float, policy: RegimePolicy) -> Regime:
    """Return the state of a score by the bare thresholds, without hysteresis."""
    return _STATES[_raw(score, policy)]


def _raw(score: float, policy: RegimePolicy) -> int:
    strong, trend = policy.strong_points, policy.trend_points
    return int(score > -strong) + int(score > -trend) + int(score >= trend) + int(score >= strong)


def _edges(policy: RegimePolicy) -> tuple[float, float, float, float]:
    strong, trend = policy.strong_points, policy.trend_points
    return -strong, -trend, trend, strong


def _fold(score: MarketScore, policy: RegimePolicy) -> _State:
    state = _State()
    for row in range(max(0, len(score.total) - policy.evaluations), len(score.total)):
        total = float(score.total[row])
        if np.isfinite(total):
            shock = bool(score.r1_pct[row, KOSPI] <= policy.shock_pct)
            state = _step(state, row, total, policy, shock=shock)
    return state


def _step(state: _State, row: int, total: float, policy: RegimePolicy, *, shock: bool) -> _State:
    """Return the state after one evaluation: one step at a time, each confirmed, except a shock."""
    raw = _raw(total, policy)
    now = state.now
    if now is None:
        return _State(now=raw)
    if shock and raw < now:
        return _State(now=raw, before=now, changed_at=row)
    side = _side(now, raw, total, policy)
    steps = state.steps + 1 if side == state.side else 1
    if side and steps >= policy.confirm:
        return _State(now=now + side, before=now, changed_at=row)
    return _State(now=now, before=state.before, changed_at=state.changed_at, side=side, steps=steps)


def _side(now: int, raw: int, total: float, policy: RegimePolicy) -> int:
    """Return the direction in which the score has left the state by more than the hysteresis."""
    edges = _edges(policy)
    if raw > now and total >= edges[now] + policy.hysteresis_points:
        return 1
    if raw < now and total <= edges[now - 1] - policy.hysteresis_points:
        return -1
    return 0


def _confidence(score: MarketScore, policy: RegimePolicy) -> float:
    if not len(score.total) or not np.isfinite(score.total[-1]):
        return 0.0
    distance = min(abs(float(score.total[-1]) - edge) for edge in _edges(policy))
    return float(score.weight[-1]) * min(1.0, distance / policy.sure_points)


def _components(score: MarketScore) -> dict[str, float | None]:
    if not len(score.total):
        return {}
    figures = {
        "trend": score.trend,
        "breadth": score.breadth,
        "turnover": score.turnover,
        "ma20_gap_pct": score.gap_pct[:, KOSPI],
        "r5_pct": score.r5_pct[:, KOSPI],
        "r1_pct": score.r1_pct[:, KOSPI],
        "kosdaq_ma20_gap_pct": score.gap_pct[:, KOSDAQ],
        "kosdaq_r5_pct": score.r5_pct[:, KOSDAQ],
        "kosdaq_r1_pct": score.r1_pct[:, KOSDAQ],
        "advance_pct": score.advance_pct,
        "turnover_ratio": score.turnover_ratio,
        "available_ratio": score.weight,
    }
    return {name: _known(float(values[-1])) for name, values in figures.items()}


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
