"""The rules that a session asks of every stock, minute by minute, and which of them are silent.

Those of the stamp are asked once an order: that they refuse nothing is what one hopes for, so they
are only counted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from jennie_cli.engine.rules.buying import BUYING_RULES
from jennie_cli.engine.rules.check import Rule, RuleCount, summed
from jennie_cli.engine.rules.dead import DeadRules, dead_rules
from jennie_cli.engine.rules.exits import ASLEEP, EXIT_RULES
from jennie_cli.engine.rules.gates import GATE_RULES, MACRO_KNOWN
from jennie_cli.engine.rules.guests import is_of_guest
from jennie_cli.engine.rules.orders import ORDER_RULES
from jennie_cli.engine.rules.strategies import (
    GATES_AGAIN,
    HELD_PRICE,
    NEXT_MINUTE,
    STRATEGY_RULES,
)

JUDGED_RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        *GATE_RULES.values(),
        *STRATEGY_RULES.values(),
        *(NEXT_MINUTE, HELD_PRICE, GATES_AGAIN),
        *EXIT_RULES.values(),
    )
}
"""Gates, strategies, the confirmation bar and exits by id, in the order in which they are asked."""

OCCASIONS = frozenset(
    {"halt", "idle_minute", "leap", "long_holding", "own_list", "person", "silent_feed"}
)
"""Needs that no setting meets and an ordinary session seldom does: a stock held is halted, a stock
does not trade for a minute, a price leaps over the stop that stands before a later one, a list
names a strategy for one stock, a stock is held for a month that neither stop nor profit ends,
somebody names what must go, and the feed stands still.
"""

_MACRO = "macro"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSilence:
    """Which judged rules never fired over some sessions, and how the stamp fared.

    `asked` tells how often each rule was asked, nothing for one that never was. `refusing` and
    `calm` are the rules of the stamp that were asked: those that refused an order, and the others.
    """

    sessions: int
    dead: DeadRules
    asked: Mapping[str, int]
    refusing: tuple[str, ...]
    calm: tuple[str, ...]


def session_silence(
    counts: Iterable[RuleCount], *, sessions: int, switched_on: Collection[str]
) -> SessionSilence:
    """Return what `counts` of some sessions leave silent.

    `switched_on` are the settings that are on; some of them keep a rule asleep. What needs the
    macro side waits for it as long as no session knew one, and what needs an occasion for that.
    """
    totals = summed(counts)
    asked = {total.rule: total.asked for total in totals}
    # what was not even asked is not excused by an occasion that did not come
    judged = {r.id: r if asked.get(r.id) else _without(OCCASIONS, r) for r in JUDGED_RULES.values()}
    fired = {total.rule for total in totals if total.fired}
    unknown = next((t.fired for t in totals if t.rule == MACRO_KNOWN.id), 0)
    inputs = {need for rule in JUDGED_RULES.values() for need in rule.needs} - OCCASIONS
    if unknown == asked.get(MACRO_KNOWN.id, 0):
        inputs.discard(_MACRO)
    guests = {rule: Rule(id=rule, needs=()) for rule in asked if is_of_guest(rule)}
    of_stamp = [rule for rule in (*ORDER_RULES, *BUYING_RULES) if rule in asked]
    return SessionSilence(
        sessions=sessions,
        dead=dead_rules(
            totals,
            inputs,
            rules={**judged, **guests},
            asleep={rule: key for rule, key in ASLEEP.items() if key in switched_on},
        ),
        asked=asked,
        refusing=tuple(rule for rule in of_stamp if rule in fired),
        calm=tuple(rule for rule in of_stamp if rule not in fired),
    )


def _without(needs: Collection[str], rule: Rule) -> Rule:
    return replace(rule, needs=tuple(need for need in rule.needs if need not in needs))
