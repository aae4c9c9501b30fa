"""Five market states from two indices, breadth and turnover."""

from jennie_cli.engine.regime.detector import detect, raw_state
from jennie_cli.engine.regime.policy import CASH_FLOOR_PCT, RegimePolicy
from jennie_cli.engine.regime.predecessor import predecessor
from jennie_cli.engine.regime.score import MarketScore, market_score

__all__ = [
    "CASH_FLOOR_PCT",
    "MarketScore",
    "RegimePolicy",
    "detect",
    "market_score",
    "predecessor",
    "raw_state",
]
