"""What a score, its risks and a model's word make of a stock: question, tag, blend, tier, veto."""

from jennie_cli.engine.analyst.asking import (
    Analyst,
    Bench,
    Heard,
    Remembered,
    Stop,
    ask_all,
    fault_of,
)
from jennie_cli.engine.analyst.blend import Blend, blend
from jennie_cli.engine.analyst.case import AnalystCase, News, Points
from jennie_cli.engine.analyst.competitors import (
    Benefit,
    Competitors,
    MemoryCompetitors,
    bonus_points,
    kept_benefits,
)
from jennie_cli.engine.analyst.facts import unsupported
from jennie_cli.engine.analyst.headlines import read_headlines
from jennie_cli.engine.analyst.inputs import RiskInputs, risk_inputs
from jennie_cli.engine.analyst.judge import Verdict, judge
from jennie_cli.engine.analyst.opinion import OPINION, AnalystReply
from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.analyst.prompt import PACKAGE, PROMPT, analyst_request, stock_block
from jennie_cli.engine.analyst.recalling import joined, recall
from jennie_cli.engine.analyst.reusing import answered_since
from jennie_cli.engine.analyst.tags import risk_tag

__all__ = [
    "OPINION",
    "PACKAGE",
    "PROMPT",
    "Analyst",
    "AnalystCase",
    "AnalystPolicy",
    "AnalystReply",
    "Bench",
    "Benefit",
    "Blend",
    "Competitors",
    "Heard",
    "MemoryCompetitors",
    "News",
    "Points",
    "Remembered",
    "RiskInputs",
    "Stop",
    "Verdict",
    "analyst_request",
    "answered_since",
    "ask_all",
    "blend",
    "bonus_points",
    "fault_of",
    "joined",
    "judge",
    "kept_benefits",
    "read_headlines",
    "recall",
    "risk_inputs",
    "risk_tag",
    "stock_block",
    "unsupported",
]
