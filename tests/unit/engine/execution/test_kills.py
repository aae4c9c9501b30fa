"""The process is killed at every boundary of an order's life, and another starts on its ledger."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.unit.engine.execution.bench import CODE, PRICE, Bench, Fuse, Killed

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.execution import Execution
from jennie_cli.engine.model import OrderState

Script = Callable[[Bench, Execution], Awaitable[None]]


async def _place_and_fill(bench: Bench, execution: Execution) -> None:
    await execution.send(bench.approved(order_id="A"))
    bench.broker.trade(CODE, PRICE, 30)
    await execution.settle("A", 3)
    bench.broker.trade(CODE, PRICE, 70)
    await execution.settle("A", 3)


async def _place_and_cancel(bench: Bench, execution: Execution) -> None:
    await execution.send(bench.approved(order_id="A"))
    bench.broker.trade(CODE, PRICE, 30)
    await execution.cancel("A")


async def _modify_and_fill(bench: Bench, execution: Execution) -> None:
    await execution.send(bench.approved(order_id="A"))
    bench.broker.trade(CODE, PRICE, 30)
    await execution.modify(bench.change(execution.order("A"), 10_100))
    bench.broker.trade(CODE, 10_100, 70)
    await execution.settle("A", 3)


async def _lost_and_found(bench: Bench, execution: Execution) -> None:
    bench.broker.faults.inject(Fault.LOST_AFTER)
    bench.broker.faults.inject(Fault.NOTICE_LOST, 2)
    await execution.send(bench.approved(order_id="A"))
    bench.broker.trade(CODE, PRICE, 30)
    await execution.settle("A", 3)


async def _two_orders_and_the_close(bench: Bench, execution: Execution) -> None:
    await execution.send(bench.approved(order_id="A"))
    await execution.send(bench.approved(order_id="B", price=9_900))
    bench.broker.trade(CODE, PRICE, 30)
    bench.clock.advance(6 * 3600)
    bench.broker.end_session()
    await execution.resolve()


SCRIPTS: tuple[Script, ...] = (
    _place_and_fill,
    _place_and_cancel,
    _modify_and_fill,
    _lost_and_found,
    _two_orders_and_the_close,
)


async def _killed_at(script: Script, boundary: int, *, deaf: bool) -> bool:
    """Run a script, die at a boundary, start again; answer whether the boundary was reached."""
    bench = Bench()
    bench.broker.quote("000020", 1)
    fuse = Fuse(boundary)
    try:
        execution = await bench.start(fuse=fuse)
        if deaf:
            bench.broker.on_notice = None
        await script(bench, execution)
    except Killed:
        dead = True
    else:
        dead = False
    bench.bury()
    sent = len(await bench.broker.orders(bench.clock.now().date()))
    calls = bench.broker.calls
    bench.broker.trade(CODE, PRICE, 50)
    again = await bench.start()
    for order_id in list(again.book()):
        await again.settle(order_id, 80)
    await bench.agrees(again)
    assert calls == bench.broker.calls
    assert sent == len(
        {row.broker_id for row in await bench.broker.orders(bench.clock.now().date())}
    )
    open_fates = {OrderState.UNKNOWN, OrderState.NEW, OrderState.SENT}
    assert not open_fates & {o.state for o in again.book().values()}
    bench.strict()
    return dead


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_kill_anywhere_sends_nothing_twice_and_loses_nothing(script: Script, deaf: bool) -> None:
    """At each boundary: no further call, every fill in the ledger, every fate known."""

    async def run() -> int:
        boundary = 0
        while await _killed_at(script, boundary, deaf=deaf):
            boundary += 1
        return boundary

    assert 15 <= asyncio.run(run())


def test_an_order_sent_again_after_a_kill_is_not_sent_again() -> None:
    """Whoever asked for the order asks once more after the restart: one order at the broker."""

    async def run() -> None:
        boundary, dead = 0, True
        while dead:
            bench, dead = Bench(), False
            approved = bench.approved(order_id="A")
            try:
                execution = await bench.start(fuse=Fuse(boundary))
                await execution.send(approved)
            except Killed:
                dead = True
            bench.bury()
            again = await bench.start()
            await again.send(approved)
            await again.settle("A", 80)
            assert 1 >= len(await bench.broker.orders(bench.clock.now().date()))
            boundary += 1

    asyncio.run(run())
