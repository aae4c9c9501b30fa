"""Whatever the inputs, what is stamped to be bought keeps every limit."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.risk.auto_cases import (
    DEAR,
    GROUP,
    NOW,
    OTHER_GROUP,
    POLICY,
    PRICED,
    SIGNAL,
    auto,
    context,
    holding,
)
from tests.unit.engine.risk.cases import DAY, STOCK

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.model import Regime, RiskTag, Signal, ThrottleLevel, TradeTier
from jennie_cli.engine.risk import (
    ApprovedOrder,
    AutoFacts,
    Held,
    Past,
    Refusal,
    stamp_signal,
)
from jennie_cli.engine.rules import BUYING_RULES, ORDER_RULES
from jennie_cli.engine.venue import tick_size

FLOOR_PCT = {
    Regime.STRONG_BULL: 10,
    Regime.BULL: 10,
    Regime.NEUTRAL: 15,
    Regime.BEAR: 25,
    Regime.STRONG_BEAR: 25,
}
RULES = BUYING_RULES.keys() | ORDER_RULES.keys()


def part(won: int, percent: float) -> Fraction:
    """Return an exact part of some won."""
    return won * Fraction(str(percent)) / 100


def keeps_every_limit(asked: Signal, facts: AutoFacts, said: ApprovedOrder) -> None:
    """Compare an order with every limit, computed afresh from the facts."""
    held, cash, price, qty = facts.holdings, facts.cash, said.intent.price, said.intent.qty
    assert held is not None
    assert cash is not None
    assert price is not None
    assert facts.context is not None
    assert facts.buying_power is not None
    worth, regime = qty * price, facts.context.regime
    total = cash + sum(h.qty * (h.price or 0) for h in held)
    same = [h for h in held if h.group == asked.sector_group]
    sector = sum(h.qty * (h.price or 0) for h in same)
    strong = regime is Regime.STRONG_BULL
    assert part(total, 12) >= worth
    assert cash - worth >= part(total, FLOOR_PCT[regime])
    assert part(total, 50 if strong else 30) >= sector + worth
    assert len(same) < facts.sector_cap
    assert len(held) < min(10, facts.context.max_positions)
    assert worth <= (facts.order_cap or worth)
    assert facts.day_cap is None or worth + (facts.ordered_today or 0) <= facts.day_cap
    assert facts.buying_power.qty >= qty
    assert facts.buying_power.cash >= worth
    assert part(asked.price, 101) >= price
    assert price % tick_size(price, market=STOCK.market, on=DAY) == 0
    keeps_cool(facts, total, qty, price)


def keeps_cool(facts: AutoFacts, total: int, qty: int, price: int) -> None:
    """Compare the heat after an order with five percent of the total."""
    open_heat = sum(
        h.qty * max(0, (h.price or 0) - (h.protective or 0)) for h in facts.holdings or ()
    )
    low, high = part(price, 1), part(price, 5)
    atr = part(price, 2) if facts.atr is None else Fraction(facts.atr)
    assert open_heat + qty * 2 * min(max(atr, low), high) <= part(total, 5)


@st.composite
def open_moments(draw: st.DrawFn) -> tuple[Signal, AutoFacts]:
    """Return a signal and facts under which most buys are stamped, at sizes of every kind."""
    price = draw(st.integers(1_000, 300_000))
    holdings = tuple(
        Held(
            code=f"9001{n:02d}",
            group=draw(st.sampled_from([GROUP, OTHER_GROUP, "바이오"])),
            qty=draw(st.integers(1, 400)),
            price=10_000,
            protective=draw(st.integers(9_500, 10_500)),
        )
        for n in range(draw(st.integers(0, 6)))
    )
    cash = draw(st.integers(3_000_000, 60_000_000))
    total = cash + sum(h.qty * 10_000 for h in holdings)
    facts = auto(
        quote=replace(PRICED, price=price, base_price=price, upper_limit=0, lower_limit=0),
        holdings=holdings,
        cash=cash,
        buying_power=BuyingPower(cash=cash, qty=draw(st.integers(20, 20_000)), unit_price=1),
        context=context(
            regime=draw(st.sampled_from(list(Regime))),
            size_factor=draw(st.sampled_from([0.7, 1.0, 1.1, 1.3])),
        ),
        order_cap=draw(st.none() | st.integers(500_000, 5_000_000)),
        day_cap=draw(st.none() | st.integers(500_000, 9_000_000)),
        closing_equity=total,
        correlation=np.zeros(len(holdings)),
        atr=draw(st.none() | st.integers(0, 20_000)),
        sector_cap=7,
    )
    return replace(SIGNAL, price=price, tier=draw(st.sampled_from(list(TradeTier)))), facts


@settings(max_examples=300, deadline=None)
@given(moment=open_moments())
def test_no_stamped_buy_ever_breaks_a_limit(moment: tuple[Signal, AutoFacts]) -> None:
    """Weight, cash, heat, sector, count, caps and price hold for sizes of every kind."""
    asked, facts = moment
    said = stamp_signal(asked, facts, POLICY)
    assert {c.rule for c in said.checks} <= RULES
    if isinstance(said, Refusal):
        assert [said.rule] == [c.rule for c in said.checks if not c.passed]
    else:
        keeps_every_limit(asked, facts, said)


CONTRARY: list[dict[str, Any]] = [
    {"session": None},
    {"flags": None},
    {"quote": None},
    {"market_halted": True},
    {"bus_alive": False},
    {"taken": None},
    {"taken": True},
    {"locked": None},
    {"locked": True},
    {"context": None},
    {"context": context(size_factor=0.0)},
    {"context": context(size_factor=float("nan"))},
    {"context": context(throttle=ThrottleLevel.DANGER)},
    {"context": context(throttle=ThrottleLevel.CRITICAL)},
    {"context": context(max_positions=0)},
    {"risk_tag": None},
    {"risk_tag": RiskTag.DISTRIBUTION_RISK},
    {"holdings": None},
    {"holdings": (replace(DEAR, price=None),)},
    {"holdings": (replace(DEAR, protective=None),)},
    {"cash": None},
    {"cash": -1},
    {"buying_power": None},
    {"past": None},
    {"past": Past(stopped_at=NOW)},
    {"bought_today": None},
    {"ordered_today": None},
    {"order_cap": 0},
    {"day_cap": 0},
    {"closing_equity": None},
    {"closing_equity": 10**12},
    {"loss_latched": True},
    {"sector_cap": 0},
]


@settings(max_examples=300, deadline=None)
@given(moment=open_moments(), contrary=st.sampled_from(CONTRARY))
def test_one_contrary_or_unknown_fact_refuses_every_buy(
    moment: tuple[Signal, AutoFacts], contrary: dict[str, Any]
) -> None:
    """Nothing else that may be right makes up for it."""
    asked, facts = moment
    assert isinstance(stamp_signal(asked, replace(facts, **contrary), POLICY), Refusal)


HEAVY = (replace(DEAR, group=GROUP, qty=110), replace(DEAR, qty=190))


@pytest.mark.parametrize(
    ("looser", "facts"),
    [
        ({"max_position_pct": 13.0}, auto()),
        ({"cash_keep_pct": 5.0, "guard": False}, auto(cash=10_000_000, closing_equity=1)),
        ({"max_heat_pct": 8.0}, auto(holdings=(replace(DEAR, protective=92_500),))),
        ({"sector_value_pct": 35.0}, holding(*HEAVY)),
        ({"chase_pct": 1.5}, auto()),
    ],
)
def test_a_stamp_that_kept_a_looser_limit_would_be_found(
    looser: dict[str, Any], facts: AutoFacts
) -> None:
    """The limits that the properties compare with are those of the specification, at their edge."""
    kept, broken = (stamp_signal(SIGNAL, facts, p) for p in (POLICY, replace(POLICY, **looser)))
    assert isinstance(kept, ApprovedOrder)
    assert isinstance(broken, ApprovedOrder)
    keeps_every_limit(SIGNAL, facts, kept)
    with pytest.raises(AssertionError):
        keeps_every_limit(SIGNAL, facts, broken)
