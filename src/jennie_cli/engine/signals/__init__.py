"""When to buy: gates and strategies over the bars of a session."""

from jennie_cli.engine.signals.confirmation import Confirmation, confirm, wants_confirmation
from jennie_cli.engine.signals.figures import Figures, figures_of, last_rows, latest_figures
from jennie_cli.engine.signals.gate_table import NONE_FAILED, GateTable
from jennie_cli.engine.signals.gates import judge_figures, judge_gates
from jennie_cli.engine.signals.guests import NO_GUESTS, Guest, Guests, View
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Weather
from jennie_cli.engine.signals.policy import GuestPolicy, SignalPolicy, StrategyPolicy
from jennie_cli.engine.signals.resting import signal_rests
from jennie_cli.engine.signals.strategies import own_lists
from jennie_cli.engine.signals.strategies_momentum import MOMENTUM_FAMILY
from jennie_cli.engine.signals.strategy_table import (
    NO_STRATEGY,
    STRATEGY_ORDER,
    StrategyTable,
    judge_latest,
    judge_strategies,
)

__all__ = [
    "MOMENTUM_FAMILY",
    "NONE_FAILED",
    "NO_GUESTS",
    "NO_STRATEGY",
    "REGIMES",
    "STRATEGY_ORDER",
    "Candidates",
    "Confirmation",
    "Figures",
    "GateTable",
    "Guest",
    "GuestPolicy",
    "Guests",
    "SignalPolicy",
    "StrategyPolicy",
    "StrategyTable",
    "View",
    "Weather",
    "confirm",
    "figures_of",
    "judge_figures",
    "judge_gates",
    "judge_latest",
    "judge_strategies",
    "last_rows",
    "latest_figures",
    "own_lists",
    "signal_rests",
    "wants_confirmation",
]
