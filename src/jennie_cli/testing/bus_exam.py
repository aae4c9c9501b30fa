"""The exam of a bus: subclass it in a test module and give `open`.

Every case starts with an empty bus.
"""

import math

from jennie_cli.engine.bus import (
    Backlog,
    BusDown,
    BusRefused,
    Message,
    dead_of,
    holding,
)
from jennie_cli.testing.bus_desk import ALL, KEY, SHORT, STREAM, TTL_S, BusDesk, failure_of
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
                streams.bury(ALL, Message(id="1-0", fields={}), why="x"),
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
                keys.add_words(KEY, {"a"}),
                keys.words_of(KEY, {"a"}),
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

    def test_25_a_bag_of_words_grows(self) -> None:
        """Each word is there once; each addition begins its lifetime anew."""

        async def case(desk: BusDesk) -> None:
            assert 2 == await desk.keys.add_words(SHORT, {"하나", "둘"})
            assert 1 == await desk.keys.add_words(SHORT, {"둘", "셋"})
            assert 0 == await desk.keys.add_words(SHORT, ())
            assert {"하나", "셋"} == await desk.keys.words_of(SHORT, {"하나", "셋", "넷"})
            assert frozenset() == await desk.keys.words_of(SHORT, ())
            await desk.wait(TTL_S * 1.5)
            assert frozenset() == await desk.keys.words_of(SHORT, {"하나"})
            await desk.keys.add_words(KEY, {"하나"})
            assert math.inf == await desk.keys.ttl(KEY)
            assert BusRefused in await failure_of(desk.keys.get_hash(KEY))
            await desk.keys.put(KEY, "x")
            assert BusRefused in await failure_of(desk.keys.words_of(KEY, {"x"}))

        self.ask(case)

    def test_26_who_knows_the_error_buries_with_it(self) -> None:
        """Once, out of the group's hands, beside what its message was."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.told("poison")
            (poison,) = await desk.streams.take(ALL, "one")
            assert await desk.streams.bury(ALL, poison, why="no JSON")
            assert not await desk.streams.bury(ALL, poison, why="again")
            (letter,) = await desk.streams.newest(dead_of(STREAM))
            told = {**letter.fields}
            assert ("poison", "no JSON", "1") == (
                told["text"],
                told["dead:error"],
                told["dead:deliveries"],
            )
            assert Backlog(length=1, pending=0) == await desk.streams.backlog(ALL)

        self.ask(case)

    def test_27_what_fell_off_the_end_is_let_go_without_a_letter(self) -> None:
        """There is nothing left of it to keep."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.told("poison")
            (poison,) = await desk.streams.take(ALL, "one")
            await desk.streams.publish(STREAM, *({"n": str(n)} for n in range(300)), keep=1)
            assert await desk.streams.bury(ALL, poison, why="no JSON")
            assert () == await desk.streams.newest(dead_of(STREAM))

        self.ask(case)
