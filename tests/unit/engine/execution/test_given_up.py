"""A call that others gave up, and whose process goes on after all."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.unit.engine.execution.bench import COSTS, POLICY, PRICE, Bench

from jennie_cli.engine.broker import Acknowledged, Fault, OrderTicket
from jennie_cli.engine.execution import Execution
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.store import LedgerEvent, Recorded, Sending
from jennie_cli.engine.venue import default_calendar


class _Stopped:
    """A broker whose every order leaves only when a stopped process goes on."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.stopped, self.goes_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bench.broker, name)

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Wait, then place."""
        self.stopped.set()
        await self.goes_on.wait()
        return await self._bench.broker.place(ticket)


async def _given_up_meanwhile(bench: Bench) -> tuple[Execution, Execution, "asyncio.Task[Order]"]:
    """Return a stopped process, one that gave its order up, and the order about to leave."""
    watcher = await bench.start()
    broker: Any = _Stopped(bench)
    stopped = Execution(
        orders=broker,
        account=broker,
        ledger=bench.ledger,
        clock=bench.clock,
        calendar=default_calendar(),
        policy=POLICY,
        costs=COSTS,
    )
    await stopped.recover()
    sending = asyncio.create_task(stopped.send(bench.approved()))
    await broker.stopped.wait()
    bench.clock.advance(120)
    await watcher.resolve()
    assert OrderState.NOT_SENT is watcher.order("T1").state
    bench.broker.on_notice = None
    broker.goes_on.set()
    return stopped, watcher, sending


def test_an_order_taken_after_it_was_given_up_works_and_is_told() -> None:
    """The answer of the process that was stopped rules over the silence of the records."""

    async def run() -> None:
        bench = Bench()
        stopped, watcher, sending = await _given_up_meanwhile(bench)
        assert OrderState.WORKING is (await sending).state
        for process in (stopped, watcher):
            await process.resolve()
            order = process.order("T1")
            assert (OrderState.WORKING, ("1",)) == (order.state, order.broker_ids)
            assert "The order came to light after it was given up." == order.note
        bench.broker.fill("1", 100, PRICE)
        await watcher.resolve()
        assert OrderState.FILLED is watcher.order("T1").state
        bench.strict()

    asyncio.run(run())


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE])
def test_an_order_lost_after_it_was_given_up_is_looked_for_again(fault: Fault) -> None:
    """UNKNOWN again; the records have a minute from then to show it."""

    async def run() -> None:
        bench = Bench()
        _, watcher, sending = await _given_up_meanwhile(bench)
        for each in (fault, Fault.HIDDEN_ROW):
            bench.broker.faults.inject(each)
        assert OrderState.UNKNOWN is (await sending).state
        await watcher.resolve()
        order = watcher.order("T1")
        assert OrderState.UNKNOWN is order.state
        assert "The order came to light after it was given up." == order.note
        bench.broker.show_rows()
        bench.clock.advance(61)
        await watcher.resolve()
        reached = fault is Fault.LOST_AFTER
        expected = OrderState.WORKING if reached else OrderState.NOT_SENT
        assert expected is watcher.order("T1").state
        bench.strict()

    asyncio.run(run())


def test_an_order_whose_writing_down_took_too_long_is_not_sent() -> None:
    """A disk that stands still for a quarter minute: others take the call for lost by then."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        append, before = bench.ledger.append, bench.broker.calls

        def slowly(events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
            kept = append(events)
            if any(isinstance(e, Sending) for e in events):
                bench.clock.advance(POLICY.call_seconds)
            return kept

        bench.ledger.append = slowly  # type: ignore[method-assign]
        order = await execution.send(bench.approved())
        assert (OrderState.NOT_SENT, before) == (order.state, bench.broker.calls)

    asyncio.run(run())
