"""Every rule and every reason has words, rows and reasons fit, and sleeping rules can be woken."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.engine.exits.cases import CALM, book, decide, past, table

from jennie_cli.engine.exits import CHAIN, ExitPolicy
from jennie_cli.engine.exits.table import SELLS
from jennie_cli.engine.messages import LANGS, known, text
from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.rules import EXIT_RULES, ORDER_RULES, RULES
from jennie_cli.engine.rules.exits import ASLEEP


@pytest.mark.parametrize("lang", LANGS)
def test_every_rule_and_reason_has_words(lang: str) -> None:
    """A rule that passes, one that fires, and a reason to sell are told in both languages."""
    wanted = [f"check.{rule}.{end}" for rule in EXIT_RULES for end in ("pass", "fail")]
    wanted += [f"exit_reason.{reason.value}" for reason in ExitReason]
    assert [] == [key for key in wanted if not known(key, lang)]


def test_words_take_the_figures_of_their_rule() -> None:
    """The stop that sold is told with its figure and its limit."""
    told = text("check.exit.fixed_stop.fail", "ko", value="-6.1%", limit="-6.0%")
    assert "수익률 -6.1%: 고정 손절 -6.0%에 닿아 모두 팝니다" == told


def test_ids_are_the_room_s_own() -> None:
    """No exit rule shares its id with another rule, and the chain asks all of them."""
    assert set() == EXIT_RULES.keys() & (RULES.keys() | ORDER_RULES.keys())
    assert tuple(EXIT_RULES) == tuple(rule.id for rule in CHAIN)


def test_every_reason_but_two_has_a_rule() -> None:
    """A sale by hand and one for the market's risk are not decided here."""
    assert {ExitReason.RISK_OFF, ExitReason.MANUAL} == set(ExitReason) - set(SELLS.values())
    assert list(SELLS.values()) == [r for r in ExitReason if r in SELLS.values()]


def test_rules_asleep_at_defaults_wake_by_their_setting() -> None:
    """The breakeven stop and the target are asked once lock 1 and trailing are off."""
    awake = ExitPolicy(profit_lock_1=False, trailing=False)
    held = book(high=10_400, level=4, rsi_sold=True)
    asked = {c.rule for c in table(held, 10_200, awake).counts() if c.asked}
    silent = {c.rule for c in table(held, 10_200).counts() if not c.asked}
    assert set(ASLEEP) <= asked
    assert set(ASLEEP) <= silent
    assert {"exits.profit_lock_1", "exits.trailing"} == set(ASLEEP.values())


def test_an_unknown_chart_is_recorded_as_unknown() -> None:
    """A rule without its figure tells None and does not fire."""
    days = replace(past(CALM), topping=np.array([np.nan]))
    held = book(high=10_310, days=past([10_000.0] * 5), level=4)
    values = {c.rule: (c.value, c.passed) for c in table(held, 10_310).checks(0)}
    assert (None, True) == values["exit.rsi_overbought"]
    assert decide(book(days=days), 9_800) == decide(book(), 9_800)
