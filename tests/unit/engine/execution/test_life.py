"""An order's life at a broker that behaves, and at one that does not."""

import asyncio

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, Bench, ticket

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.execution import (
    CodeLocked,
    NoSuchOrder,
    NothingOpen,
    NotRecovered,
)
from jennie_cli.engine.model import OrderState, OrderType, Side
from jennie_cli.engine.store import Flagged, Intended, Lost, NeverSent, Sending, Taken, TurnedDown


def test_the_intent_and_the_call_are_written_down_before_the_call_is_made() -> None:
    """A reply finds Intended and Sending in the ledger, in this order."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        kinds = [type(e) for e in bench.events() if isinstance(e, Intended | Sending | Taken)]
        assert [Intended, Sending, Taken] == kinds
        assert (OrderState.WORKING, ("1",)) == (order.state, order.broker_ids)

    asyncio.run(run())


def test_nothing_is_sent_before_the_recovery() -> None:
    """A fresh process refuses to send, change or cancel."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start(recover=False)
        assert not execution.ready
        with pytest.raises(NotRecovered):
            await execution.send(bench.approved())
        with pytest.raises(NotRecovered):
            await execution.cancel("T1")
        assert 0 == bench.broker.calls

    asyncio.run(run())


def test_a_dry_run_is_journalled_and_never_sent() -> None:
    """The order is DRY_RUN and the broker was not called."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved(dry_run=True))
        assert (OrderState.DRY_RUN, 0) == (order.state, bench.broker.calls)

    asyncio.run(run())


def test_the_same_order_twice_is_one_order() -> None:
    """A second delivery of one order id answers with the first order and sends nothing."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        approved = bench.approved()
        first = await execution.send(approved)
        assert first == await execution.send(approved)
        assert first == await (await bench.start()).send(approved)
        assert 1 == bench.broker.calls

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (Fault.REFUSED, OrderState.REJECTED, "FAULT"),
        (Fault.BUSY, OrderState.NOT_SENT, ""),
        (Fault.UNREACHABLE, OrderState.NOT_SENT, ""),
    ],
)
def test_a_refused_or_undelivered_order_is_over(fault: Fault, state: OrderState, code: str) -> None:
    """What surely is not working ends the order, with the broker's code if it gave one."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(fault)
        assert state is (await execution.send(bench.approved())).state
        down = [e for e in bench.events() if isinstance(e, TurnedDown)]
        assert [code] == [e.broker_code for e in down]

    asyncio.run(run())


def test_a_partial_fill_then_a_cancel_leaves_the_filled_part() -> None:
    """30 of 100 fill, the rest is cancelled: CANCELLED with 30 at their price."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.fill("1", 30, PRICE)
        assert OrderState.PARTIAL is execution.order(order.order_id).state
        order = await execution.cancel(order.order_id)
        assert (OrderState.CANCELLED, 30, 30 * PRICE) == (
            order.state,
            order.filled_qty,
            order.filled_amount,
        )
        assert 30 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


def test_notices_before_the_reply_end_in_the_same_order() -> None:
    """Accepted and filled are heard inside the call; the reply then claims the number."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.quote(CODE, PRICE)
        order = await execution.send(bench.approved())
        assert (OrderState.FILLED, 100) == (order.state, order.filled_qty)
        bench.strict()

    asyncio.run(run())


def test_a_lost_order_that_arrived_is_found_and_not_sent_again() -> None:
    """UNKNOWN, then WORKING under the number of the only row that fits."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_AFTER)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        order = await execution.send(bench.approved())
        assert OrderState.UNKNOWN is order.state
        order = await execution.settle(order.order_id, 2)
        assert (OrderState.WORKING, ("1",), 1) == (
            order.state,
            order.broker_ids,
            bench.broker.calls,
        )

    asyncio.run(run())


def test_a_lost_order_without_a_trace_becomes_not_sent_after_a_minute() -> None:
    """59 seconds are not enough; after 60 it is NOT_SENT and was called once."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        bench.clock.advance(59)
        await execution.resolve()
        assert OrderState.UNKNOWN is execution.order("T1").state
        bench.clock.advance(1)
        await execution.resolve()
        order = execution.order("T1")
        assert (OrderState.NOT_SENT, "", 1) == (order.state, order.note, bench.broker.calls)

    asyncio.run(run())


def test_a_row_that_shows_up_late_still_brings_the_order_back() -> None:
    """Hidden for more than a minute, the order is given up, then found and told to a person."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        for fault in (Fault.LOST_AFTER, Fault.NOTICE_LOST, Fault.HIDDEN_ROW):
            bench.broker.faults.inject(fault)
        await execution.send(bench.approved())
        assert OrderState.NOT_SENT is (await execution.settle("T1", 90)).state
        bench.broker.show_rows()
        await execution.resolve()
        order = execution.order("T1")
        assert OrderState.WORKING is order.state
        assert "came to light" in order.note

    asyncio.run(run())


def test_two_rows_for_one_lost_call_are_ambiguous() -> None:
    """A twin order made elsewhere: UNKNOWN stays, is told, and its code is locked."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved())
        bench.broker.elsewhere(ticket())
        order = await execution.settle("T1", 90)
        assert OrderState.UNKNOWN is order.state
        assert "ambiguous" in order.note
        assert 1 == sum(isinstance(e, Flagged) for e in bench.events())
        bench.broker.fill("1", 100, PRICE)
        bench.broker.fill("2", 100, PRICE)
        assert 200 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


def test_as_many_rows_as_lost_calls_are_paired_in_time_order() -> None:
    """Two lost calls a few seconds apart get the rows in the order they were made."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        for _ in range(2):
            bench.broker.faults.inject(Fault.LOST_AFTER)
            bench.broker.faults.inject(Fault.NOTICE_LOST)
            await execution.send(bench.approved())
            bench.clock.advance(5)
        await execution.resolve()
        assert [("1",), ("2",)] == [o.broker_ids for o in execution.book().values()]

    asyncio.run(run())


def test_an_order_known_before_the_call_never_explains_it() -> None:
    """A row read before our call cannot be ours; ours was never sent."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.elsewhere(ticket())
        await execution.refresh()
        bench.clock.advance(1)
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        assert OrderState.NOT_SENT is (await execution.settle("T1", 90)).state

    asyncio.run(run())


def test_an_unknown_order_locks_its_code_for_automatic_orders() -> None:
    """Automatic buys and doubled sells are refused; by hand, in other codes and exits pass."""

    async def run() -> None:
        bench = Bench(holdings={CODE: (100, 1_000_000)})
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        with pytest.raises(CodeLocked):
            await execution.send(bench.approved(reason="SIGNAL"))
        assert 1 == bench.broker.calls
        for approved in (
            bench.approved(),
            bench.approved(reason="SIGNAL", code=OTHER),
            bench.approved(Side.SELL, reason="STOP_LOSS"),
        ):
            assert OrderState.WORKING is (await execution.send(approved)).state

    asyncio.run(run())


def test_an_order_made_elsewhere_is_booked_as_external() -> None:
    """Its fills are in the portfolio without an order of ours, and nothing differs."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.quote(CODE, PRICE)
        bench.clock.advance(1)
        bench.broker.elsewhere(ticket())
        bench.clock.advance(6)
        found = await execution.reconcile()
        assert () == found.differences
        assert [None] == [b.fill.order_id for b in bench.portfolio().booked]
        assert 100 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


def test_what_the_exchange_turns_away_is_rejected() -> None:
    """Taken by the broker, rejected after: REJECTED; with a part filled: CANCELLED."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        await execution.send(bench.approved())
        bench.broker.reject("1")
        bench.broker.fill("2", 30, PRICE)
        bench.broker.reject("2")
        states = [o.state for o in execution.book().values()]
        assert [OrderState.REJECTED, OrderState.CANCELLED] == states
        await execution.resolve()
        assert states == [o.state for o in bench.strict().orders().values()]

    asyncio.run(run())


def test_day_orders_expire_after_the_close() -> None:
    """A minute after the close the open rest is EXPIRED, what was filled stays."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        await execution.send(bench.approved())
        bench.broker.fill("2", 30, PRICE)
        bench.clock.advance(5.5 * 3600 + 59)
        await execution.resolve()
        assert not any(o.state.final for o in execution.book().values())
        bench.clock.advance(1)
        await execution.resolve()
        assert [(OrderState.EXPIRED, 0), (OrderState.EXPIRED, 30)] == [
            (o.state, o.filled_qty) for o in execution.book().values()
        ]
        bench.strict()

    asyncio.run(run())


def test_orders_left_from_an_earlier_day_are_read_and_ended() -> None:
    """A process that starts the next morning reads yesterday's records first."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        bench.broker.fill("1", 30, PRICE)
        bench.broker.end_session()
        bench.clock.advance(22 * 3600)
        recovery = await (await bench.start(recover=False)).recover()
        order = (await bench.start()).order("T1")
        assert (OrderState.EXPIRED, 30) == (order.state, order.filled_qty)
        assert ((), ()) == (recovery.live, recovery.reconciliation.differences)

    asyncio.run(run())


def test_settle_returns_a_resting_order_when_nothing_moves() -> None:
    """With a quiet time the wait ends early; without one it lasts as long as was asked."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        start = bench.clock.monotonic()
        order = await execution.settle("T1", 90, quiet_seconds=5)
        assert (OrderState.WORKING, 5) == (order.state, bench.clock.monotonic() - start)
        start = bench.clock.monotonic()
        await execution.settle("T1", 10)
        assert 10 == bench.clock.monotonic() - start

    asyncio.run(run())


def test_settle_waits_on_when_the_broker_cannot_be_read() -> None:
    """Failed looks change nothing; the next one finds the fill."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        bench.broker.fill("1", 100, PRICE)
        bench.broker.faults.inject(Fault.READ_FAILS, 2)
        assert OrderState.FILLED is (await execution.settle("T1", 30)).state

    asyncio.run(run())


def test_what_has_nothing_open_cannot_be_changed() -> None:
    """Final, unknown and unheard-of orders say why."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.quote(CODE, PRICE)
        order = await execution.send(bench.approved())
        with pytest.raises(NothingOpen):
            await execution.cancel(order.order_id)
        with pytest.raises(NothingOpen):
            await execution.modify(bench.change(order, 1))
        with pytest.raises(NoSuchOrder):
            await execution.settle("nobody", 1)

    asyncio.run(run())


def test_a_market_order_is_matched_without_a_price() -> None:
    """A lost market order is found by its row."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.quote(CODE, PRICE)
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved(type=OrderType.MARKET, price=None))
        order = await execution.settle("T1", 5)
        assert (OrderState.FILLED, 100) == (order.state, order.filled_qty)

    asyncio.run(run())


def test_a_call_cut_off_from_outside_is_lost() -> None:
    """A cancelled task leaves the order UNKNOWN, and the records settle it."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        place = bench.broker.place

        async def hang(*args: object) -> None:
            await place(*args)  # type: ignore[arg-type]
            await asyncio.Event().wait()

        bench.broker.place = hang  # type: ignore[method-assign,assignment]
        task = asyncio.ensure_future(execution.send(bench.approved()))
        for _ in range(5):
            await asyncio.wait({task}, timeout=0)
        task.cancel()
        await asyncio.wait({task})
        assert OrderState.UNKNOWN is execution.order("T1").state
        assert 1 == sum(isinstance(e, Lost) for e in bench.events())
        assert OrderState.WORKING is (await execution.settle("T1", 3)).state
        assert not any(isinstance(e, NeverSent) for e in bench.events())

    asyncio.run(run())
