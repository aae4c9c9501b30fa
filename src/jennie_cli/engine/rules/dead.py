"""Finds the rules that never did anything over the stored runs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from jennie_cli.engine.rules.catalogue import RULES
from jennie_cli.engine.rules.check import Rule, RuleCount


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRule:
    """A rule that cannot fire because inputs it needs have no source yet."""

    rule: Rule
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRules:
    """Rules that never fired although fed, and rules that wait for an input."""

    never_fired: tuple[Rule, ...]
    waiting: tuple[WaitingRule, ...]


def dead_rules(totals: Iterable[RuleCount], available_inputs: Collection[str]) -> DeadRules:
    """Return what never fired over `totals`; a rule lacking an input is listed apart.

    A rule that does not appear in `totals` at all was never asked and counts as never fired.
    """
    fired = {c.rule for c in totals if c.fired > 0}
    silent = [r for r in RULES.values() if r.id not in fired]
    missing = {r.id: tuple(n for n in r.needs if n not in available_inputs) for r in silent}
    return DeadRules(
        never_fired=tuple(r for r in silent if not missing[r.id]),
        waiting=tuple(WaitingRule(rule=r, inputs=missing[r.id]) for r in silent if missing[r.id]),
    )
