"""The desk over the real order life and the in-memory broker."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from tests.unit.engine.risk.cases import PRICE, STOCK
from tests.unit.engine.trading.whole_room import WholeRoom

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.model import Flag, Order, OrderState, Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import ChangePlan, Plan, Wish

T = TypeVar("T")


def at_work(work: Callable[[WholeRoom], Awaitable[T]]) -> tuple[WholeRoom, T]:
    """Open a room, compare it with its broker, and do one piece of work in it."""

    async def opened() -> tuple[WholeRoom, T]:
        room = WholeRoom()
        await room.lives.recover()
        return room, await work(room)

    return asyncio.run(opened())


async def order(room: WholeRoom, side: Side, qty: int | None, price: int | None) -> Order:
    """Return what became of an order that is not refused."""
    plan = await room.desk.plan(Wish(side=side, stock=STOCK, qty=qty, price=price))
    assert isinstance(plan, Plan)
    made = await room.desk.send(plan, confirmed=True)
    assert isinstance(made, Order)
    return made


def test_a_buy_that_fills_is_in_the_ledger_to_the_won() -> None:
    """Ten shares at 71,000 won and the broker's fee."""

    async def work(room: WholeRoom) -> Order:
        return await order(room, Side.BUY, 10, PRICE)

    room, made = at_work(work)
    assert (OrderState.FILLED, 10, 710_000) == (made.state, made.filled_qty, made.filled_amount)
    held = room.portfolio().positions[STOCK.code]
    assert (110, 7_710_000) == (held.qty, held.cost)
    assert 100_000_000 - 710_000 - 100 == room.portfolio().cash


def test_an_order_that_rests_is_changed_and_taken_back() -> None:
    """It is followed until it rests, and each step is the broker's."""

    async def work(room: WholeRoom) -> tuple[Order, Order, Order]:
        resting = await order(room, Side.SELL, 10, 75_000)
        plan = await room.desk.plan_change(resting, 74_000)
        assert isinstance(plan, ChangePlan)
        moved = await room.desk.change(plan)
        assert isinstance(moved, Order)
        return resting, moved, await room.desk.cancel(room.desk.order(resting.order_id))

    _, (resting, moved, gone) = at_work(work)
    assert (OrderState.WORKING, 10) == (resting.state, resting.open_qty)
    assert (74_000, 2) == (moved.price, len(moved.broker_ids))
    assert (OrderState.CANCELLED, 0) == (gone.state, gone.filled_qty)


def test_an_order_whose_answer_is_lost_is_found_in_the_records() -> None:
    """The call timed out after the broker took it: it is followed to its fill, sent once."""

    async def work(room: WholeRoom) -> Order:
        room.broker.faults.inject(Fault.LOST_AFTER)
        return await order(room, Side.BUY, 10, PRICE)

    room, made = at_work(work)
    assert OrderState.FILLED is made.state
    assert 110 == room.portfolio().positions[STOCK.code].qty


def test_an_order_that_nobody_can_tell_of_stays_unknown() -> None:
    """With the answer lost and the records unreadable it is UNKNOWN, and its won count."""

    async def work(room: WholeRoom) -> tuple[Order, Refusal]:
        room.broker.on_notice = lambda _: room.broker.faults.inject(Fault.READ_FAILS, 1_000)
        room.broker.faults.inject(Fault.LOST_AFTER)
        made = await order(room, Side.BUY, 70, PRICE)
        room.broker.faults.clear()
        room.policy = replace(room.policy, manual_day_cap=70 * PRICE + PRICE - 1)
        plan = await room.desk.plan(Wish(side=Side.BUY, stock=STOCK, qty=1, price=PRICE))
        assert isinstance(plan, Refusal)
        return made, plan

    _, (made, refused) = at_work(work)
    assert (OrderState.UNKNOWN, "day_cap") == (made.state, refused.code)


def test_what_the_broker_refuses_comes_back_with_its_words() -> None:
    """A placing that is turned down is REJECTED with the broker's text."""

    async def work(room: WholeRoom) -> tuple[Order, Order | Refusal]:
        room.broker.faults.inject(Fault.REFUSED)
        made = await order(room, Side.BUY, 10, PRICE)
        resting = await order(room, Side.SELL, 10, 75_000)
        plan = await room.desk.plan_change(resting, 74_000)
        assert isinstance(plan, ChangePlan)
        room.broker.faults.inject(Fault.REFUSED)
        return made, await room.desk.change(plan)

    _, (made, kept) = at_work(work)
    assert (OrderState.REJECTED, "Refused.") == (made.state, made.note)
    assert isinstance(kept, Order)
    assert (75_000, "Refused.") == (kept.price, kept.note)


def test_what_never_reached_the_broker_says_why() -> None:
    """A broker that cannot be reached leaves the order NOT_SENT with its reason."""

    async def work(room: WholeRoom) -> Order:
        room.broker.faults.inject(Fault.UNREACHABLE)
        return await order(room, Side.BUY, 10, PRICE)

    _, made = at_work(work)
    assert (OrderState.NOT_SENT, "The broker cannot be reached.") == (made.state, made.note)


def test_a_dry_run_reaches_the_ledger_and_no_broker() -> None:
    """It is stamped and kept; the broker is called for nothing."""

    async def work(room: WholeRoom) -> Order:
        room.raise_flag(Flag.DRY_RUN)
        return await order(room, Side.BUY, 10, PRICE)

    room, made = at_work(work)
    assert (OrderState.DRY_RUN, ()) == (made.state, made.broker_ids)
    assert {STOCK.code: 100} == {c: p.qty for c, p in room.portfolio().positions.items()}


def test_leaving_the_market_leaves_nothing() -> None:
    """A resting sale holds shares back until it is cancelled; then all of them go."""

    async def work(room: WholeRoom) -> None:
        await order(room, Side.SELL, 60, 75_000)
        done = await room.desk.flatten()
        assert (1, 1, ()) == (len(done.cancelled), len(done.sold), done.failures)
        assert (await room.account.state()).holdings == ()

    room, _ = at_work(work)
    assert {} == dict(room.portfolio().positions)
