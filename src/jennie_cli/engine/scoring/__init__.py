"""The quant score, vectorised over the whole market."""

from jennie_cli.engine.scoring.market import MarketView, read_market
from jennie_cli.engine.scoring.policy import ScoringPolicy
from jennie_cli.engine.scoring.scorers import SCORERS, Scorer
from jennie_cli.engine.scoring.table import PART_MAX, PARTS, Part, ScoreInputs, ScoreTable
from jennie_cli.engine.scoring.v1 import score_v1
from jennie_cli.engine.scoring.v2 import score_v2

__all__ = [
    "PARTS",
    "PART_MAX",
    "SCORERS",
    "MarketView",
    "Part",
    "ScoreInputs",
    "ScoreTable",
    "Scorer",
    "ScoringPolicy",
    "read_market",
    "score_v1",
    "score_v2",
]
