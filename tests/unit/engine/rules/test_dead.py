"""Rules that never fired are named; rules without their input are listed apart."""

from jennie_cli.engine.rules import RULES, RuleCount, Tally, dead_rules
from jennie_cli.engine.rules import catalogue as rule

EVERY_INPUT = {need for r in RULES.values() for need in r.needs}


def everything_fired(*, but: str = "") -> list[RuleCount]:
    """Return totals in which every rule fired, except one that is asked in vain."""
    return [RuleCount(rule=r, asked=9, fired=int(r != but)) for r in RULES]


def test_nothing_is_dead_when_every_rule_fired() -> None:
    """With every rule fired both lists are empty."""
    found = dead_rules(everything_fired(), EVERY_INPUT)
    assert ((), ()) == (found.never_fired, found.waiting)


def test_a_rule_that_is_asked_but_never_fires_is_named() -> None:
    """The veto that never fired is the one dead rule."""
    found = dead_rules(everything_fired(but="veto.distribution"), EVERY_INPUT)
    assert (rule.VETO,) == found.never_fired


def test_a_rule_that_is_never_asked_is_named_too() -> None:
    """A rule that is missing from the totals is dead, not forgotten."""
    totals = [c for c in everything_fired() if c.rule != "skip.rsi"]
    assert (rule.SKIP_RSI,) == dead_rules(totals, EVERY_INPUT).never_fired


def test_a_rule_without_its_input_waits_for_it() -> None:
    """The guardrail waits for a model and is not called dead."""
    found = dead_rules([], EVERY_INPUT - {"model"})
    waiting = {w.rule.id: w.inputs for w in found.waiting}
    assert ("model",) == waiting["model.guardrail"]
    assert "model.guardrail" not in {r.id for r in found.never_fired}


def test_a_waiting_rule_that_fired_after_all_is_neither() -> None:
    """Having fired proves that a rule is connected, whatever inputs are said to be there."""
    found = dead_rules(everything_fired(), set())
    assert ((), ()) == (found.never_fired, found.waiting)


def test_a_tally_counts_arrays_and_single_askings_together() -> None:
    """Array counts and single questions of one rule add up."""
    tally = Tally()
    tally.count(rule.PRICE, asked=100, fired=3)
    tally.ask(rule.PRICE, value=900.0, limit=1000.0, fired=True)
    assert (RuleCount(rule="eligible.price", asked=101, fired=4),) == tally.counts()


def test_every_rule_has_an_id_of_its_own_and_names_its_inputs() -> None:
    """The catalogue holds each id once, with at least one input."""
    assert all(r.needs for r in RULES.values())
    assert list(RULES) == [r.id for r in RULES.values()]
