"""Finds the day's watchlist, and can say of every candidate why it is or is not on it."""

from jennie_cli.engine.scout.advisor import Advisor, Headlines
from jennie_cli.engine.scout.choose import market_sectors
from jennie_cli.engine.scout.compare import compare, compare_scorers
from jennie_cli.engine.scout.explain import explain, stock_of
from jennie_cli.engine.scout.measure import reading
from jennie_cli.engine.scout.policy import ScoutPolicies, ScoutPolicy
from jennie_cli.engine.scout.recalling import Recalled, recall_candidates
from jennie_cli.engine.scout.request import Previous, ScoutRequest
from jennie_cli.engine.scout.rulebook import Silence, silence
from jennie_cli.engine.scout.run import run_scout
from jennie_cli.engine.scout.selection import cautious_size
from jennie_cli.engine.scout.wording import (
    check_text,
    not_tradable_reason,
    not_tradable_reasons,
    why,
)

__all__ = [
    "Advisor",
    "Headlines",
    "Previous",
    "Recalled",
    "ScoutPolicies",
    "ScoutPolicy",
    "ScoutRequest",
    "Silence",
    "cautious_size",
    "check_text",
    "compare",
    "compare_scorers",
    "explain",
    "market_sectors",
    "not_tradable_reason",
    "not_tradable_reasons",
    "reading",
    "recall_candidates",
    "run_scout",
    "silence",
    "stock_of",
    "why",
]
