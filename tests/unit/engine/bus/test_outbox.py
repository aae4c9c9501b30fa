"""Ticks on their way to the bus."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from jennie_cli.engine.bus import MemoryBus, TickOutbox
from jennie_cli.engine.bus.names import PRICES


def tick(code: str, price: int) -> Mapping[str, str]:
    """Return a tick as fields."""
    return {"code": code, "price": str(price)}


@asynccontextmanager
async def running(outbox: TickOutbox) -> AsyncIterator[None]:
    """Run an outbox meanwhile."""
    task = asyncio.ensure_future(outbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def turns() -> None:
    """Let the others go first for a few turns."""
    for _ in range(5):
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)


def test_ticks_arrive_whole_and_in_order() -> None:
    """Each once."""

    async def case() -> None:
        bus = MemoryBus()
        outbox = TickOutbox(bus.streams)
        sent = [tick("005930", price) for price in range(50)]
        async with running(outbox):
            for one in sent:
                outbox.publish(PRICES, one)
            await turns()
            assert sent == [message.fields for message in bus.read(PRICES)]
        assert 0 == outbox.fallen

    asyncio.run(case())


def test_what_a_dead_bus_did_not_take_is_a_gap() -> None:
    """It is counted, and the next tick of such a stock says so; those of others do not."""

    async def case() -> None:
        bus = MemoryBus()
        outbox = TickOutbox(bus.streams)
        async with running(outbox):
            bus.switch.down = True
            outbox.publish(PRICES, tick("005930", 1))
            outbox.publish(PRICES, tick("005930", 2))
            await turns()
            bus.switch.down = False
            for one in (tick("000660", 5), tick("005930", 3), tick("005930", 4)):
                outbox.publish(PRICES, one)
            await turns()
        assert 2 == outbox.fallen
        assert [
            tick("000660", 5),
            {**tick("005930", 3), "after_gap": "1"},
            tick("005930", 4),
        ] == [message.fields for message in bus.read(PRICES)]

    asyncio.run(case())


def test_a_full_outbox_lets_the_oldest_fall() -> None:
    """What stays of the stock begins with a gap."""

    async def case() -> None:
        bus = MemoryBus()
        outbox = TickOutbox(bus.streams, room=2)
        for price in range(5):
            outbox.publish(PRICES, tick("005930", price))
        async with running(outbox):
            await turns()
        assert 3 == outbox.fallen
        assert [
            {**tick("005930", 3), "after_gap": "1"},
            tick("005930", 4),
        ] == [message.fields for message in bus.read(PRICES)]

    asyncio.run(case())
