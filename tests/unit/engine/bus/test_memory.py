"""The bus in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from jennie_cli.engine.bus import BusDown, BusPolicy, Key, MemoryBus
from jennie_cli.engine.bus.names import BUY_EXECUTOR
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.testing import BusDesk, BusExam

_START = datetime(2026, 11, 20, 9, tzinfo=KST)
_IDLE_S = 0.05


class Moved(ManualClock):
    """A clock that is moved by one, while others sleep on it."""

    def __init__(self) -> None:
        """Stand in the morning."""
        super().__init__(_START)
        self._steps = asyncio.Condition()

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved so far."""
        until = self.monotonic() + seconds
        async with self._steps:
            await self._steps.wait_for(lambda: self.monotonic() >= until)

    async def move(self, seconds: float) -> None:
        """Let the others fall asleep, move on, and let those go first who wake."""
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)
        self.advance(seconds)
        async with self._steps:
            self._steps.notify_all()


class TestMemoryBus(BusExam):
    """The exam on memory."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BusDesk]:
        """Open an empty bus."""
        clock = Moved()
        bus = MemoryBus(clock, policy=BusPolicy(claim_idle_s=_IDLE_S))

        async def kill() -> None:
            bus.switch.down = True

        yield BusDesk(
            streams=bus.streams,
            keys=bus.keys,
            locks=bus.locks,
            wait=clock.move,
            idle_s=_IDLE_S,
            kill=kill,
        )


def test_lifetimes_go_by_the_clock_given() -> None:
    """A key ends and a message counts as left when that clock says so, not the machine's."""

    async def case() -> None:
        clock = ManualClock(_START)
        bus, key = MemoryBus(clock), Key(name="a", ttl_s=600)
        await bus.keys.put(key, "x")
        await bus.streams.join(BUY_EXECUTOR)
        await bus.streams.publish(BUY_EXECUTOR.stream, {"a": "b"})
        await bus.streams.take(BUY_EXECUTOR, "one")
        clock.advance(59)
        assert () == (await bus.streams.claim(BUY_EXECUTOR, "two")).messages
        clock.advance(540)
        assert 1 == len((await bus.streams.claim(BUY_EXECUTOR, "two")).messages)
        assert "x" == await bus.keys.get(key)
        clock.advance(1)
        assert None is await bus.keys.get(key)

    asyncio.run(case())


def test_a_bus_switched_on_again_has_kept_everything() -> None:
    """What was there before is there after."""

    async def case() -> None:
        bus, key = MemoryBus(), Key(name="a", ttl_s=None)
        await bus.keys.put(key, "x")
        bus.switch.down = True
        with pytest.raises(BusDown):
            await bus.keys.get(key)
        bus.switch.down = False
        assert "x" == await bus.keys.get(key)

    asyncio.run(case())


def test_what_is_published_without_waiting_is_there() -> None:
    """About the newest stay, and a group's consumer takes them."""

    async def case() -> None:
        bus = MemoryBus()
        await bus.streams.join(BUY_EXECUTOR)
        for n in range(5):
            bus.publish(BUY_EXECUTOR.stream, {"n": str(n)}, keep=3)
        assert ["2", "3", "4"] == [m.fields["n"] for m in bus.read(BUY_EXECUTOR.stream)]
        taken = await bus.streams.take(BUY_EXECUTOR, "one", count=10)
        assert ["2", "3", "4"] == [message.fields["n"] for message in taken]

    asyncio.run(case())
