"""What the stamp lets pass and what it refuses, rule by rule."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.risk.cases import (
    PRICE,
    STOCK,
    at,
    facts,
    flag,
    flagged,
    intent,
    order,
    quoted,
)

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.model import (
    Flag,
    OrderIntent,
    OrderState,
    OrderType,
    SecurityKind,
    Side,
    StockStatus,
    Venue,
)
from jennie_cli.engine.risk import (
    ApprovedChange,
    ApprovedOrder,
    ManualFacts,
    Refusal,
    RiskPolicy,
    default_qty,
    stamp_change,
    stamp_manual,
    unaffordable,
)
from jennie_cli.engine.rules import ORDER_RULES, RULES

POLICY = RiskPolicy()
SUNDAY = date(2025, 6, 29)
BEYOND = date(2031, 1, 6)

Case = tuple[str, OrderIntent, ManualFacts, int | str | None, int | str | None]


def power(cash: int, qty: int) -> BuyingPower:
    """Return what cash buys."""
    return BuyingPower(cash=cash, qty=qty, unit_price=91_000)


def paper(**changes: Any) -> ManualFacts:
    """Return the calm moment with another kind of paper."""
    return facts(stock=replace(STOCK, **changes))


SELL = intent(Side.SELL)

REFUSED: list[Case] = [
    ("flags", intent(), facts(flags=None), None, None),
    ("stop", intent(), flagged(Flag.STOP), None, None),
    ("venue", intent(venue=Venue.NXT), facts(), "NXT", "KRX"),
    ("venue", intent(Side.SELL, venue=Venue.SOR), facts(), "SOR", "KRX"),
    ("type", intent(price=None), facts(types=(OrderType.LIMIT,)), "market", "limit"),
    ("day", intent(), facts(now=at(10, day=SUNDAY)), "2025-06-29", None),
    ("day", SELL, facts(now=at(10, day=BEYOND)), "2031-01-06", None),
    ("phase", intent(), facts(now=at(8, 29, 59)), "08:29:59", "08:30–15:30"),
    ("phase", SELL, facts(now=at(15, 30)), "15:30:00", "08:30–15:30"),
    ("kind", intent(), paper(kind=SecurityKind.ETF), "ETF", None),
    ("kind", intent(), paper(kind=SecurityKind.ETN), "ETN", None),
    ("halted", intent(), quoted(status=StockStatus.HALTED), None, None),
    ("liquidation", intent(), quoted(status=StockStatus.LIQUIDATION), None, None),
    ("tick", intent(price=71_050), facts(), 71_050, 71_000),
    ("tick", intent(Side.SELL, price=71_050), facts(), 71_050, 71_100),
    ("upper_limit", intent(price=91_100), facts(), 91_100, 91_000),
    ("lower_limit", intent(Side.SELL, price=48_950), facts(), 48_950, 49_000),
    ("sellable", intent(Side.SELL, 101), facts(), 101, 100),
    ("sellable", SELL, facts(sellable=None), 10, 0),
    ("cash_known", intent(), facts(buying_power=None), None, None),
    ("cash", intent(qty=9), facts(buying_power=power(10**9, 8)), 9, 8),
    ("order_cap", intent(qty=71), facts(), 71 * PRICE, 5_000_000),
    ("order_cap", intent(qty=71, price=None), facts(), 71 * PRICE, 5_000_000),
    ("day_cap", intent(), facts(ordered_today=19_290_001), 20_000_001, 20_000_000),
    ("repeat", intent(), facts(last_similar_at=at(9, 59, 51)), 9, 10),
    ("repeat", SELL, facts(last_similar_at=at(10)), 0, 10),
]


@pytest.mark.parametrize(("code", "asked", "known", "value", "limit"), REFUSED)
def test_an_order_is_refused_with_its_figure_and_its_limit(
    code: str,
    asked: OrderIntent,
    known: ManualFacts,
    value: int | str | None,
    limit: int | str | None,
) -> None:
    """The refusal names the rule, what was found and what the limit is."""
    said = stamp_manual(asked, known, POLICY)
    assert isinstance(said, Refusal)
    assert (code, f"risk.{code}", value, limit) == (said.code, said.rule, said.value, said.limit)
    assert ORDER_RULES[said.rule].unit == said.unit
    assert [False] == [c.passed for c in said.checks if not c.passed]
    assert said.rule == said.checks[-1].rule


PASSED: list[tuple[str, OrderIntent, ManualFacts]] = [
    ("a buy on a calm day", intent(), facts()),
    ("a buy at market", intent(price=None), facts()),
    ("a buy by hand under pause", intent(), flagged(Flag.PAUSE)),
    ("a sale by hand under stop", SELL, flagged(Flag.STOP)),
    ("a sale with flags nobody can read", SELL, facts(flags=None)),
    ("a flag that was lifted", intent(), facts(flags={Flag.STOP: flag(up=False)})),
    ("the first second of the opening auction", intent(), facts(now=at(8, 30))),
    ("the last second of the closing auction", SELL, facts(now=at(15, 29, 59))),
    ("a sale of a held fund", SELL, paper(kind=SecurityKind.ETF)),
    ("a sale of a halted stock", SELL, quoted(status=StockStatus.HALTED)),
    ("a sale in liquidation without limits", SELL, quoted(upper_limit=0, lower_limit=0)),
    ("exactly the upper limit", intent(qty=1, price=91_000), facts()),
    ("exactly the lower limit", intent(Side.SELL, price=49_000), facts()),
    ("exactly the shares that can be sold", intent(Side.SELL, 100), facts()),
    ("exactly the cap of a day", intent(), facts(ordered_today=19_290_000)),
    ("the same order after ten seconds", intent(), facts(last_similar_at=at(9, 59, 50))),
    ("a repetition that was confirmed", intent(), facts(last_similar_at=at(10), confirmed=True)),
    ("a sale of any worth", SELL, facts(ordered_today=10**12)),
    ("NXT where the broker goes there", intent(venue=Venue.NXT), facts(venues=tuple(Venue))),
    (
        "NXT after the close",
        intent(Side.SELL, venue=Venue.NXT),
        facts(now=at(19, 59), venues=tuple(Venue)),
    ),
]


@pytest.mark.parametrize(
    ("asked", "known"), [case[1:] for case in PASSED], ids=[c[0] for c in PASSED]
)
def test_an_order_is_stamped(asked: OrderIntent, known: ManualFacts) -> None:
    """Everything that is not refused is stamped with the checks it passed."""
    said = stamp_manual(asked, known, POLICY)
    assert isinstance(said, ApprovedOrder)
    assert (asked, known.now, False) == (said.intent, said.at, said.dry_run)
    assert said.checks
    assert all(c.passed for c in said.checks)


def test_the_hours_of_another_venue_end_at_eight_in_the_evening() -> None:
    """NXT takes orders until 20:00 and names its own hours."""
    late = facts(now=at(20), venues=tuple(Venue))
    said = stamp_manual(intent(Side.SELL, venue=Venue.NXT), late, POLICY)
    assert isinstance(said, Refusal)
    assert ("phase", "08:00–20:00") == (said.code, said.limit)


def test_a_dry_run_is_stamped_as_one() -> None:
    """Under dryrun a stamp says that the order is not to be sent."""
    said = stamp_manual(intent(), flagged(Flag.DRY_RUN), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert said.dry_run


@pytest.mark.parametrize(
    ("code", "state", "price", "known"),
    [
        ("open_order", OrderState.UNKNOWN, 71_100, facts()),
        ("open_order", OrderState.FILLED, 71_100, facts()),
        ("open_order", OrderState.CANCELLING, 71_100, facts()),
        ("new_price", OrderState.WORKING, PRICE, facts()),
        ("dry_run", OrderState.WORKING, 71_100, flagged(Flag.DRY_RUN)),
        ("stop", OrderState.WORKING, 71_100, flagged(Flag.STOP)),
        ("phase", OrderState.WORKING, 71_100, facts(now=at(16))),
        ("halted", OrderState.PARTIAL, 71_100, quoted(status=StockStatus.HALTED)),
        ("tick", OrderState.WORKING, 71_110, facts()),
        ("upper_limit", OrderState.WORKING, 92_000, facts()),
        ("cash_known", OrderState.WORKING, 71_100, facts(buying_power=None)),
        ("cash_more", OrderState.WORKING, 71_100, facts(buying_power=power(999, 0))),
        ("day_cap", OrderState.WORKING, 71_100, facts(ordered_today=19_999_001)),
    ],
)
def test_a_change_needs_a_stamp_of_its_own(
    code: str, state: OrderState, price: int, known: ManualFacts
) -> None:
    """A new price is judged by the same rules, and by whether the order can be changed at all."""
    said = stamp_change(order(state), price, known, POLICY)
    assert isinstance(said, Refusal)
    assert code == said.code


def test_a_market_order_has_no_price_to_change() -> None:
    """Only a limit order can be given another price."""
    resting = order(type=OrderType.MARKET, price=None)
    said = stamp_change(resting, 71_100, facts(), POLICY)
    assert isinstance(said, Refusal)
    assert "priced" == said.code


def test_a_change_may_not_lift_an_order_over_its_cap() -> None:
    """What is filled counts with what would still be bought at the new price."""
    big = order(qty=70, filled_qty=20, filled_amount=1_420_000)
    said = stamp_change(big, 71_700, facts(), POLICY)
    assert isinstance(said, Refusal)
    assert ("order_cap", 1_420_000 + 50 * 71_700) == (said.code, said.value)


@pytest.mark.parametrize(
    ("changed", "price", "known"),
    [
        (order(), 71_100, facts()),
        (order(), 70_000, facts(buying_power=None, ordered_today=10**9)),
        (order(side=Side.SELL), 71_100, flagged(Flag.STOP)),
        (order(OrderState.PARTIAL, side=Side.SELL, filled_qty=4), 49_000, facts(flags=None)),
    ],
)
def test_a_change_is_stamped_for_the_open_rest(
    changed: Any, price: int, known: ManualFacts
) -> None:
    """A lower price needs no cash, and a sale is changed whatever the caps and flags say."""
    said = stamp_change(changed, price, known, POLICY)
    assert isinstance(said, ApprovedChange)
    assert (changed.order_id, changed.open_qty, price) == (said.order_id, said.qty, said.price)


@pytest.mark.parametrize(
    ("cash", "price", "most", "expected"),
    [
        (100_000_000, PRICE, 1_000, 70),  # the cap of an order: 5,000,000
        (10_000_000, PRICE, 1_000, 28),  # a fifth of the cash: 2,000,000
        (10_000_000, None, 1_000, 28),
        (10_000_000, PRICE, 20, 20),  # what the broker lets buy
        (300_000, PRICE, 4, 0),
    ],
)
def test_a_buy_without_a_quantity_takes_part_of_the_cash(
    cash: int, price: int | None, most: int, expected: int
) -> None:
    """It is the smaller of a fifth of the cash and the cap, in whole shares."""
    known = facts(buying_power=power(cash, most))
    assert expected == default_qty(Side.BUY, price, known, POLICY)


def test_a_sale_without_a_quantity_takes_all_that_can_be_sold() -> None:
    """Without shares or without an answer it is none."""
    found = [default_qty(Side.SELL, None, facts(sellable=n), POLICY) for n in (100, 0, None)]
    assert [100, 0, 0] == found
    assert 0 == default_qty(Side.BUY, None, facts(buying_power=None), POLICY)


def test_not_one_share_is_said_with_its_price_and_the_money() -> None:
    """The figure is one share, the limit is the part of the cash; unknown cash is said as such."""
    poor = unaffordable(PRICE, facts(buying_power=power(300_000, 4)), POLICY)
    assert ("one_share", PRICE, 60_000) == (poor.code, poor.value, poor.limit)
    assert "cash_known" == unaffordable(None, facts(buying_power=None), POLICY).code


def test_in_an_auction_the_expected_price_is_the_measure() -> None:
    """A market order of an auction is worth what the auction expects."""
    known = quoted(expected_price=100_000)
    said = stamp_manual(intent(qty=51, price=None), known, POLICY)
    assert isinstance(said, Refusal)
    assert ("order_cap", 5_100_000) == (said.code, said.value)


@given(
    qty=st.integers(1, 2_000),
    price=st.none() | st.integers(40_000, 100_000),
    cash=st.integers(0, 10**9),
    spent=st.integers(0, 30_000_000),
)
def test_no_buy_is_ever_stamped_beyond_its_limits(
    qty: int, price: int | None, cash: int, spent: int
) -> None:
    """Whatever is asked, a stamped buy is within caps, cash, price limits and price steps."""
    unit = price or PRICE
    known = facts(buying_power=power(cash, cash // 91_000), ordered_today=spent)
    said = stamp_manual(intent(qty=qty, price=price), known, POLICY)
    within = (
        qty * unit <= 5_000_000
        and spent + qty * unit <= 20_000_000
        and qty <= cash // 91_000
        and 49_000 <= unit <= 91_000
        and unit % (50 if unit < 50_000 else 100) == 0
    )
    assert within == isinstance(said, ApprovedOrder)


def test_rules_of_orders_are_not_rules_of_the_scout() -> None:
    """The report of silent rules knows nothing of them."""
    assert set() == ORDER_RULES.keys() & RULES.keys()
