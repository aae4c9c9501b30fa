"""Each exit rule at its boundary: a position bought at 10,000 won, figures in, decision out."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.unit.engine.exits.cases import (
    CALM,
    CODE,
    DAY,
    HOLD,
    POLICY,
    Decision,
    at,
    book,
    buy,
    decide,
    decision,
    moment,
    past,
    table,
)

from jennie_cli.engine.exits import ExitPolicy, ExitPrices, judge
from jennie_cli.engine.model import Regime
from jennie_cli.engine.rules import exits as rule

ALL = 100
BULL, NEUTRAL, BEAR = Regime.BULL, Regime.NEUTRAL, Regime.BEAR
WIDE = 400.0  # ATR 4 %: its stop at 9,200 lies below the fixed one


def sells(reason: str, qty: int = ALL, level: int = 0) -> Decision:
    """Return a sale as the tables below name it."""
    return reason, qty, level


@pytest.mark.parametrize(
    ("price", "expected"),
    [(9_001, sells("FIXED_STOP")), (9_000, sells("HARD_STOP")), (7_000, sells("HARD_STOP"))],
)
def test_hard_stop(price: int, expected: Decision) -> None:
    """From -10 % on the hard stop is asked first and sells."""
    assert expected == decide(book(atr=900.0), price)


@pytest.mark.parametrize(
    ("high", "price", "expected"),
    [
        (11_499, 10_999, HOLD),
        (11_500, 11_000, HOLD),
        (11_500, 10_999, sells("PROFIT_FLOOR")),
        (13_000, 10_999, sells("PROFIT_FLOOR")),
    ],
)
def test_profit_floor(high: int, price: int, expected: Decision) -> None:
    """A high of +15 % arms the floor, and below +10 % it sells, once trailing is out of the way."""
    quiet = ExitPolicy(trailing=False, target_pct=900.0, rsi_limit=100.0)
    assert expected == decide(book(high=high, level=4), price, quiet)


def test_an_armed_floor_stays_armed() -> None:
    """Shares bought on top raise the average, and the floor that was armed before still sells."""
    armed = book(high=10_500, floor_armed=True)
    assert sells("PROFIT_FLOOR") == decide(armed, 10_900)


@pytest.mark.parametrize(
    ("atr", "high", "price", "expected"),
    [
        (120.0, 10_299, 10_149, HOLD),
        (120.0, 10_300, 10_150, HOLD),
        (120.0, 10_300, 10_149, sells("PROFIT_LOCK_2")),
        (160.0, 10_399, 10_149, HOLD),
        (160.0, 10_400, 10_149, sells("PROFIT_LOCK_2")),
        (900.0, 10_499, 10_149, HOLD),
        (900.0, 10_500, 10_149, sells("PROFIT_LOCK_2")),
    ],
)
def test_profit_lock_2(atr: float, high: int, price: int, expected: Decision) -> None:
    """A high of 2.5 ATR, at least 3 and at most 5 %, sells below +1.5 %."""
    assert expected == decide(book(high=high, atr=atr, level=4), price)


@pytest.mark.parametrize(
    ("atr", "high", "price", "expected"),
    [
        (90.0, 10_149, 10_049, HOLD),
        (90.0, 10_150, 10_050, HOLD),
        (90.0, 10_150, 10_049, sells("PROFIT_LOCK_1")),
        (120.0, 10_179, 10_049, HOLD),
        (120.0, 10_180, 10_049, sells("PROFIT_LOCK_1")),
        (900.0, 10_299, 10_049, HOLD),
        (900.0, 10_300, 10_049, sells("PROFIT_LOCK_1")),
        (np.nan, 10_299, 10_049, HOLD),
        (np.nan, 10_300, 10_049, sells("PROFIT_LOCK_1")),
    ],
)
def test_profit_lock_1(atr: float, high: int, price: int, expected: Decision) -> None:
    """A high of 1.5 ATR (an unknown one counts 2 %), 1.5 to 3 %, sells below +0.5 %."""
    assert expected == decide(book(high=high, atr=atr), price)


@pytest.mark.parametrize(
    ("lock_1", "high", "price", "expected"),
    [
        (False, 10_300, 10_030, HOLD),
        (False, 10_300, 10_029, sells("BREAKEVEN_STOP")),
        (False, 10_299, 10_029, HOLD),
        (True, 10_300, 10_029, sells("PROFIT_LOCK_1")),
    ],
)
def test_breakeven_stop(lock_1: bool, high: int, price: int, expected: Decision) -> None:
    """The breakeven stop stands in for lock 1 where that is off."""
    policy = ExitPolicy(profit_lock_1=lock_1)
    assert expected == decide(book(high=high, atr=900.0), price, policy)


@pytest.mark.parametrize(
    ("atr", "stop", "topping", "price", "expected"),
    [
        (120.0, 1.0, 0.0, 9_760, HOLD),
        (120.0, 1.0, 0.0, 9_759, sells("ATR_STOP")),
        (120.0, 1.2, 0.0, 9_712, HOLD),
        (120.0, 1.2, 0.0, 9_711, sells("ATR_STOP")),
        (120.0, 0.9, 0.0, 9_784, HOLD),
        (120.0, 0.9, 0.0, 9_783, sells("ATR_STOP")),
        (120.0, 1.0, 1.0, 9_808, HOLD),
        (120.0, 1.0, 1.0, 9_807, sells("ATR_STOP")),
        (120.0, 1.0, np.nan, 9_760, HOLD),
        (np.nan, 1.0, 0.0, 9_600, HOLD),
        (np.nan, 1.0, 0.0, 9_599, sells("ATR_STOP")),
    ],
)
def test_atr_stop(atr: float, stop: float, topping: float, price: int, expected: Decision) -> None:
    """Two ATR below the buy price, times the macro factor, times 0.8 on a topping chart."""
    held = book(atr=atr, days=past(CALM, topping=topping))
    assert expected == decide(held, price, stop=stop)


@pytest.mark.parametrize(
    ("stop", "price", "expected"),
    [
        (1.0, 9_401, HOLD),
        (1.0, 9_400, sells("FIXED_STOP")),
        (0.8, 9_401, HOLD),
        (0.8, 9_400, sells("FIXED_STOP")),
        (1.5, 9_101, HOLD),
        (1.5, 9_100, sells("FIXED_STOP")),
        (2.0, 9_001, HOLD),
        (2.0, 9_000, sells("HARD_STOP")),
    ],
)
def test_fixed_stop(stop: float, price: int, expected: Decision) -> None:
    """At -6 %, widened by a macro factor above 1, never beyond -10 %."""
    assert expected == decide(book(atr=900.0), price, stop=stop)


@pytest.mark.parametrize(
    ("recon", "price", "expected"),
    [
        (True, 9_751, HOLD),
        (True, 9_750, sells("FIXED_STOP")),
        (False, 9_750, HOLD),
    ],
)
def test_recon_keeps_its_tighter_stop(recon: bool, price: int, expected: Decision) -> None:
    """What was bought as RECON is sold at -2.5 %, whatever the macro factor."""
    held = book(buy(recon=recon), atr=WIDE)
    assert expected == decide(held, price, stop=1.5)


@pytest.mark.parametrize(
    ("guard", "clock", "price", "expected"),
    [
        (False, "09:00:00", 9_400, sells("FIXED_STOP")),
        (True, "09:04:59", 9_400, HOLD),
        (True, "09:05:00", 9_400, sells("FIXED_STOP")),
        (True, "09:04:59", 9_000, sells("HARD_STOP")),
        (True, "09:04:59", 9_501, HOLD),
        (False, "09:00:00", 9_501, HOLD),
    ],
)
def test_gap_guard(guard: bool, clock: str, price: int, expected: Decision) -> None:
    """Switched on, an opening loss of 5 to 10 % has five minutes to settle."""
    policy = ExitPolicy(gap_guard=guard)
    assert expected == decide(book(atr=WIDE), price, policy, when=at(clock))


def test_gap_guard_covers_the_atr_stop() -> None:
    """The ATR stop waits with the fixed one, and sells right away above a loss of 5 %."""
    policy = ExitPolicy(gap_guard=True)
    assert HOLD == decide(book(), 9_500, policy, when=at("09:01"))
    assert sells("ATR_STOP") == decide(book(), 9_501, policy, when=at("09:01"))


@pytest.mark.parametrize(
    ("regime", "high", "price", "expected"),
    [
        (NEUTRAL, 20_000, 19_301, HOLD),
        (NEUTRAL, 20_000, 19_300, sells("TRAILING_STOP")),
        (BEAR, 20_000, 19_300, sells("TRAILING_STOP")),
        (BULL, 20_000, 19_401, HOLD),
        (BULL, 20_000, 19_400, sells("TRAILING_STOP")),
        (Regime.STRONG_BULL, 20_000, 19_400, sells("TRAILING_STOP")),
        (Regime.STRONG_BEAR, 20_000, 19_201, HOLD),
        (Regime.STRONG_BEAR, 20_000, 19_200, sells("TRAILING_STOP")),
        (NEUTRAL, 10_673, 10_299, HOLD),
        (NEUTRAL, 10_674, 10_300, sells("TRAILING_STOP")),
        (BULL, 10_618, 10_299, HOLD),
        (BULL, 10_619, 10_300, sells("TRAILING_STOP")),
    ],
)
def test_trailing_stop(regime: Regime, high: int, price: int, expected: Decision) -> None:
    """A fall of 3 % (bull), 3.5 % or 4 % (strong bear) from the high, while +3 % are left."""
    assert expected == decide(book(high=high, level=4), price, regime=regime)


@pytest.mark.parametrize(
    ("high", "price", "expected"),
    [(10_499, 10_300, HOLD), (10_674, 10_414, HOLD), (10_674, 10_412, sells("TRAILING_STOP"))],
)
def test_a_topping_chart_trails_sooner(high: int, price: int, expected: Decision) -> None:
    """In distribution +3.5 % arms, and 0.7 times the fall sells."""
    held = book(high=high, level=4, days=past(CALM, topping=1.0))
    assert expected == decide(held, price)


@pytest.mark.parametrize(
    ("rows", "price", "expected", "armed"),
    [
        (54, 14_120, HOLD, 4.0),
        (54, 14_119, sells("ATR_STOP"), 4.0),
        (34, 14_119, HOLD, 5.0),
        (34, 14_060, HOLD, 5.0),
        (34, 14_059, sells("ATR_STOP"), 5.0),
    ],
)
def test_macd_divergence(rows: int, price: int, expected: Decision, armed: float) -> None:
    """A new top on a weaker MACD narrows the ATR stop to 1.5 ATR and arms trailing at +4 %."""
    closes = [*np.linspace(10_000, 14_000, 45), *np.linspace(13_000, 13_900, 9)]
    held = book(buy(price=14_300), high=14_300, days=past([float(c) for c in closes[-rows:]]))
    assert expected == decide(held, price)
    limits = {c.rule: c.limit for c in table(held, 14_200).checks(0)}
    assert armed == limits[rule.TRAILING_STOP_ARMED.id]


@pytest.mark.parametrize(
    ("closes", "high", "sold", "price", "expected"),
    [
        ("up", 10_400, False, 10_300, sells("RSI_OVERBOUGHT", 50)),
        ("up", 10_400, False, 10_299, HOLD),
        ("up", 10_400, True, 10_300, HOLD),
        ("up", 10_500, False, 10_300, HOLD),
        ("flat", 10_400, False, 10_300, HOLD),
        ("short", 10_400, False, 10_300, HOLD),
    ],
)
def test_rsi_overbought(closes: str, high: int, sold: bool, price: int, expected: Decision) -> None:
    """Daily RSI of 75 or more sells half once, from +3 % and while nothing trails."""
    days = {
        "up": [9_000.0 + 50 * n for n in range(20)],
        "flat": [9_000.0, 10_500.0] * 10,
        "short": [9_000.0 + 50 * n for n in range(13)],
    }[closes]
    held = book(high=high, level=4, rsi_sold=sold, days=past(days))
    assert expected == decide(held, price)


@pytest.mark.parametrize(
    ("trailing", "price", "expected"),
    [
        (False, 10_999, HOLD),
        (False, 11_000, sells("PROFIT_TARGET")),
        (True, 11_000, HOLD),
    ],
)
def test_profit_target(trailing: bool, price: int, expected: Decision) -> None:
    """Without a trailing stop +10 % sells all."""
    policy = ExitPolicy(trailing=trailing, rsi_limit=100.0)
    assert expected == decide(book(high=11_000, level=4), price, policy)


@pytest.mark.parametrize(
    ("regime", "price", "days", "expected"),
    [
        (NEUTRAL, 9_899, "cross", sells("DEATH_CROSS")),
        (NEUTRAL, 9_900, "cross", HOLD),
        (BEAR, 9_899, "cross", sells("DEATH_CROSS")),
        (Regime.STRONG_BEAR, 9_899, "cross", sells("DEATH_CROSS")),
        (BULL, 9_899, "cross", HOLD),
        (Regime.STRONG_BULL, 9_899, "cross", HOLD),
        (NEUTRAL, 9_867, "narrow", HOLD),
        (NEUTRAL, 9_866, "narrow", sells("DEATH_CROSS")),
        (NEUTRAL, 9_899, "below before", HOLD),
        (NEUTRAL, 9_899, "short", HOLD),
    ],
)
def test_death_cross(regime: Regime, price: int, days: str, expected: Decision) -> None:
    """Outside a bull market, and below -1 %, today's cross of MA5 under MA20 by 0.2 % sells."""
    closes = {
        "cross": [10_200.0] * 20,
        "narrow": [10_000.0] * 20,
        "below before": [10_200.0] * 15 + [10_100.0] * 5,
        "short": [10_200.0] * 19,
    }[days]
    assert expected == decide(book(atr=WIDE, days=past(closes)), price, regime=regime)


@pytest.mark.parametrize(("days", "expected"), [(29, HOLD), (30, sells("TIME_EXIT"))])
def test_time_exit(days: int, expected: Decision) -> None:
    """On the thirtieth calendar day a position that did nothing is sold."""
    held = book(buy(when=at("14:00", DAY - timedelta(days=days))))
    assert expected == decide(held, 10_000)


def test_case_14_lock_2_sells_all() -> None:
    """High +4 %, ATR 1.2 %, now +1.4 %: lock 2 sells the whole position."""
    assert sells("PROFIT_LOCK_2") == decide(book(high=10_400, atr=120.0), 10_140)


def test_case_15_trailing_and_lock_are_both_silent() -> None:
    """High +6 %, 3.6 % below it, now +2.2 %: trailing wants +3 %, lock 2 less than +1.5 %, hold."""
    found = table(book(high=10_600, atr=120.0), 10_218)
    assert HOLD == decide(book(high=10_600, atr=120.0), 10_218)
    said = {c.rule: c.passed for c in found.checks(0)}
    assert (False, False, True) == (
        said[rule.TRAILING_STOP_ARMED.id],
        said[rule.TRAILING_STOP_DROP.id],
        said[rule.TRAILING_STOP.id],
    )
    assert said[rule.PROFIT_LOCK_2.id]


def test_nothing_is_asked_after_the_first_match() -> None:
    """The record of a hard stop ends with the hard stop."""
    found = table(book(high=10_400), 8_900)
    assert rule.HARD_STOP.id == found.checks(0)[-1].rule
    assert {c.rule for c in found.counts() if c.fired} == {rule.HARD_STOP.id}


def test_positions_are_judged_side_by_side() -> None:
    """Each position of a book gets the answer that it would get alone."""
    held = book(buy(), buy(50, 20_000, code="900020"), atr=120.0)
    low, high = np.array([9_400.0, 20_100.0]), np.array([10_000.0, 20_000.0])
    held = replace(held, watermark=high, past=past(CALM).take(np.array([0, -1])))
    then = moment(liquidate=False)
    quoted = ExitPrices(
        price=low,
        second=np.full(2, float(then.at_second)),
        expected=np.full(2, np.nan),
        expected_second=np.full(2, np.nan),
        lower_limit=np.full(2, np.nan),
        halted=np.zeros(2, dtype=np.bool_),
    )
    found = judge(held, quoted, then, POLICY)
    assert (CODE, "900020") == found.codes
    assert [sells("ATR_STOP"), HOLD] == [decision(found, place) for place in range(2)]
