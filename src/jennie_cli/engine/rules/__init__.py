"""Rule ids, what they need, and the count of how often each was asked and fired."""

from jennie_cli.engine.rules.check import Check, Rule, RuleCount, Tally

__all__ = ["Check", "Rule", "RuleCount", "Tally"]
