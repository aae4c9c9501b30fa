"""Finds the rules that never did anything over stored runs or sessions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jennie_cli.engine.rules.catalogue import RULES
from jennie_cli.engine.rules.check import Rule, RuleCount

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRule:
    """A rule that cannot fire because inputs it needs have no source yet."""

    rule: Rule
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepingRule:
    """A rule that cannot fire while a setting is on: another one is always there before it."""

    rule: Rule
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRules:
    """Rules that never fired although fed, rules that wait for an input, rules that sleep."""

    never_fired: tuple[Rule, ...]
    waiting: tuple[WaitingRule, ...]
    asleep: tuple[SleepingRule, ...] = ()


def dead_rules(
    totals: Iterable[RuleCount],
    available_inputs: Collection[str],
    *,
    rules: Mapping[str, Rule] = RULES,
    asleep: Mapping[str, str] = _NONE,
) -> DeadRules:
    """Return which of `rules` never fired over `totals`; one that lacks an input is listed apart.

    A rule that does not appear in `totals` at all was never asked and counts as never fired.
    `asleep` names for a rule the setting that keeps it from firing.
    """
    fired = {c.rule for c in totals if c.fired > 0}
    silent = [r for r in rules.values() if r.id not in fired]
    awake = [r for r in silent if r.id not in asleep]
    missing = {r.id: tuple(n for n in r.needs if n not in available_inputs) for r in awake}
    return DeadRules(
        never_fired=tuple(r for r in awake if not missing[r.id]),
        waiting=tuple(WaitingRule(rule=r, inputs=missing[r.id]) for r in awake if missing[r.id]),
        asleep=tuple(SleepingRule(rule=r, setting=asleep[r.id]) for r in silent if r.id in asleep),
    )
