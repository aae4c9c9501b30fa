"""Cancels and modifies: in time, too late, lost, repeated."""

import asyncio

import pytest
from tests.unit.engine.execution.bench import CODE, PRICE, Bench

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.execution import NothingOpen
from jennie_cli.engine.model import OrderState


def test_a_cancel_that_comes_too_late_finds_the_order_filled() -> None:
    """The broker refuses the cancel because all is filled: FILLED with 100, asked once."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        bench.broker.fill("1", 100, PRICE)
        order = await execution.cancel(order.order_id)
        assert (OrderState.FILLED, 100) == (order.state, order.filled_qty)
        assert 2 == bench.broker.calls

    asyncio.run(run())


def test_a_cancel_with_an_unreadable_status_is_told_to_a_person() -> None:
    """Cancels fail and so do the reads: no fill is invented, the order is flagged and open."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_BEFORE, 3)
        bench.broker.faults.inject(Fault.READ_FAILS, 3)
        order = await execution.cancel(order.order_id)
        assert (OrderState.CANCELLING, 0) == (order.state, order.filled_qty)
        assert "did not take" in order.note
        assert {} == dict(bench.portfolio().positions)
        assert 4 == bench.broker.calls

    asyncio.run(run())


def test_a_cancel_is_tried_again_while_the_order_is_open() -> None:
    """Two failures and a success: three cancels, CANCELLED."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.BUSY)
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        order = await execution.cancel(order.order_id)
        assert (OrderState.CANCELLED, 4) == (order.state, bench.broker.calls)

    asyncio.run(run())


def test_a_lost_cancel_that_arrived_is_not_repeated() -> None:
    """The records show the cancel, so the order is CANCELLED after one."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_AFTER)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        order = await execution.cancel(order.order_id)
        assert (OrderState.CANCELLED, 2) == (order.state, bench.broker.calls)

    asyncio.run(run())


def test_a_part_can_be_taken_back() -> None:
    """40 of 100 are cancelled: 60 go on working and fill; nothing open is left."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        order = await execution.cancel(order.order_id, 40)
        assert (OrderState.WORKING, 60) == (order.state, order.open_qty)
        bench.broker.fill("1", 60, PRICE)
        order = execution.order(order.order_id)
        assert (OrderState.CANCELLED, 60, 40) == (
            order.state,
            order.filled_qty,
            order.cancelled_qty,
        )

    asyncio.run(run())


def test_a_lost_cancel_of_a_part_is_made_once() -> None:
    """It is found in the records, or given up after a minute, never sent again."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        order = await execution.cancel(order.order_id, 40)
        assert OrderState.CANCELLING is order.state
        order = await execution.settle(order.order_id, 70)
        assert (OrderState.WORKING, 100, 2) == (order.state, order.open_qty, bench.broker.calls)

    asyncio.run(run())


def test_a_modify_gives_a_new_number_and_keeps_the_old_fills() -> None:
    """30 fill, the rest moves to a new price and fills there: FILLED with both amounts."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.fill("1", 30, PRICE)
        order = await execution.modify(bench.change(execution.order("T1"), 10_100))
        assert (OrderState.PARTIAL, ("1", "2"), 10_100, 70) == (
            order.state,
            order.broker_ids,
            order.price,
            order.open_qty,
        )
        bench.broker.fill("2", 70, 10_100)
        order = execution.order("T1")
        assert (OrderState.FILLED, 100, 30 * PRICE + 70 * 10_100) == (
            order.state,
            order.filled_qty,
            order.filled_amount,
        )

    asyncio.run(run())


def test_a_fill_of_the_old_number_after_the_modify_is_the_orders_own() -> None:
    """The notice of a fill before the modify comes after it; the order counts it."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NOTICE_LATE)
        bench.broker.fill("1", 30, PRICE)
        order = await execution.modify(bench.change(execution.order("T1"), 10_100))
        assert OrderState.PARTIAL is not order.state
        await execution.settle("T1", 5)
        bench.broker.release_notices()
        bench.broker.fill("2", 70, 10_100)
        order = execution.order("T1")
        assert (OrderState.FILLED, 100, 100) == (order.state, order.qty, order.filled_qty)
        assert 100 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE])
def test_a_lost_modify_is_settled_by_the_records(fault: Fault) -> None:
    """The new number is the order's if it took; else the old one goes on after a minute."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.faults.inject(fault)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        order = await execution.modify(bench.change(execution.order("T1"), 10_100))
        assert OrderState.UNKNOWN is order.state
        with pytest.raises(OutcomeUnknown):
            await execution.cancel("T1")
        order = await execution.settle("T1", 70)
        took = fault is Fault.LOST_AFTER
        assert (OrderState.WORKING, 10_100 if took else PRICE) == (order.state, order.price)
        assert (("1", "2") if took else ("1",)) == order.broker_ids

    asyncio.run(run())


def test_an_order_being_cancelled_is_not_modified() -> None:
    """The second change waits for the first."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.cancel(order.order_id, 40)
        with pytest.raises(NothingOpen):
            await execution.modify(bench.change(order, 10_100))
        assert 2 == bench.broker.calls

    asyncio.run(run())


def test_an_order_that_fills_while_its_cancel_is_repeated_is_filled() -> None:
    """Between two tries all is filled and told: no further cancel is sent."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.BUSY)
        sleep = bench.clock.sleep

        async def fill_and_sleep(seconds: float) -> None:
            bench.broker.fill("1", 100, PRICE)
            await sleep(seconds)

        bench.clock.sleep = fill_and_sleep  # type: ignore[method-assign]
        order = await execution.cancel(order.order_id)
        assert (OrderState.FILLED, 2) == (order.state, bench.broker.calls)

    asyncio.run(run())
