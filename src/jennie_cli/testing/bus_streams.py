"""The questions about streams in the exam of a bus."""

import asyncio
from collections.abc import Mapping

from jennie_cli.engine.bus import (
    Backlog,
    Claimed,
    Group,
    GroupLost,
    Message,
    dead_of,
)
from jennie_cli.testing.bus_desk import (
    ALL,
    NEW,
    STREAM,
    BusCases,
    BusDesk,
    failure_of,
)


class StreamCases(BusCases):
    """Questions about streams."""

    def test_01_messages_come_whole_and_in_order(self) -> None:
        """Every field as it was sent; ids rise and are those that publishing returned."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            sent: list[Mapping[str, str]] = [{"name": "삼성전자", "empty": ""}, {"n": "2\r\n"}]
            ids = await desk.streams.publish(STREAM, *sent)
            ids += await desk.streams.publish(STREAM, {"n": "3"})
            taken = await desk.streams.take(ALL, "one", count=10)
            assert [*sent, {"n": "3"}] == [message.fields for message in taken]
            assert list(ids) == [message.id for message in taken]
            assert [1, 1, 1] == [message.delivered for message in taken]

        self.ask(case)

    def test_02_a_group_begins_where_it_says(self) -> None:
        """At the first message or after the last one; joining again moves nothing."""

        async def case(desk: BusDesk) -> None:
            await desk.told("before")
            for group in (ALL, NEW):
                await desk.streams.join(group)
            await desk.told("after")
            assert ["before", "after"] == await _texts(desk, ALL)
            for group in (ALL, NEW):
                await desk.streams.join(group)
            assert [] == await _texts(desk, ALL)
            assert ["after"] == await _texts(desk, NEW)

        self.ask(case)

    def test_03_a_message_goes_to_one_consumer_of_each_group(self) -> None:
        """Whoever asks first; another group has its own."""

        async def case(desk: BusDesk) -> None:
            for group in (ALL, NEW):
                await desk.streams.join(group)
            await desk.told(*"abcdef")
            takes = [desk.streams.take(ALL, name, count=1) for name in "xyxyxy"]
            got = [
                message.fields["text"] for some in await asyncio.gather(*takes) for message in some
            ]
            assert list("abcdef") == sorted(got)
            assert list("abcdef") == await _texts(desk, NEW)

        self.ask(case)

    def test_04_a_consumer_waits_for_what_comes(self) -> None:
        """It wakes with the message; nothing comes of a wait in vain."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            in_vain = asyncio.ensure_future(desk.streams.take(ALL, "one", wait_s=0.05))
            await desk.wait(0.1)
            assert () == await in_vain
            waiting = asyncio.ensure_future(desk.streams.take(ALL, "one", wait_s=60))
            await desk.wait(0.02)
            await desk.told("here")
            assert ["here"] == [message.fields["text"] for message in await waiting]

        self.ask(case)

    def test_05_done_lets_go_once(self) -> None:
        """It counts what was still handed out; then nobody can resume it."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            ids = await desk.told("a", "b")
            await _texts(desk, ALL)
            assert Backlog(length=2, pending=2) == await desk.streams.backlog(ALL)
            assert 2 == await desk.streams.done(ALL, *ids)
            assert 0 == await desk.streams.done(ALL, *ids)
            assert 0 == await desk.streams.done(ALL)
            assert Claimed() == await desk.streams.resume(ALL, "one")
            assert Backlog(length=2, pending=0) == await desk.streams.backlog(ALL)

        self.ask(case)

    def test_06_a_consumer_resumes_its_own(self) -> None:
        """At once, told as handed out again; what another holds is not touched."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.told("a", "b")
            await desk.streams.take(ALL, "one")
            await desk.streams.take(ALL, "two")
            (again,) = (await desk.streams.resume(ALL, "one")).messages
            assert ("a", 2) == (again.fields["text"], again.delivered)

        self.ask(case)

    def test_07_what_is_left_is_claimed(self) -> None:
        """Not before its time, and by one of those who try."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.told("a")
            await desk.streams.take(ALL, "one")
            assert Claimed() == await desk.streams.claim(ALL, "two")
            await desk.left()
            (again,) = (await desk.streams.claim(ALL, "two")).messages
            assert ("a", 2) == (again.fields["text"], again.delivered)
            assert Claimed() == await desk.streams.claim(ALL, "three")
            assert Claimed() == await desk.streams.resume(ALL, "one")

        self.ask(case)

    def test_08_poison_becomes_a_dead_letter(self) -> None:
        """After three deliveries it is told, lies with the dead, and holds up nobody."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            (id_,) = await desk.told("poison")
            await desk.streams.take(ALL, "one")
            for _ in range(2):
                await desk.left()
                assert () == (await desk.streams.claim(ALL, "two")).dead
            await desk.left()
            claimed = await desk.streams.claim(ALL, "three")
            dead = Message(id=id_, fields={"text": "poison"}, delivered=3)
            assert Claimed(dead=(dead,)) == claimed
            (letter,) = await desk.streams.newest(dead_of(STREAM))
            assert {
                "text": "poison",
                "dead:id": id_,
                "dead:group": "all",
                "dead:consumer": "two",
                "dead:deliveries": "3",
            } == letter.fields
            assert Backlog(length=1, pending=0) == await desk.streams.backlog(ALL)

        self.ask(case)

    def test_09_a_restart_that_dies_each_time_ends_too(self) -> None:
        """Deliveries of resuming count: the third start finds a dead letter."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.told("poison", "poison")
            await desk.streams.take(ALL, "one", count=2)
            for _ in range(2):
                assert 2 == len((await desk.streams.resume(ALL, "one")).messages)
            assert 2 == len((await desk.streams.resume(ALL, "one")).dead)

        self.ask(case)

    def test_10_what_fell_off_the_end_is_told(self) -> None:
        """A message handed out, never done and trimmed meanwhile is lost, not silent."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            (id_,) = await desk.told("old")
            await desk.streams.take(ALL, "one")
            await desk.streams.publish(STREAM, *({"n": str(n)} for n in range(500)), keep=100)
            assert Claimed(lost=(id_,)) == await desk.streams.resume(ALL, "one")
            assert Claimed() == await desk.streams.resume(ALL, "one")

        self.ask(case)

    def test_11_a_stream_keeps_about_the_newest(self) -> None:
        """At least as many as asked for, not many more, and the last one is the last."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(ALL)
            await desk.streams.publish(STREAM, *({"n": str(n)} for n in range(1_000)), keep=200)
            length = (await desk.streams.backlog(ALL)).length
            assert 200 <= length < 400
            newest = await desk.streams.newest(STREAM, count=3)
            assert ["997", "998", "999"] == [message.fields["n"] for message in newest]
            assert () == await desk.streams.newest("exam:nothing")

        self.ask(case)

    def test_12_a_group_that_is_not_there_is_an_error(self) -> None:
        """Never an empty answer: a bus that lost its data must be joined again."""

        async def case(desk: BusDesk) -> None:
            streams = desk.streams
            await desk.told("a")
            for ask in (
                streams.take(ALL, "one"),
                streams.resume(ALL, "one"),
                streams.claim(ALL, "one"),
                streams.backlog(ALL),
            ):
                assert GroupLost in await failure_of(ask)
            assert 0 == await streams.done(ALL, "1-0")

        self.ask(case)


async def _texts(desk: BusDesk, group: Group) -> list[str]:
    """Return what consumer `one` takes."""
    taken = await desk.streams.take(group, "one", count=100)
    return [message.fields["text"] for message in taken]
