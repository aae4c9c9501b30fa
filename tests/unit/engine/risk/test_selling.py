"""What holds an automatic sale back, and nothing else does."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.risk.auto_cases import (
    POLICY,
    PRICED,
    auto,
    flagged,
    on,
    quoted,
    sale,
)
from tests.unit.engine.risk.cases import CALENDAR, STOCK, at

from jennie_cli.engine.model import ExitReason, Flag, OrderIntent, OrderType, StockStatus
from jennie_cli.engine.risk import ApprovedOrder, AutoFacts, Refusal, stamp_exit
from jennie_cli.engine.rules import BUYING_RULES, ORDER_RULES

SUNDAY, EXAM_DAY = date(2025, 6, 29), date(2025, 11, 13)
STOPS = (ExitReason.HARD_STOP, ExitReason.ATR_STOP, ExitReason.FIXED_STOP)
FORCED = ExitReason.FORCED_LIQUIDATION
AUTOMATIC = [r for r in ExitReason if r is not ExitReason.MANUAL]


def stamped(intent: OrderIntent, facts: AutoFacts) -> OrderIntent:
    """Return the order that leaves."""
    said = stamp_exit(intent, facts, POLICY)
    assert isinstance(said, ApprovedOrder)
    return said.intent


@pytest.mark.parametrize(
    ("code", "facts", "value", "limit"),
    [
        ("frozen", flagged(Flag.STOP), "FIXED_STOP", None),
        ("day", auto(now=on(SUNDAY, 10)), "2025-06-29", None),
        ("exit_hours", auto(now=at(8, 59, 59)), "08:59:59", "09:00–15:29"),
        ("exit_hours", auto(now=at(15, 29, 1)), "15:29:01", "09:00–15:29"),
        ("exit_hours", auto(now=on(EXAM_DAY, 9, 30)), "09:30:00", "10:00–16:29"),
        ("exit_halted", quoted(status=StockStatus.HALTED), None, None),
        ("breaker", auto(market_halted=True), None, None),
        ("exit_qty", auto(sellable=0), 100, 0),
    ],
)
def test_a_stop_is_held_back_with_a_reason(
    code: str, facts: AutoFacts, value: int | str | None, limit: int | str | None
) -> None:
    """The refusal names the freeze, the market's state or the shares, with figure and limit."""
    said = stamp_exit(sale(), facts, POLICY)
    assert isinstance(said, Refusal)
    assert (f"risk.{code}", value, limit) == (said.rule, said.value, said.limit)


@pytest.mark.parametrize(
    ("now", "reason", "goes"),
    [
        (at(8, 30), FORCED, True),
        (at(8, 29, 59), FORCED, False),
        (at(8, 59), ExitReason.HARD_STOP, False),
        *((at(9), reason, True) for reason in AUTOMATIC),
        *((at(15, 19, 59), reason, True) for reason in AUTOMATIC),
        *((at(15, 20), r, r in (*STOPS, FORCED)) for r in AUTOMATIC),
        *((at(15, 29), reason, True) for reason in STOPS),
        *((at(15, 29, 1), reason, False) for reason in STOPS),
        (at(15, 29, 59), FORCED, True),
        (at(15, 30), FORCED, False),
        (on(EXAM_DAY, 16, 19), ExitReason.TIME_EXIT, True),
        (on(EXAM_DAY, 16, 20), ExitReason.TIME_EXIT, False),
        (on(EXAM_DAY, 16, 29), ExitReason.ATR_STOP, True),
    ],
)
def test_when_a_sale_may_leave(now: datetime, reason: ExitReason, *, goes: bool) -> None:
    """All in the session, stops and liquidation in the closing auction, liquidation in both."""
    said = stamp_exit(sale(reason), auto(now=now), POLICY)
    assert isinstance(said, ApprovedOrder) is goes


@pytest.mark.parametrize(
    ("what", "facts"),
    [
        ("paused", flagged(Flag.PAUSE)),
        ("flags nobody can read", auto(flags=None)),
        ("a dead bus", auto(bus_alive=False, taken=None, locked=None)),
        ("no quote", auto(quote=None)),
        ("no cash, no context, no past", auto(cash=None, context=None, past=None)),
        ("the day's loss limit", auto(loss_latched=True)),
        ("six buys", auto(bought_today=6)),
        ("liquidation trading", quoted(status=StockStatus.LIQUIDATION, upper_limit=0)),
    ],
)
def test_what_stops_buying_stops_no_sale(what: str, facts: AutoFacts) -> None:
    """A stop leaves as it was decided."""
    assert sale() == stamped(sale(), facts), what


@pytest.mark.parametrize(("sellable", "qty"), [(100, 100), (30, 30), (200, 100), (None, 100)])
def test_a_sale_asks_for_no_more_than_can_be_sold(sellable: int | None, qty: int) -> None:
    """Shares held by another order stay out; shares nobody could count are asked for."""
    assert qty == stamped(sale(), auto(sellable=sellable)).qty


def test_a_sale_at_the_lower_limit_rests_there_once() -> None:
    """It leaves as a limit order, and its shares cannot be sold a second time."""
    locked = quoted(price=27_300)
    left = stamped(sale(), locked)
    assert (OrderType.LIMIT, 27_300, 100) == (left.type, left.price, left.qty)
    again = stamp_exit(sale(), replace(locked, sellable=0), POLICY)
    assert isinstance(again, Refusal)
    assert "risk.exit_qty" == again.rule


def test_a_sale_one_step_above_the_lower_limit_goes_at_market() -> None:
    """Only the limit itself locks."""
    assert OrderType.MARKET is stamped(sale(), quoted(price=27_350)).type


def test_a_limit_order_keeps_its_price() -> None:
    """What was decided with a price is not changed at the lower limit."""
    asked = sale(type=OrderType.LIMIT, price=27_400)
    assert asked == stamped(asked, quoted(price=27_300))


def test_dry_run_is_told_to_the_sale() -> None:
    """The order is marked so that it is journalled and never sent."""
    said = stamp_exit(sale(), flagged(Flag.DRY_RUN), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert said.dry_run


HOLDS_BACK = {"frozen", "day", "exit_hours", "exit_halted", "breaker", "exit_qty"}

FACTS = st.builds(
    lambda minute, stop, pause, status, sellable, known: replace(
        auto(now=at(minute // 60, minute % 60)),
        flags=None if stop is None else flagged(*pause, *stop).flags,
        quote=replace(PRICED, status=status) if known else None,
        sellable=sellable,
        cash=1 if known else None,
        loss_latched=known,
    ),
    minute=st.integers(8 * 60, 16 * 60),
    stop=st.sampled_from([None, (), (Flag.STOP,)]),
    pause=st.sampled_from([(), (Flag.PAUSE,)]),
    status=st.sampled_from(list(StockStatus)),
    sellable=st.none() | st.integers(0, 200),
    known=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(facts=FACTS, reason=st.sampled_from(AUTOMATIC))
def test_only_three_things_ever_hold_back_a_sale(facts: AutoFacts, reason: ExitReason) -> None:
    """The freeze, unsellable shares and the market's state; forced liquidation passes a freeze."""
    said = stamp_exit(sale(reason), facts, POLICY)
    hours = CALENDAR.session(facts.now.date())
    assert hours is not None
    halted = facts.quote is not None and facts.quote.status is StockStatus.HALTED
    free = not facts.up(Flag.STOP) or reason is FORCED
    if free and not halted and facts.sellable != 0 and hours.open <= facts.now < hours.last_entry:
        assert isinstance(said, ApprovedOrder)
    if isinstance(said, Refusal):
        assert said.code in HOLDS_BACK
        assert (BUYING_RULES | ORDER_RULES)[said.rule].unit == said.unit  # type: ignore[operator]
        assert not (said.code == "frozen" and reason is FORCED)
    else:
        assert STOCK.code == said.intent.code
        assert 1 <= said.intent.qty <= 100
