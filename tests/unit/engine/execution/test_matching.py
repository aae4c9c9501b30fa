"""Lost calls against records: which row is whose, and when nobody can say."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from tests.unit.engine.execution.bench import CODE, DAY, PRICE, Bench, later, ticket

from jennie_cli.engine.broker import MEMORY, Fault
from jennie_cli.engine.execution import CodeLocked
from jennie_cli.engine.model import BrokerOrder, OrderState, OrderType, Side, Venue
from jennie_cli.engine.store import (
    DayEnded,
    Evidence,
    Flagged,
    Foreign,
    Intended,
    Lost,
    NeverSent,
    RowSeen,
    Taken,
)

PAPER = replace(MEMORY, name="paper", open_orders=False, order_rows=False)


def test_on_paper_a_notice_settles_a_lost_call() -> None:
    """Without rows, the only ACCEPTED notice that fits claims the order."""

    async def run() -> None:
        bench = Bench(capabilities=PAPER)
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved())
        order = await execution.settle("T1", 3)
        assert OrderState.WORKING is order.state
        taken = [e for e in bench.events() if isinstance(e, Taken)]
        assert [Evidence.NOTICE] == [e.how for e in taken]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("side", "price", "found"),
    [
        (Side.BUY, PRICE - 10, True),
        (Side.BUY, PRICE + 10, False),
        (Side.SELL, PRICE + 10, True),
        (Side.SELL, PRICE - 10, False),
    ],
)
def test_on_paper_a_fill_alone_settles_a_lost_call_within_its_limit(
    side: Side, price: int, *, found: bool
) -> None:
    """The ACCEPTED notice is lost; the fill's price must keep the limit."""

    async def run() -> None:
        bench = Bench(capabilities=PAPER, holdings={CODE: (100, 1)})
        execution = await bench.start()
        for fault in (Fault.LOST_AFTER, Fault.NOTICE_LOST):
            bench.broker.faults.inject(fault)
        await execution.send(bench.approved(side))
        bench.broker.fill("1", 100, price)
        order = await execution.settle("T1", 90)
        assert (OrderState.FILLED if found else OrderState.NOT_SENT) is order.state

    asyncio.run(run())


def test_on_paper_an_order_without_a_trace_is_reported() -> None:
    """Silence of a broker that lists no open orders is no proof: NOT_SENT with a flag."""

    async def run() -> None:
        bench = Bench(capabilities=PAPER)
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        order = await execution.settle("T1", 90)
        assert OrderState.NOT_SENT is order.state
        assert "look at it" in order.note
        assert 1 == sum(isinstance(e, Flagged) for e in bench.events())

    asyncio.run(run())


def test_a_row_in_the_open_orders_alone_is_enough() -> None:
    """The list of the day's orders is empty for a while; the open orders tell."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_AFTER)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NO_ROWS)
        await execution.resolve()
        assert OrderState.WORKING is execution.order("T1").state

    asyncio.run(run())


def test_a_clock_that_is_set_back_does_not_hide_an_order_from_its_call() -> None:
    """What was written down after the call is later evidence, whatever the clock says of it."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        for fault in (Fault.LOST_AFTER, Fault.NOTICE_LOST):
            bench.broker.faults.inject(fault)
        await execution.send(bench.approved())
        bench.clock.set_back(0.5)
        await execution.resolve()
        bench.clock.advance(61)
        await execution.resolve()
        order = execution.order("T1")
        assert (OrderState.WORKING, ("1",)) == (order.state, order.broker_ids)

    asyncio.run(run())


def test_an_answer_that_lacks_known_rows_proves_nothing() -> None:
    """The records forget rows they held before: the lost order is not given up on that."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved(code="000660"))
        await execution.resolve()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        bench.clock.advance(61)
        bench.broker.faults.inject(Fault.NO_ROWS)
        bench.broker.fill("1", 100, PRICE)
        await execution.resolve()
        assert OrderState.UNKNOWN is execution.order("T2").state
        await execution.resolve()
        assert OrderState.NOT_SENT is execution.order("T2").state

    asyncio.run(run())


def test_a_row_that_fits_but_for_its_time_is_told_and_not_taken() -> None:
    """A broker clock far ahead: neither claimed nor given up."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        bench.clock.advance(61)
        bench.broker.on_notice = None
        bench.broker.elsewhere(ticket())
        await execution.resolve()
        order = execution.order("T1")
        assert OrderState.UNKNOWN is order.state
        assert "not by its time" in order.note
        assert not any(isinstance(e, NeverSent) for e in bench.events())

    asyncio.run(run())


def test_a_call_of_another_process_in_the_air_is_left_alone() -> None:
    """Its row is not claimed for our lost call of the same kind until its answer is due."""

    async def run() -> None:
        bench = Bench()
        one, two = await bench.start(), await bench.start()
        bench.broker.on_notice = None
        place, answer = bench.broker.place, asyncio.Event()

        async def slow(asked: object) -> object:
            taken = await place(asked)  # type: ignore[arg-type]
            await answer.wait()
            return taken

        bench.broker.place = slow  # type: ignore[method-assign,assignment]
        flight = asyncio.ensure_future(two.send(bench.approved()))
        await asyncio.wait({flight}, timeout=0)
        bench.broker.place = place  # type: ignore[method-assign]
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await one.send(bench.approved())
        await one.resolve()
        assert OrderState.UNKNOWN is one.order("T2").state
        assert not any(isinstance(e, Foreign) for e in bench.events())
        answer.set()
        await flight
        assert OrderState.WORKING is one.order("T1").state
        assert OrderState.NOT_SENT is (await one.settle("T2", 90)).state

    asyncio.run(run())


def test_a_dead_process_in_the_air_locks_its_code() -> None:
    """A Sending without an outcome counts as undecided before anybody calls it lost."""

    async def run() -> None:
        bench = Bench()
        one, two = await bench.start(), await bench.start()
        place = bench.broker.place
        hung = asyncio.Event()

        async def hang(asked: object) -> None:
            await place(asked)  # type: ignore[arg-type]
            await hung.wait()

        bench.broker.place = hang  # type: ignore[method-assign,assignment]
        flight = asyncio.ensure_future(one.send(bench.approved()))
        await asyncio.wait({flight}, timeout=0)
        bench.broker.place = place  # type: ignore[method-assign]
        with pytest.raises(CodeLocked):
            await two.send(bench.approved(reason="SIGNAL"))
        bench.clock.advance(14)
        await two.resolve()
        assert not any(isinstance(e, Lost) for e in bench.events())
        bench.clock.advance(1)
        await two.resolve()
        assert OrderState.WORKING is two.order("T1").state
        assert (1, 1) == (
            sum(isinstance(e, Lost) for e in bench.events()),
            sum(isinstance(e, Taken) for e in bench.events()),
        )
        hung.set()
        await asyncio.wait({flight})

    asyncio.run(run())


def test_a_number_is_not_foreign_while_a_lost_call_could_be_its_maker() -> None:
    """Seen at once it waits; when the call is explained otherwise, it is booked as external."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.elsewhere(ticket(price=PRICE - 10))
        bench.clock.advance(2)
        await execution.resolve()
        assert not any(isinstance(e, Foreign) for e in bench.events())
        bench.clock.advance(3)
        await execution.resolve()
        assert 1 == sum(isinstance(e, Foreign) for e in bench.events())

    asyncio.run(run())


def test_two_lost_calls_and_one_row_pair_by_time() -> None:
    """The row is near the second call; the first was never sent."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        bench.clock.advance(30)
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved())
        await execution.settle("T1", 90)
        states = [o.state for o in execution.book().values()]
        assert [OrderState.NOT_SENT, OrderState.WORKING] == states

    asyncio.run(run())


def test_a_change_made_elsewhere_ends_our_order() -> None:
    """Somebody moved our order by hand: ours is CANCELLED, the new number external."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.fill("1", 30, PRICE)
        row = next(iter(await bench.broker.open_orders()))
        ack = await bench.broker.place(ticket(qty=1))
        await bench.broker.modify(
            replace(ack, broker_id=row.broker_id), ticket(qty=70), price=10_100, qty=70
        )
        bench.clock.advance(6)
        await execution.resolve()
        order = execution.order("T1")
        assert (OrderState.CANCELLED, 30, 70) == (
            order.state,
            order.filled_qty,
            order.cancelled_qty,
        )
        bench.broker.fill("3", 70, 10_100)
        await bench.agrees(execution)

    asyncio.run(run())


def test_an_order_whose_writer_died_before_the_call_is_closed() -> None:
    """Written down, never called: NOT_SENT after the time of a call."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        approved = bench.approved()
        bench.ledger.append([Intended(at=bench.clock.now(), intent=approved.intent, checks=())])
        await execution.resolve()
        assert OrderState.NEW is execution.order("T1").state
        bench.clock.advance(15)
        await execution.resolve()
        assert OrderState.NOT_SENT is execution.order("T1").state

    asyncio.run(run())


def test_a_cancel_without_a_row_is_seen_by_what_it_took_back() -> None:
    """The order's own row shows fewer shares: the lost cancel of a part is taken."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_AFTER)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        rows = bench.broker.orders

        async def own_rows_only(day: date) -> tuple[BrokerOrder, ...]:
            return tuple(r for r in await rows(day) if not r.cancels)

        bench.broker.orders = own_rows_only  # type: ignore[method-assign]
        await execution.cancel("T1", 40)
        await execution.resolve()
        order = execution.order("T1")
        assert (OrderState.WORKING, 60) == (order.state, order.open_qty)
        assert [""] == [e.broker_id for e in bench.events() if isinstance(e, Taken)][1:]

    asyncio.run(run())


@pytest.mark.parametrize(("ours", "state"), [(10_100, OrderState.WORKING), (10_200, None)])
def test_a_lost_modify_among_two_changes_is_told_by_its_price(
    ours: int, state: OrderState | None
) -> None:
    """One change is ours, one somebody else's; when neither is like ours it is ambiguous."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.modify(bench.change(order, ours))
        for number, price in (("8", 10_100), ("9", 10_150)):
            bench.ledger.append([RowSeen(at=bench.clock.now(), row=_moved(number, price))])
        await execution.resolve()
        order = execution.order("T1")
        if state is None:
            assert OrderState.UNKNOWN is order.state
            assert "ambiguous" in order.note
        else:
            assert (state, ("1", "8")) == (order.state, order.broker_ids)

    asyncio.run(run())


def test_a_day_does_not_end_over_a_call_that_may_still_be_found() -> None:
    """Lost shortly before, the order is decided first; then the day ends."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.clock.advance(5.5 * 3600 + 50)
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        bench.clock.advance(20)
        await execution.resolve()
        assert not any(isinstance(e, DayEnded) for e in bench.events())
        bench.clock.advance(40)
        await execution.resolve()
        assert OrderState.NOT_SENT is execution.order("T1").state

    asyncio.run(run())


def test_an_order_outside_the_regular_market_lives_until_eight() -> None:
    """An NXT order is open after the KRX close and EXPIRED after 20:00."""

    async def run() -> None:
        bench = Bench(capabilities=replace(MEMORY, venues=(Venue.KRX, Venue.NXT)))
        execution = await bench.start()
        await execution.send(bench.approved(venue=Venue.NXT))
        bench.clock.advance(6 * 3600)
        await execution.resolve()
        assert OrderState.WORKING is execution.order("T1").state
        bench.clock.advance(4 * 3600 + 60)
        await execution.resolve()
        assert OrderState.EXPIRED is execution.order("T1").state

    asyncio.run(run())


def test_a_day_without_a_session_ends_with_the_day() -> None:
    """What was tried on a Saturday is over on Sunday."""

    async def run() -> None:
        bench = Bench()
        bench.clock.advance(4 * 86_400)
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.clock.advance(8 * 3600)
        await execution.resolve()
        assert OrderState.WORKING is execution.order("T1").state
        bench.clock.advance(8 * 3600)
        await execution.resolve()
        assert OrderState.EXPIRED is execution.order("T1").state

    asyncio.run(run())


def _moved(number: str, price: int) -> BrokerOrder:
    return BrokerOrder(
        broker_id=number,
        branch="00950",
        day=DAY,
        ordered_at=later(1),
        code=CODE,
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=100,
        price=price,
        filled_qty=0,
        filled_amount=0,
        remaining_qty=100,
        original_id="1",
    )
