"""The exam of a bus: subclass it in a test module and give `open`.

Every case starts with an empty bus.
"""

from jennie_cli.engine.bus import (
    BusDown,
    holding,
)
from jennie_cli.testing.bus_desk import ALL, KEY, STREAM, BusDesk, failure_of
from jennie_cli.testing.bus_keys import KeyCases
from jennie_cli.testing.bus_streams import StreamCases


class BusExam(StreamCases, KeyCases):
    """Numbered questions about streams, keys, locks, and the death of a bus."""

    def test_23_a_dead_bus_answers_nothing(self) -> None:
        """Every call of every port says so by name."""

        async def case(desk: BusDesk) -> None:
            streams, keys, locks = desk.streams, desk.keys, desk.locks
            await streams.join(ALL)
            held = await locks.acquire(KEY)
            assert held is not None
            await desk.kill()
            for ask in (
                streams.publish(STREAM, {"a": "b"}),
                streams.publish(STREAM, {"a": "b"}, {"a": "c"}),
                streams.join(ALL),
                streams.take(ALL, "one"),
                streams.take(ALL, "one", wait_s=5),
                streams.done(ALL, "1-0"),
                streams.resume(ALL, "one"),
                streams.claim(ALL, "one"),
                streams.newest(STREAM),
                streams.backlog(ALL),
                keys.get(KEY),
                keys.put(KEY, "x"),
                keys.put_all({KEY: "x"}),
                keys.put_if_absent(KEY, "x"),
                keys.delete(KEY),
                keys.ttl(KEY),
                keys.names("exam"),
                keys.put_hash(KEY, {"a": "b"}),
                keys.get_hash(KEY),
                locks.acquire(KEY),
                locks.release(held),
            ):
                assert BusDown in await failure_of(ask)

        self.ask(case)

    def test_24_a_bus_that_dies_takes_nothing_back_from_the_work(self) -> None:
        """Who holds a lock meanwhile ends normally; the lock runs out by itself."""

        async def case(desk: BusDesk) -> None:
            async with holding(desk.locks, KEY) as mine:
                await desk.kill()
            assert mine

        self.ask(case)
