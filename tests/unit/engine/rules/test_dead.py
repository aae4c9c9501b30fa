"""Rules that never fired are named; rules without their input are listed apart."""

from pathlib import Path

import pytest

from jennie_cli.engine.rules import (
    JUDGED_RULES,
    RULES,
    RuleCount,
    Tally,
    dead_rules,
    session_silence,
)
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.rules.exits import ASLEEP

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


def counted(**fired: int) -> list[RuleCount]:
    """Return counts in which every judged rule was asked, and those of `fired` fired."""
    places = {name.replace("_", ".", 1): n for name, n in fired.items()}
    return [RuleCount(rule=r, asked=50, fired=places.get(r, 0)) for r in JUDGED_RULES]


ASLEEP_AT_DEFAULTS = {"exit.breakeven_stop_armed", "exit.breakeven_stop", "exit.profit_target"}


def test_a_session_names_its_silent_rules_with_how_often_they_were_asked() -> None:
    """Gates, strategies, the bar that confirms and exits; one that fired is not named."""
    found = session_silence(
        [*counted(gate_rsi=3, strategy_momentum=1), RuleCount(rule="gate.rsi", asked=7, fired=0)],
        sessions=4,
        switched_on=(),
    )
    silent = {r.id for r in found.dead.never_fired}
    assert {"gate.vix_crisis", "strategy.dip_buy", "strategy.held_price", "exit.atr_stop"} < silent
    assert not {"gate.rsi", "strategy.momentum"} & silent
    assert (4, 57, 50) == (found.sessions, found.asked["gate.rsi"], found.asked["gate.vwap"])


def test_a_rule_sleeps_only_while_its_setting_is_on() -> None:
    """It says which; switched off it is like any other, and one that fired is awake."""
    on = {"exits.profit_lock_1", "exits.trailing"}
    found = session_silence(counted(), sessions=1, switched_on=on).dead
    assert {s.rule.id for s in found.asleep} == ASLEEP_AT_DEFAULTS
    assert {s.setting for s in found.asleep} == on
    assert not ASLEEP_AT_DEFAULTS & {r.id for r in found.never_fired}
    off = session_silence(counted(), sessions=1, switched_on={"exits.trailing"}).dead
    assert ["exit.profit_target"] == [s.rule.id for s in off.asleep]
    assert "exit.breakeven_stop" in {r.id for r in off.never_fired}
    fired = session_silence(counted(exit_profit_target=1), sessions=1, switched_on=on).dead
    assert "exit.profit_target" not in {s.rule.id for s in fired.asleep}


@pytest.mark.parametrize(("unknown", "waits"), [(50, True), (49, False), (0, False)])
def test_what_needs_the_macro_side_waits_until_a_session_knew_one(
    unknown: int, waits: bool
) -> None:
    """The gate that notes its absence tells."""
    found = session_silence(counted(gate_macro_known=unknown), sessions=1, switched_on=()).dead
    waiting = {w.rule.id: w.inputs for w in found.waiting}
    assert waits == (("macro",) == waiting.get("gate.vix_crisis"))
    assert waits == ("gate.vix_crisis" not in {r.id for r in found.never_fired})


SCENARIOS = {
    "exit.breakeven_stop": "exits/test_chain.py::test_breakeven_stop",
    "exit.breakeven_stop_armed": "exits/test_chain.py::test_breakeven_stop",
    "exit.forced_liquidation": "exits/test_hours.py::test_a_forced_liquidation_needs_no_price",
    "exit.fresh": "exits/test_hours.py::test_an_old_price_is_not_judged",
    "exit.hard_stop": "exits/test_chain.py::test_hard_stop",
    "exit.halted": "exits/test_hours.py::test_a_halted_stock_waits_and_is_told_once",
    "exit.profit_floor": "exits/test_chain.py::test_profit_floor",
    "exit.time_exit": "exits/test_chain.py::test_time_exit",
    "exit.profit_target": "exits/test_chain.py::test_profit_target",
    "gate.macro_risk": "signals/test_gates.py::test_nothing_is_bought_in_risk_off",
    "gate.vix_crisis": "signals/test_gates.py::test_nothing_is_bought_in_risk_off",
    "strategy.bb_lower": "signals/test_strategies_turn.py::test_bb_lower_at_its_band",
    "strategy.next_minute": "signals/test_confirmation.py::test_one_bar_confirms",
}


def test_what_an_ordinary_session_does_not_bring_is_waited_for() -> None:
    """A halt, a silent feed, a person: none is called dead, and each has its scenario."""
    found = session_silence(
        counted(gate_macro_known=50), sessions=1, switched_on=set(ASLEEP.values())
    ).dead
    waiting = {w.rule.id: w.inputs for w in found.waiting}
    assert ("person",) == waiting["exit.forced_liquidation"]
    assert ("silent_feed",) == waiting["exit.fresh"]
    cannot = {*waiting, *(s.rule.id for s in found.asleep)}
    assert SCENARIOS.keys() == cannot
    engine = Path(__file__).parents[1]
    for place in SCENARIOS.values():
        file, name = place.split("::")
        assert f"def {name}(" in (engine / file).read_text(encoding="utf-8")


def test_no_occasion_excuses_a_rule_that_nobody_asked() -> None:
    """A hard stop that is never asked is dead, whatever the market did."""
    counts = [count for count in counted() if count.rule != "exit.hard_stop"]
    found = session_silence(counts, sessions=1, switched_on=()).dead
    assert "exit.hard_stop" in {rule.id for rule in found.never_fired}
    assert "exit.profit_floor" in {waiting.rule.id for waiting in found.waiting}


def test_the_stamp_is_told_apart() -> None:
    """That it refuses nothing is what one hopes for; what was not asked is not told."""
    counts = [
        RuleCount(rule="risk.stop", asked=9, fired=2),
        RuleCount(rule="risk.pause", asked=7, fired=0),
    ]
    found = session_silence(counts, sessions=1, switched_on=())
    assert (("risk.stop",), ("risk.pause",)) == (found.refusing, found.calm)
    assert not [r.id for r in found.dead.never_fired if r.id.startswith("risk.")]


def test_rules_of_plugins_are_watched_too() -> None:
    """One that never fired is named; that a plugin always answered is no news."""
    counts = [
        RuleCount(rule=f"plugin.calm.{name}", asked=9, fired=fired)
        for name, fired in (("works", 0), ("span", 0), ("busy", 1))
    ]
    found = session_silence(counts, sessions=1, switched_on=()).dead
    assert ["plugin.calm.span"] == [r.id for r in found.never_fired if r.id.startswith("plugin.")]
