"""Gates and strategies of plugins have their say beside our own, and can spoil nothing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.signals.gate_cases import stormy, weather
from tests.unit.engine.signals.walks import day, watchlist

from jennie_cli.api import Ask, Condition, Rule, View, above, at_least, holds
from jennie_cli.engine.model import Strategy
from jennie_cli.engine.signals import (
    NO_STRATEGY,
    STRATEGY_ORDER,
    GateTable,
    Guest,
    Guests,
    SignalPolicy,
    StrategyPolicy,
    StrategyTable,
    figures_of,
    judge_figures,
    judge_strategies,
)
from jennie_cli.engine.signals.guests import GuestFailed, Heard

UP = Rule(id="up", unit="KRW")


def yes(view: View) -> Sequence[Condition]:
    """Say yes to everything."""
    return (holds(UP, np.ones_like(view.known)),)


def rising(view: View) -> Sequence[Condition]:
    """Want a bar that closed above its open."""
    return (above(UP, view.close, view.open),)


def broken(view: View) -> Sequence[Condition]:
    """Fail."""
    raise ZeroDivisionError(view.codes[0])


def asked(*asks: Ask, seed: int = 1, **kind: Any) -> tuple[Heard, list[GuestFailed]]:
    """Return what guests said of a day, as gates or as strategies, and what went wrong."""
    told: list[GuestFailed] = []
    several = tuple(Guest(name=f"guest{n}", ask=ask, **kind) for n, ask in enumerate(asks))
    bars, stocks, sky = stormy(seed)
    guests = Guests(gates=several, strategies=several, trouble=told.append)
    return guests.hear(bars, figures_of(bars), stocks, sky), told


def gated(seed: int, heard: Heard) -> GateTable:
    """Return what the gates say of a stormy day, with those of guests behind them."""
    bars, stocks, sky = stormy(seed)
    return judge_figures(figures_of(bars), stocks, sky, SignalPolicy(), heard.gates)


def taken(heard: Heard, seed: int = 1) -> StrategyTable:
    """Return what the strategies say of a stormy day, with those of guests behind them."""
    bars, stocks, sky = stormy(seed)
    return judge_strategies(bars, stocks, sky, StrategyPolicy(), guests=heard.strategies)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_a_guest_that_says_yes_changes_nothing(seed: int) -> None:
    """Our gates and strategies say what they say without it, and the same may be bought."""
    heard, told = asked(yes, seed=seed, enabled=False)
    alone, beside = gated(seed, Heard()), gated(seed, heard)
    own = len(alone.rules)
    assert ([], alone.rules) == (told, beside.rules[:own])
    np.testing.assert_array_equal(alone.passed, beside.passed[:own])
    np.testing.assert_array_equal(alone.value, beside.value[:own])
    np.testing.assert_array_equal(alone.open, beside.open)
    np.testing.assert_array_equal(alone.first_failed, beside.first_failed)
    one, other = taken(Heard(), seed), taken(heard, seed)
    np.testing.assert_array_equal(one.hit, other.hit[: len(STRATEGY_ORDER)])
    np.testing.assert_array_equal(one.chosen, other.chosen)


def test_a_gate_blocks_where_it_does_not_hold() -> None:
    """Its rules carry its name, are counted, and are told with figure and limit."""
    heard, _ = asked(rising)
    table, alone = gated(1, heard), gated(1, Heard())
    bars, _, _ = stormy(1)
    np.testing.assert_array_equal(alone.open & (bars.close > bars.open), table.open)
    assert ["plugin.guest0.works", "plugin.guest0.up"] == [r.id for r in table.rules[-2:]]
    works, up = table.counts()[-2:]
    assert (0, works.asked) == (works.fired, up.asked)
    assert int((bars.known & ~(bars.close > bars.open)).sum()) == up.fired
    assert (bars.close[0, 0], "KRW") == (table.checks(0, 0)[-1].value, table.checks(0, 0)[-1].unit)


def test_a_gate_that_fails_blocks_every_buy() -> None:
    """It is told by name, and the record says that it gave no answer."""
    heard, told = asked(broken)
    table = gated(1, heard)
    assert not table.open.any()
    assert ("plugin.guest0.works", False) == (table.rules[-1].id, table.checks(0, 0)[-1].passed)
    assert {"The plugin guest0 failed: ZeroDivisionError: 900010"} == {f.message for f in told}


def test_a_strategy_that_fails_buys_nothing() -> None:
    """All others go on as if it were not there."""
    heard, told = asked(broken, enabled=True)
    table = taken(heard)
    assert told
    assert not table.hit[-1].any()
    np.testing.assert_array_equal(taken(Heard()).chosen, table.chosen)


def test_a_strategy_that_is_off_only_records_its_hits() -> None:
    """They are counted as ours are, and shown as stopped by the switch."""
    heard, _ = asked(yes, enabled=False)
    table = taken(heard)
    assert (*STRATEGY_ORDER, "plugin.guest0") == table.order
    count = table.counts()[-1]
    assert ("plugin.guest0", count.asked) == (count.rule, count.fired)
    assert "strategy.switch" == table.checks(0, 0)["plugin.guest0"].rule


def test_a_strategy_that_is_on_comes_after_ours() -> None:
    """It is taken where none of ours is, while the market is calm; risk-off lets no guest in."""
    bars, stocks = day(3, rows=60, stocks=5), watchlist(3, stocks=5)
    guests = Guests(strategies=(Guest(name="eager", ask=yes),))
    for level, first in ((0, len(STRATEGY_ORDER)), (2, NO_STRATEGY)):
        sky = weather(risk_off_level=np.array([[level]], dtype=np.int8))
        heard = guests.hear(bars, figures_of(bars), stocks, sky)
        alone = judge_strategies(bars, stocks, sky, StrategyPolicy()).chosen
        table = judge_strategies(bars, stocks, sky, StrategyPolicy(), guests=heard.strategies)
        free = (alone == NO_STRATEGY) & bars.known
        np.testing.assert_array_equal(np.where(free, first, alone), table.chosen)
    assert "strategy.allowed" == table.checks(0, 0)["plugin.eager"].rule


def test_the_last_bars_are_told_as_the_whole() -> None:
    """What is said of each stock's last bar is what the whole session's answer holds there."""
    heard, _ = asked(rising, broken, enabled=True)
    bars, _, _ = stormy(1)
    row = np.maximum(bars.count - 1, 0)
    for whole, last in zip(heard.gates, heard.latest(bars.count).gates, strict=True):
        there = np.broadcast_to(whole.passed, bars.shape)[row, np.arange(len(row))]
        np.testing.assert_array_equal(there, np.broadcast_to(last.passed, (1, len(row)))[0])


def _writes(view: View) -> Sequence[Condition]:
    view.close[:] = 1.0
    return yes(view)


def _only(**changes: Any) -> Callable[[View], Sequence[Any]]:
    def ask(view: View) -> Sequence[Any]:
        calm: dict[str, Any] = {"value": view.close, "limit": np.nan, "passed": view.known}
        return (Condition(**{"rule": UP} | calm | changes),)

    return ask


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (_writes, "read-only"),
        (lambda _: (), "different names"),
        (lambda view: (*yes(view), *yes(view)), "different names"),
        (lambda _: True, "not iterable"),
        (lambda _: (True,), "not bool"),
        (_only(rule=Rule(id="works")), "no name"),
        (_only(rule=Rule(id="gate.rsi")), "no name"),
        (_only(passed=np.array(np.nan)), "must be true or false"),
        (_only(passed=np.ones(3, dtype=np.bool_)), "broadcast"),
        (_only(value=np.array("high")), "could not convert"),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer(ask: Any, said: str) -> None:
    """It is told why, and nothing is bought on its word."""
    heard, told = asked(ask)
    assert said in told[0].message
    assert not gated(1, heard).open.any()


def test_unknown_figures_warn_nobody() -> None:
    """Arithmetic on what is unknown, or on zero, is a guest's daily bread."""
    heard, told = asked(lambda v: (at_least(UP, v.close / (v.volume * 0.0), 1.0),))
    assert [] == told
    assert 2 == len(heard.gates)


def test_who_is_there_is_told_in_words() -> None:
    """Gates first; a strategy that only records is marked."""
    guests = Guests(
        gates=(Guest(name="calm", ask=yes),),
        strategies=(Guest(name="eager", ask=yes), Guest(name="shy", ask=yes, enabled=False)),
    )
    assert "gate calm, strategy eager, strategy shy (off)" == guests.told
    assert "" == Guests().told
    assert not set(Strategy) & {"plugin.eager"}
