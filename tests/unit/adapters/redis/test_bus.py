"""The bus on a real server: deaths, pauses, refusals."""

import asyncio
import os
import signal
from datetime import datetime

import pytest
from tests.unit.adapters.redis.serving import IDLE_S, Place

from jennie_cli.adapters.redis import RedisBus
from jennie_cli.engine.bus import BusDown, BusPolicy, BusRefused, Claimed, GroupLost, Key, Message
from jennie_cli.engine.bus.names import LOCK_BUY, SELL_EXECUTOR, SIGNAL_SEEN
from jennie_cli.engine.clock import KST, ManualClock

_GROUP = SELL_EXECUTOR
_KEY = Key(name="a", ttl_s=None)


async def handle(bus: RedisBus, messages: tuple[Message, ...], acted: list[str]) -> None:
    """Act for each message whose key nobody marked, then say done."""
    for message in messages:
        number = message.fields["signal_id"]
        if await bus.keys.put_if_absent(SIGNAL_SEEN.of(number), "seen"):
            acted.append(number)
        await bus.streams.done(_GROUP, message.id)


def test_what_a_killed_server_had_handed_out_is_acted_on_once(place: Place) -> None:
    """Done before the death, acted on but not done, taken only, never taken: each once."""
    numbers = [str(n) for n in range(20)]
    acted: list[str] = []

    async def before(bus: RedisBus) -> None:
        await bus.streams.join(_GROUP)
        await bus.streams.publish(_GROUP.stream, *({"signal_id": n} for n in numbers))
        taken = await bus.streams.take(_GROUP, "executor", count=10)
        await handle(bus, taken[:3], acted)
        number = taken[3].fields["signal_id"]
        assert await bus.keys.put_if_absent(SIGNAL_SEEN.of(number), "seen")
        acted.append(number)
        await place.kill()
        with pytest.raises(BusDown):
            await bus.streams.done(_GROUP, taken[3].id)

    async def after(bus: RedisBus) -> None:
        await bus.streams.join(_GROUP)
        resumed = await bus.streams.resume(_GROUP, "executor")
        assert numbers[3:10] == [message.fields["signal_id"] for message in resumed.messages]
        await handle(bus, resumed.messages[:4], acted)
        await place.clock.sleep(IDLE_S * 1.5)
        claimed = await bus.streams.claim(_GROUP, "second")
        assert numbers[7:10] == [message.fields["signal_id"] for message in claimed.messages]
        await handle(bus, claimed.messages, acted)
        await handle(bus, await bus.streams.take(_GROUP, "second", count=100), acted)
        assert 0 == (await bus.streams.backlog(_GROUP)).pending

    async def case() -> None:
        async with place.bus() as bus:
            await before(bus)
        async with place.bus() as bus:
            await after(bus)

    asyncio.run(case())
    assert numbers == acted


def test_a_consumer_waiting_when_the_server_dies_is_told(place: Place) -> None:
    """At once, not after its wait."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.streams.join(_GROUP)
            waiting = asyncio.ensure_future(bus.streams.take(_GROUP, "one", wait_s=500))
            await place.clock.sleep(0.05)
            await place.kill()
            async with asyncio.timeout(5):
                with pytest.raises(BusDown):
                    await waiting

    asyncio.run(case())


def test_a_consumer_that_is_stopped_while_waiting_loses_nothing(place: Place) -> None:
    """What comes next goes to the next who asks, and the bus works on."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.streams.join(_GROUP)
            waiting = asyncio.ensure_future(bus.streams.take(_GROUP, "one", wait_s=500))
            await place.clock.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await place.clock.sleep(0.05)
            await bus.streams.publish(_GROUP.stream, {"a": "b"})
            assert 1 == len(await bus.streams.take(_GROUP, "one"))
            assert Claimed() == await bus.streams.claim(_GROUP, "two")

    asyncio.run(case())


def test_a_dead_bus_is_left_alone_for_a_while(place: Place) -> None:
    """5 s after the first failure, however many calls met it; then it is started again."""

    async def case() -> None:
        steady = ManualClock(datetime(2026, 11, 20, 9, tzinfo=KST))
        async with place.bus(steady=steady) as bus:
            await bus.keys.put(_KEY, "kept")
            await place.kill()
            calls = [bus.keys.get(_KEY) for _ in range(5)]
            told = await asyncio.gather(*calls, return_exceptions=True)
            assert [BusDown] * 5 == [type(one) for one in told]
            steady.advance(4.9)
            with pytest.raises(BusDown, match="next try in"):
                await bus.keys.get(_KEY)
            assert None is place.server().pid
            steady.advance(0.2)
            assert "kept" == await bus.keys.get(_KEY)
            assert place.server().pid is not None

    asyncio.run(case())


def test_pauses_grow_while_the_bus_stays_dead(place: Place) -> None:
    """5 s, 10 s, 15 s: a folder that is gone cannot be served; a success begins anew."""

    async def case() -> None:
        steady = ManualClock(datetime(2026, 11, 20, 9, tzinfo=KST))
        away = place.folder.with_name("away")
        async with place.bus(steady=steady) as bus:
            await place.kill()
            place.folder.rename(away)
            place.folder.write_text("in the way")
            for pause_s in (0, 5, 10):
                steady.advance(max(0, pause_s - 0.1))
                if pause_s:
                    with pytest.raises(BusDown, match="next try"):
                        await bus.keys.get(_KEY)
                steady.advance(0.2)
                with pytest.raises(BusDown, match="is down: "):
                    await bus.keys.get(_KEY)
            place.folder.unlink()
            away.rename(place.folder)
            steady.advance(15.1)
            assert None is await bus.keys.get(_KEY)
            await place.kill()
            with pytest.raises(BusDown, match="is down: "):
                await bus.keys.get(_KEY)
            steady.advance(5.1)
            assert None is await bus.keys.get(_KEY)

    asyncio.run(case())


def test_a_server_that_hangs_counts_as_dead(place: Place) -> None:
    """Within the policy's time, by name; it works on when it wakes."""

    async def case() -> None:
        steady = ManualClock(datetime(2026, 11, 20, 9, tzinfo=KST))
        async with place.bus(steady=steady, policy=BusPolicy(timeout_s=0.5)) as bus:
            pid = place.pid
            os.kill(pid, signal.SIGSTOP)
            for _ in range(2):
                async with asyncio.timeout(5):
                    with pytest.raises(BusDown, match="no answer in time"):
                        await bus.keys.get(_KEY)
                steady.advance(10.1)
            os.kill(pid, signal.SIGCONT)
            assert None is await bus.keys.get(_KEY)

    asyncio.run(case())


def test_a_full_bus_refuses_and_still_tells(place: Place) -> None:
    """A refusal is an answer: the bus is not left alone for it."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.keys.put(_KEY, "kept")
            await place.ask("CONFIG", "SET", "maxmemory", "1")
            with pytest.raises(BusRefused, match="maxmemory"):
                await bus.keys.put(_KEY, "more")
            with pytest.raises(BusRefused, match="maxmemory"):
                await bus.streams.publish("s", {"a": "b"}, {"a": "c"})
            assert "kept" == await bus.keys.get(_KEY)

    asyncio.run(case())


def test_a_bus_that_lost_its_data_says_which_group_is_gone(place: Place) -> None:
    """Joining makes it work again."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.streams.join(_GROUP)
            await place.ask("FLUSHALL")
            with pytest.raises(GroupLost):
                await bus.streams.take(_GROUP, "one", wait_s=1)
            await bus.streams.join(_GROUP)
            assert () == await bus.streams.take(_GROUP, "one")

    asyncio.run(case())


def test_equal_seeds_make_different_tokens(place: Place) -> None:
    """So that no owner ever opens the lock of another."""

    async def case() -> None:
        async with place.bus() as one, place.bus() as two:
            first = await one.locks.acquire(LOCK_BUY.of("005930"))
            second = await two.locks.acquire(LOCK_BUY.of("000660"))
            assert first is not None
            assert second is not None
            assert first.token.split("-")[-1] == second.token.split("-")[-1]
            assert first.token != second.token

    asyncio.run(case())
