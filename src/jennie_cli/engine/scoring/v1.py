"""Quant score v1, kept for rollback and comparison (section 6 of the scout specification).

It wants the growth of sales and the win rate of news as well, which have no source yet: both are
missing and score their fall-back value.
"""

from collections.abc import Mapping

import numpy as np

from jennie_cli.engine.model import Phase
from jennie_cli.engine.scoring.assembly import PartMax, assemble, score_in_windows
from jennie_cli.engine.scoring.measures import Measures, measure
from jennie_cli.engine.scoring.parts import FactorParts
from jennie_cli.engine.scoring.policy import ScoringPolicy
from jennie_cli.engine.scoring.table import ScoreInputs, ScoreTable
from jennie_cli.engine.scoring.v1_parts import (
    compound_v1,
    momentum_v1,
    news_v1,
    quality_v1,
    supply_v1,
    technical_v1,
    value_v1,
)
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray

PART_MAX_V1: PartMax = {
    "momentum": {"six_month_relative": 15.0, "one_month": 5.0, "block_stability": 5.0},
    "quality": {"roe_level": 10.0, "sales_growth": 3.5, "eps_growth": 3.5, "stability": 3.0},
    "value": {"pbr": 7.5, "per": 7.5},
    "technical": {"volume_trend": 4.0, "rsi": 3.0, "bollinger": 3.0, "peak_overheat": 0.0},
    "news": {"win_rate": 7.0, "level": 8.0},
    "supply_demand": {
        "foreign": 7.0,
        "foreign_dip": 3.0,
        "institution": 5.0,
        "foreign_ratio": 3.0,
        "reversal": 1.5,
        "smart_money": 3.0,
    },
    "compound": {"oversold_foreign": 5.0},
}
"""Maximum points of the parts; those of supply and demand sum to more than their factor gives."""

FACTOR_MAX_V1: Mapping[str, float] = {
    "momentum": 25.0,
    "quality": 20.0,
    "value": 15.0,
    "technical": 10.0,
    "news": 15.0,
    "supply_demand": 15.0,
    "compound": 5.0,
}

STAGE_MULTIPLIERS = {
    Phase.UPTREND: 1.2,
    Phase.DOWNTREND: 0.0,
    Phase.DISTRIBUTION: 0.8,
    Phase.ACCUMULATION: 1.1,
}
EXHAUSTED_MULTIPLIER = 0.7


def score_v1(inputs: ScoreInputs, policy: ScoringPolicy) -> ScoreTable:
    """Return the scores of every scored day and stock, as `score_v2` does."""
    return score_in_windows(inputs, lambda window: _score(window, policy))


def _score(window: Window, policy: ScoringPolicy) -> ScoreTable:
    shared = measure(window)
    parts = _parts(window, shared, policy)
    factors = {
        factor: np.clip(_points(named), 0.0, FACTOR_MAX_V1[factor])
        for factor, named in parts.items()
    }
    raw = np.sum(list(factors.values()), axis=0)
    multiplier = shared.phase.of_stage(STAGE_MULTIPLIERS, EXHAUSTED_MULTIPLIER, 1.0)
    if not policy.chart_phase_enabled:
        multiplier = np.ones_like(raw)
    return assemble(
        window,
        shared,
        policy,
        scorer="v1",
        part_max=PART_MAX_V1,
        parts=parts,
        factors=factors,
        supply_scale_factor=np.ones_like(raw),
        phase_points=raw * (multiplier - 1.0),
    )


def _parts(window: Window, shared: Measures, policy: ScoringPolicy) -> dict[str, FactorParts]:
    """Return the parts by factor, in the order of PART_MAX_V1."""
    momentum = momentum_v1(window)
    return {
        "momentum": momentum,
        "quality": quality_v1(window),
        "value": value_v1(window),
        "technical": technical_v1(
            window, shared, _points(momentum), oversold=policy.rsi_oversold_points
        ),
        "news": news_v1(window),
        "supply_demand": supply_v1(window, shared.flow_reversal),
        "compound": compound_v1(window, window.take(shared.rsi14)),
    }


def _points(parts: FactorParts) -> FloatArray:
    return np.asarray(np.sum([p.points for p in parts.values()], axis=0))
