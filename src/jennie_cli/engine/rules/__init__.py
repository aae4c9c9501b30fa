"""Rule ids, what they need, and the count of how often each was asked and fired."""

from jennie_cli.engine.rules.buying import BUYING_RULES
from jennie_cli.engine.rules.catalogue import RULES
from jennie_cli.engine.rules.check import Check, Rule, RuleCount, Tally, summed
from jennie_cli.engine.rules.dead import DeadRules, SleepingRule, WaitingRule, dead_rules
from jennie_cli.engine.rules.exits import EXIT_RULES
from jennie_cli.engine.rules.gates import GATE_RULES
from jennie_cli.engine.rules.judged import JUDGED_RULES, SessionSilence, session_silence
from jennie_cli.engine.rules.macro import MACRO_RULES
from jennie_cli.engine.rules.orders import ORDER_RULES

__all__ = [
    "BUYING_RULES",
    "EXIT_RULES",
    "GATE_RULES",
    "JUDGED_RULES",
    "MACRO_RULES",
    "ORDER_RULES",
    "RULES",
    "Check",
    "DeadRules",
    "Rule",
    "RuleCount",
    "SessionSilence",
    "SleepingRule",
    "Tally",
    "WaitingRule",
    "dead_rules",
    "session_silence",
    "summed",
]
