"""What a verdict needs to know of one stock, taken from the score table by name.

Tags once read these figures from the wrong factor and could never fire; a typed record filled in
one place is the guard against that.
"""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.scoring import SCORERS, ScoreTable


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInputs:
    """Figures of one stock; None where unknown. `flow_reversal` is +1 buy turn, -1 sell turn, 0.

    `momentum_points` and `supply_points` are on a 0..20 scale, whatever the scorer's own maximum.
    """

    rsi14: float | None = None
    drawdown_20d_pct: float | None = None
    flow_reversal: float | None = None
    momentum_points: float | None = None
    supply_points: float | None = None
    volume_ratio: float | None = None
    golden_cross: bool | None = None
    ma20_rising: bool | None = None


def risk_inputs(table: ScoreTable, day: int, stock: int) -> RiskInputs:
    """Return the inputs of one stock on one scored day."""
    at = (day, stock)
    return RiskInputs(
        rsi14=_known(table.rsi14[at]),
        drawdown_20d_pct=_known(table.drawdown_20d_pct[at]),
        flow_reversal=_known(table.flow_reversal[at]),
        momentum_points=_of_twenty(table, "momentum", at),
        supply_points=_of_twenty(table, "supply_demand", at),
        volume_ratio=_known(table.volume_ratio[at]),
        golden_cross=bool(table.golden_cross[at]),
        ma20_rising=bool(table.ma20_rising[at]),
    )


def _of_twenty(table: ScoreTable, factor: str, at: tuple[int, int]) -> float | None:
    points = _known(table.factors[factor][at])
    return None if points is None else points * 20.0 / SCORERS[table.scorer].factor_max[factor]


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
