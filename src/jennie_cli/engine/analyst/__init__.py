"""What a score, its risks and a model's word make of a stock: tag, blend, tier, veto."""

from jennie_cli.engine.analyst.blend import Blend, blend
from jennie_cli.engine.analyst.inputs import RiskInputs, risk_inputs
from jennie_cli.engine.analyst.judge import Verdict, judge
from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.analyst.tags import risk_tag

__all__ = [
    "AnalystPolicy",
    "Blend",
    "RiskInputs",
    "Verdict",
    "blend",
    "judge",
    "risk_inputs",
    "risk_tag",
]
