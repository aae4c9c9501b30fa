"""The manual desk: what it plans, what it sends, what it refuses, and how it leaves the market."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.engine.risk.cases import DAY, PRICE, STOCK, at
from tests.unit.engine.trading.little_room import OTHER, LittleRoom, holding

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.errors import OutsideError, UnknownStock
from jennie_cli.engine.model import Flag, Market, Order, OrderState, OrderType, SecurityKind, Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import (
    AmbiguousOrder,
    ChangePlan,
    Note,
    Plan,
    Switches,
    UnknownOrder,
    Wish,
)

BUY = Wish(side=Side.BUY, stock=STOCK, qty=10, price=PRICE)
SELL = Wish(side=Side.SELL, stock=STOCK, qty=10)


@pytest.fixture
def room() -> LittleRoom:
    """Return a room on a calm morning."""
    return LittleRoom()


def planned(room: LittleRoom, wish: Wish = BUY) -> Plan:
    """Return the plan of a wish that is not refused."""
    plan = asyncio.run(room.desk.plan(wish))
    assert isinstance(plan, Plan)
    return plan


def sent(room: LittleRoom, wish: Wish = BUY, *, confirmed: bool = True) -> Order:
    """Return the order that became of a wish."""
    order = asyncio.run(room.desk.send(planned(room, wish), confirmed=confirmed))
    assert isinstance(order, Order)
    return order


def refused(said: object) -> str:
    """Return the code of a refusal."""
    assert isinstance(said, Refusal)
    return said.code


def test_a_plan_says_what_is_sent_what_it_is_worth_and_what_remains(room: LittleRoom) -> None:
    """Nothing is sent by planning, and the market was asked to take orders."""
    plan = planned(room)
    assert (10, PRICE, 710_000) == (plan.intent.qty, plan.unit_price, plan.worth)
    assert (99_290_000, None, None) == (plan.cash_left, plan.shares_left, plan.repeated_s)
    assert ((), [False], []) == (plan.notes, room.woken, room.lives.sent)


def test_the_cash_is_asked_with_the_real_price_and_type(room: LittleRoom) -> None:
    """The broker judges the order that is meant."""
    planned(room)
    planned(room, replace(BUY, price=None))
    expected = [(STOCK.code, OrderType.LIMIT, PRICE), (STOCK.code, OrderType.MARKET, None)]
    assert (expected, [False, True]) == (room.account.asked, room.woken)


def test_a_buy_without_a_quantity_is_sized(room: LittleRoom) -> None:
    """Five million won buy seventy shares at 71,000."""
    assert 70 == planned(room, replace(BUY, qty=None)).intent.qty
    room.account.power = BuyingPower(cash=300_000, qty=4, unit_price=PRICE)
    assert "one_share" == refused(asyncio.run(room.desk.plan(replace(BUY, qty=None))))


def test_a_sale_without_a_quantity_takes_everything(room: LittleRoom) -> None:
    """All hundred shares, and none remain."""
    plan = planned(room, replace(SELL, qty=None))
    assert (100, 0, None) == (plan.intent.qty, plan.shares_left, plan.cash_left)
    room.account.holdings = ()
    assert "not_held" == refused(asyncio.run(room.desk.plan(replace(SELL, qty=None))))


def test_a_broker_that_tells_no_sellable_shares_is_asked_for_the_holdings(
    room: LittleRoom,
) -> None:
    """The paper server lists them with the account only."""
    room.capabilities = replace(room.capabilities, sellable=False)
    assert 100 == planned(room, replace(SELL, qty=None)).intent.qty
    room.account.holdings = ()
    assert "not_held" == refused(asyncio.run(room.desk.plan(SELL)))


def test_cash_the_broker_does_not_tell_refuses_a_buy_and_no_sale(room: LittleRoom) -> None:
    """A sale never asks for it."""
    room.account.power = None
    assert "cash_known" == refused(asyncio.run(room.desk.plan(BUY)))
    assert 10 == planned(room, SELL).intent.qty


def test_a_market_that_cannot_be_asked_is_an_outside_failure(room: LittleRoom) -> None:
    """A missing quote is not guessed."""
    room.quotes.now = None
    with pytest.raises(OutsideError):
        asyncio.run(room.desk.plan(BUY))


def test_sending_stamps_again_by_what_is_so_then(room: LittleRoom) -> None:
    """A plan that was fine is refused once a person has pulled the brake."""
    plan = planned(room)
    room.raise_flag(Flag.STOP)
    assert "stop" == refused(asyncio.run(room.desk.send(plan, confirmed=True)))
    assert [] == room.lives.sent


def test_the_same_order_within_ten_seconds_needs_a_yes(room: LittleRoom) -> None:
    """The plan says how long ago it was; unconfirmed it is refused; later it is new."""
    sent(room)
    room.clock.advance(4)
    again = planned(room)
    assert 4 == again.repeated_s
    assert "repeat" == refused(asyncio.run(room.desk.send(again, confirmed=False)))
    assert None is planned(room, replace(BUY, qty=11)).repeated_s
    assert None is planned(room, replace(SELL, qty=10)).repeated_s
    room.clock.advance(6)
    assert OrderState.FILLED is sent(room, confirmed=False).state


def test_an_order_that_never_left_is_no_repetition(room: LittleRoom) -> None:
    """What the broker refused may be tried again at once."""
    room.lives.becomes = OrderState.REJECTED
    sent(room)
    assert None is planned(room).repeated_s


@pytest.mark.parametrize(
    ("state", "price", "counted"),
    [
        (OrderState.FILLED, PRICE, 710_000),
        (OrderState.WORKING, PRICE, 710_000),
        (OrderState.WORKING, None, 710_000),
        (OrderState.UNKNOWN, PRICE, 710_000),
        (OrderState.PARTIAL, PRICE, 710_000),
        (OrderState.CANCELLED, PRICE, 0),
        (OrderState.REJECTED, PRICE, 0),
    ],
)
def test_the_cap_of_a_day_counts_what_was_and_may_be_bought(
    room: LittleRoom, state: OrderState, price: int | None, counted: int
) -> None:
    """An order that ended empty gives its won back; one whose fate is unknown does not."""
    room.lives.becomes = state
    sent(room, replace(BUY, price=price))
    room.policy = replace(room.policy, manual_day_cap=counted + 781_000)
    assert 11 == planned(room, replace(BUY, qty=11)).intent.qty
    room.policy = replace(room.policy, manual_day_cap=counted + 780_999)
    assert "day_cap" == refused(asyncio.run(room.desk.plan(replace(BUY, qty=11))))


def test_yesterdays_orders_do_not_count_today(room: LittleRoom) -> None:
    """The cap is that of a day in Korea."""
    sent(room)
    room.policy = replace(room.policy, manual_day_cap=800_000)
    assert "day_cap" == refused(asyncio.run(room.desk.plan(BUY)))
    room.clock.advance(24 * 3600)
    assert 10 == planned(room).intent.qty


def test_warnings_are_told_with_the_plan(room: LittleRoom) -> None:
    """Pause, no monitor and an auction are told to a buyer, stop and silent flags to a seller."""
    room.alone = True
    room.raise_flag(Flag.PAUSE)
    room.clock.advance(5 * 3600 + 20 * 60)
    assert (Note.PAUSED, Note.AUCTION, Note.UNWATCHED) == planned(room).notes
    room.raise_flag(Flag.STOP)
    assert (Note.STOPPED, Note.AUCTION) == planned(room, SELL).notes
    room.flags.silent = True
    assert (Note.FLAGS_UNKNOWN, Note.AUCTION) == planned(room, SELL).notes
    assert "flags" == refused(asyncio.run(room.desk.plan(BUY)))


def test_a_dry_run_goes_as_far_as_the_ledger(room: LittleRoom) -> None:
    """It is planned and kept as one."""
    room.raise_flag(Flag.DRY_RUN)
    plan = planned(room)
    assert (True, (Note.DRY_RUN,)) == (plan.dry_run, plan.notes)
    assert OrderState.DRY_RUN is sent(room).state


def test_what_is_held_can_be_sold_though_no_master_has_it(room: LittleRoom) -> None:
    """A held fund is found by its code, and only for a sale."""
    room.account.holdings = (holding("0A1230", 5, "미지의 ETF"),)
    found = asyncio.run(room.desk.find("0a1230", Side.SELL))
    assert ("0A1230", "미지의 ETF", SecurityKind.ETF) == (found.code, found.name, found.kind)
    assert STOCK == asyncio.run(room.desk.find(STOCK.name, Side.BUY))
    for side, asked in ((Side.BUY, "0A1230"), (Side.SELL, "없는종목")):
        with pytest.raises(UnknownStock):
            asyncio.run(room.desk.find(asked, side))


def test_a_code_without_a_name_is_called_by_its_code(room: LittleRoom) -> None:
    """The names of the master are used where it has them."""
    assert (STOCK.name, "123456") == tuple(room.desk.stocks.name(c) for c in (STOCK.code, "123456"))
    assert Market.KOSDAQ is room.desk.held_stock(OTHER.code).market


def test_an_order_is_found_by_id_by_its_start_and_by_broker_number(room: LittleRoom) -> None:
    """Leading zeros of the number do not matter; the newest of two with one number is meant."""
    first, second = sent(room), sent(room, replace(BUY, qty=11))
    room.lives.kept[second.order_id] = replace(second, broker_ids=("7", "1000"))
    desk = room.desk
    assert first.order_id == desk.order(first.order_id).order_id
    assert second.order_id == desk.order(second.order_id[:-1]).order_id
    assert second.order_id == desk.order("0000001000").order_id
    assert second.order_id == desk.order("7").order_id
    with pytest.raises(AmbiguousOrder, match="fits 2 orders"):
        desk.order("0630")
    for nobody in ("", "000", "9999"):
        with pytest.raises(UnknownOrder):
            desk.order(nobody)


def changed(room: LittleRoom, order: Order, price: int) -> Any:
    """Return what a new price leads to, from plan to order."""

    async def work() -> Any:
        plan = await room.desk.plan_change(order, price)
        return await room.desk.change(plan) if isinstance(plan, ChangePlan) else plan

    return asyncio.run(work())


def test_a_change_is_planned_stamped_and_sent(room: LittleRoom) -> None:
    """The order gets its price and another number."""
    room.lives.becomes = OrderState.WORKING
    order = sent(room)
    after = changed(room, order, 71_500)
    assert (71_500, 2) == (after.price, len(after.broker_ids))
    assert "new_price" == refused(changed(room, after, 71_500))


def test_a_change_is_stamped_again_before_it_is_sent(room: LittleRoom) -> None:
    """An order that filled while a person was thinking is not changed."""
    room.lives.becomes = OrderState.WORKING
    order = sent(room)
    plan = asyncio.run(room.desk.plan_change(order, 71_500))
    assert isinstance(plan, ChangePlan)
    assert (10, ()) == (plan.qty, plan.notes)
    room.lives.kept[order.order_id] = replace(order, state=OrderState.FILLED)
    assert "open_order" == refused(asyncio.run(room.desk.change(plan)))


def test_leaving_the_market_takes_back_and_sells_everything(room: LittleRoom) -> None:
    """Every open order is cancelled first, then each holding goes at market."""
    room.lives.becomes = OrderState.WORKING
    resting = sent(room)
    room.account.holdings = (holding(), holding(OTHER.code, 7, OTHER.name))
    room.lives.becomes = OrderState.FILLED
    plan = asyncio.run(room.desk.plan_flatten())
    assert ((resting,), 107 * PRICE, False) == (plan.cancels, plan.worth, plan.dry_run)
    room.raise_flag(Flag.STOP)
    done = asyncio.run(room.desk.flatten())
    assert [resting.order_id] == [o.order_id for o in done.cancelled]
    assert [(STOCK.code, 100), (OTHER.code, 7)] == [(o.code, o.filled_qty) for o in done.sold]
    assert ((), {None}) == (done.failures, {o.price for o in done.sold})


def test_leaving_goes_on_past_what_fails(room: LittleRoom) -> None:
    """A cancel that fails and a sale that is refused are told; the rest is sold."""
    room.lives.becomes = OrderState.WORKING
    sent(room)
    room.lives.stubborn = True
    stuck = replace(holding(OTHER.code, 7, OTHER.name), sellable_qty=0)
    room.account.holdings = (stuck, holding())
    done = asyncio.run(room.desk.flatten())
    assert (1, ()) == (len(done.sold), done.cancelled)
    told = [(f.code, f.text, f.refusal and f.refusal.code) for f in done.failures]
    assert [(STOCK.code, "too late", None), (OTHER.code, "", "sellable")] == told
    room.quotes.now = None
    assert ["too late", "too late", "no quotes", "no quotes"] == [
        f.text for f in asyncio.run(room.desk.flatten()).failures
    ]


def test_resume_lifts_pause_and_stop_and_leaves_the_dry_run(room: LittleRoom) -> None:
    """Every change is kept with who and when."""
    switches = Switches(room.flags, room.clock)
    for which in Flag:
        switches.put(which, up=True, who="cli", reason="test")
    after = switches.resume(who="cli", reason="")
    assert [False, False, True] == [after[f].up for f in Flag]
    assert 5 == len(room.flags.changes)
    assert {at(10, day=DAY)} == {state.at for _, state in room.flags.changes}
