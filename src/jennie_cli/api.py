"""All that a plugin may import: what a gate or a strategy sees, how it answers, and arrays to count
with. What is not here may change without notice.

A gate or a strategy is a function that takes a View and returns Conditions, named in the plugin's
project file as an entry point of the group `jennie_cli.gates` or `jennie_cli.strategies`.
"""

from jennie_cli.engine.indicators import (
    rolling_max,
    rolling_mean,
    rolling_min,
    rolling_std,
    rolling_sum,
    wilder_rsi,
)
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.signals import View
from jennie_cli.engine.signals.guests import Ask
from jennie_cli.engine.signals.inputs import Flags, Seconds
from jennie_cli.engine.signals.strategies_scene import (
    Condition,
    above,
    at_least,
    at_most,
    before,
    below,
    holds,
    rise_pct,
)

__all__ = [
    "Ask",
    "Condition",
    "Flags",
    "FloatArray",
    "Regime",
    "Rule",
    "Seconds",
    "View",
    "above",
    "at_least",
    "at_most",
    "before",
    "below",
    "holds",
    "rise_pct",
    "rolling_max",
    "rolling_mean",
    "rolling_min",
    "rolling_std",
    "rolling_sum",
    "wilder_rsi",
]
