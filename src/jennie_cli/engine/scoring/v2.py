"""Quant score v2, "change, not level": the default scorer.

Source: section 4 of the scout specification with its judgements and proposals applied.
"""

import numpy as np

from jennie_cli.engine.model import Phase
from jennie_cli.engine.scoring.assembly import assemble, score_in_windows
from jennie_cli.engine.scoring.measures import Measures, measure
from jennie_cli.engine.scoring.momentum import momentum
from jennie_cli.engine.scoring.news import news
from jennie_cli.engine.scoring.parts import FactorParts
from jennie_cli.engine.scoring.phase import ChartPhase
from jennie_cli.engine.scoring.policy import ScoringPolicy
from jennie_cli.engine.scoring.quality import quality
from jennie_cli.engine.scoring.supply import scaled_supply, supply_demand
from jennie_cli.engine.scoring.table import PART_MAX, ScoreInputs, ScoreTable
from jennie_cli.engine.scoring.technical import technical
from jennie_cli.engine.scoring.value import value
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray

STAGE_POINTS = {Phase.UPTREND: 5.0, Phase.ACCUMULATION: 2.5, Phase.DISTRIBUTION: -5.0}
EXHAUSTED_POINTS = -7.5


def score_v2(inputs: ScoreInputs, policy: ScoringPolicy) -> ScoreTable:
    """Return the scores of every scored day and stock.

    Raises ValueError unless `inputs.at` holds ascending rows of the panel, at least one.
    """
    return score_in_windows(inputs, lambda window: _score(window, policy))


def phase_points(phase: ChartPhase, raw: FloatArray, *, enabled: bool) -> FloatArray:
    """Return what the phase adds: -raw where it blocks, nothing anywhere when switched off."""
    if not enabled:
        return np.zeros_like(raw)
    return np.where(phase.blocked, -raw, phase.of_stage(STAGE_POINTS, EXHAUSTED_POINTS, 0.0))


def _score(window: Window, policy: ScoringPolicy) -> ScoreTable:
    shared = measure(window)
    parts = _parts(window, shared, policy)
    factors = {
        factor: np.sum([p.points for p in named.values()], axis=0)
        for factor, named in parts.items()
    }
    supply = scaled_supply(parts["supply_demand"])
    factors["supply_demand"] = supply.points
    raw = np.sum(list(factors.values()), axis=0)
    return assemble(
        window,
        shared,
        policy,
        scorer="v2",
        part_max=PART_MAX,
        parts=parts,
        factors=factors,
        supply_scale_factor=supply.scale_factor,
        phase_points=phase_points(shared.phase, raw, enabled=policy.chart_phase_enabled),
    )


def _parts(window: Window, shared: Measures, policy: ScoringPolicy) -> dict[str, FactorParts]:
    """Return the 22 parts by factor, in the order of PART_MAX."""
    return {
        "momentum": momentum(window, shared.bands, base_range_max_pct=policy.base_range_max_pct),
        "quality": quality(window),
        "value": value(window),
        "technical": technical(window, shared.rsi14, oversold=policy.rsi_oversold_points),
        "news": news(window),
        "supply_demand": supply_demand(window, shared.flow_reversal),
    }
