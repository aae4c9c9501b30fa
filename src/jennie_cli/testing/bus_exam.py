"""The exam of a bus: subclass it in a test module and give `open`.

Every case starts with an empty bus.
"""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from jennie_cli.engine.bus import (
    Backlog,
    BusDown,
    BusRefused,
    Claimed,
    Group,
    GroupLost,
    Hashes,
    Held,
    Key,
    KeyOf,
    Keys,
    Locks,
    Message,
    Start,
    Streams,
    StreamView,
    dead_of,
    holding,
)

_STREAM = "exam:stream"
_ALL = Group(stream=_STREAM, name="all", start=Start.ALL)
_NEW = Group(stream=_STREAM, name="new", start=Start.NEW)
_TTL_S = 0.1
_LONG_S = 1_000.0
_KEY = Key(name="exam:key", ttl_s=None)
_SHORT = Key(name="exam:short", ttl_s=_TTL_S)
_LONG = _SHORT.lasting(_LONG_S)


class ViewedStreams(Streams, StreamView, Protocol):
    """Streams that can be looked at."""


class TextsAndHashes(Keys, Hashes, Protocol):
    """Keys of both kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusDesk:
    """A bus as an exam needs it.

    `wait` lets seconds pass, `idle_s` is when a message counts as left, `kill` ends the bus. A
    message handed out three times is poison.
    """

    streams: ViewedStreams
    keys: TextsAndHashes
    locks: Locks
    wait: Callable[[float], Awaitable[None]]
    idle_s: float
    kill: Callable[[], Awaitable[None]]

    async def told(self, *texts: str) -> tuple[str, ...]:
        """Publish one message for each text and return the ids."""
        return await self.streams.publish(_STREAM, *({"text": text} for text in texts))

    async def left(self) -> None:
        """Wait until what is handed out counts as left."""
        await self.wait(self.idle_s * 1.2)


class _Exam(ABC):
    """Asks each case on a desk of its own."""

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[BusDesk]:
        """Open a desk with an empty bus and close it afterwards."""

    def _ask(self, case: Callable[[BusDesk], Coroutine[Any, Any, None]]) -> None:
        async def asked() -> None:
            async with self.open() as desk:
                await case(desk)

        asyncio.run(asked())


class _StreamsExam(_Exam):
    """Questions about streams."""

    def test_01_messages_come_whole_and_in_order(self) -> None:
        """Every field as it was sent; ids rise and are those that publishing returned."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            sent: list[Mapping[str, str]] = [{"name": "삼성전자", "empty": ""}, {"n": "2\r\n"}]
            ids = await desk.streams.publish(_STREAM, *sent)
            ids += await desk.streams.publish(_STREAM, {"n": "3"})
            taken = await desk.streams.take(_ALL, "one", count=10)
            assert [*sent, {"n": "3"}] == [message.fields for message in taken]
            assert list(ids) == [message.id for message in taken]
            assert [1, 1, 1] == [message.delivered for message in taken]

        self._ask(case)

    def test_02_a_group_begins_where_it_says(self) -> None:
        """At the first message or after the last one; joining again moves nothing."""

        async def case(desk: BusDesk) -> None:
            await desk.told("before")
            for group in (_ALL, _NEW):
                await desk.streams.join(group)
            await desk.told("after")
            assert ["before", "after"] == await _texts(desk, _ALL)
            for group in (_ALL, _NEW):
                await desk.streams.join(group)
            assert [] == await _texts(desk, _ALL)
            assert ["after"] == await _texts(desk, _NEW)

        self._ask(case)

    def test_03_a_message_goes_to_one_consumer_of_each_group(self) -> None:
        """Whoever asks first; another group has its own."""

        async def case(desk: BusDesk) -> None:
            for group in (_ALL, _NEW):
                await desk.streams.join(group)
            await desk.told(*"abcdef")
            takes = [desk.streams.take(_ALL, name, count=1) for name in "xyxyxy"]
            got = [
                message.fields["text"] for some in await asyncio.gather(*takes) for message in some
            ]
            assert list("abcdef") == sorted(got)
            assert list("abcdef") == await _texts(desk, _NEW)

        self._ask(case)

    def test_04_a_consumer_waits_for_what_comes(self) -> None:
        """It wakes with the message; nothing comes of a wait in vain."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            in_vain = asyncio.ensure_future(desk.streams.take(_ALL, "one", wait_s=0.05))
            await desk.wait(0.1)
            assert () == await in_vain
            waiting = asyncio.ensure_future(desk.streams.take(_ALL, "one", wait_s=60))
            await desk.wait(0.02)
            await desk.told("here")
            assert ["here"] == [message.fields["text"] for message in await waiting]

        self._ask(case)

    def test_05_done_lets_go_once(self) -> None:
        """It counts what was still handed out; then nobody can resume it."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            ids = await desk.told("a", "b")
            await _texts(desk, _ALL)
            assert Backlog(length=2, pending=2) == await desk.streams.backlog(_ALL)
            assert 2 == await desk.streams.done(_ALL, *ids)
            assert 0 == await desk.streams.done(_ALL, *ids)
            assert 0 == await desk.streams.done(_ALL)
            assert Claimed() == await desk.streams.resume(_ALL, "one")
            assert Backlog(length=2, pending=0) == await desk.streams.backlog(_ALL)

        self._ask(case)

    def test_06_a_consumer_resumes_its_own(self) -> None:
        """At once, told as handed out again; what another holds is not touched."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            await desk.told("a", "b")
            await desk.streams.take(_ALL, "one")
            await desk.streams.take(_ALL, "two")
            (again,) = (await desk.streams.resume(_ALL, "one")).messages
            assert ("a", 2) == (again.fields["text"], again.delivered)

        self._ask(case)

    def test_07_what_is_left_is_claimed(self) -> None:
        """Not before its time, and by one of those who try."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            await desk.told("a")
            await desk.streams.take(_ALL, "one")
            assert Claimed() == await desk.streams.claim(_ALL, "two")
            await desk.left()
            (again,) = (await desk.streams.claim(_ALL, "two")).messages
            assert ("a", 2) == (again.fields["text"], again.delivered)
            assert Claimed() == await desk.streams.claim(_ALL, "three")
            assert Claimed() == await desk.streams.resume(_ALL, "one")

        self._ask(case)

    def test_08_poison_becomes_a_dead_letter(self) -> None:
        """After three deliveries it is told, lies with the dead, and holds up nobody."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            (id_,) = await desk.told("poison")
            await desk.streams.take(_ALL, "one")
            for _ in range(2):
                await desk.left()
                assert () == (await desk.streams.claim(_ALL, "two")).dead
            await desk.left()
            claimed = await desk.streams.claim(_ALL, "three")
            dead = Message(id=id_, fields={"text": "poison"}, delivered=3)
            assert Claimed(dead=(dead,)) == claimed
            (letter,) = await desk.streams.newest(dead_of(_STREAM))
            assert {
                "text": "poison",
                "dead:id": id_,
                "dead:group": "all",
                "dead:consumer": "two",
                "dead:deliveries": "3",
            } == letter.fields
            assert Backlog(length=1, pending=0) == await desk.streams.backlog(_ALL)

        self._ask(case)

    def test_09_a_restart_that_dies_each_time_ends_too(self) -> None:
        """Deliveries of resuming count: the third start finds a dead letter."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            await desk.told("poison", "poison")
            await desk.streams.take(_ALL, "one", count=2)
            for _ in range(2):
                assert 2 == len((await desk.streams.resume(_ALL, "one")).messages)
            assert 2 == len((await desk.streams.resume(_ALL, "one")).dead)

        self._ask(case)

    def test_10_what_fell_off_the_end_is_told(self) -> None:
        """A message handed out, never done and trimmed meanwhile is lost, not silent."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            (id_,) = await desk.told("old")
            await desk.streams.take(_ALL, "one")
            await desk.streams.publish(_STREAM, *({"n": str(n)} for n in range(500)), keep=100)
            assert Claimed(lost=(id_,)) == await desk.streams.resume(_ALL, "one")
            assert Claimed() == await desk.streams.resume(_ALL, "one")

        self._ask(case)

    def test_11_a_stream_keeps_about_the_newest(self) -> None:
        """At least as many as asked for, not many more, and the last one is the last."""

        async def case(desk: BusDesk) -> None:
            await desk.streams.join(_ALL)
            await desk.streams.publish(_STREAM, *({"n": str(n)} for n in range(1_000)), keep=200)
            length = (await desk.streams.backlog(_ALL)).length
            assert 200 <= length < 400
            newest = await desk.streams.newest(_STREAM, count=3)
            assert ["997", "998", "999"] == [message.fields["n"] for message in newest]
            assert () == await desk.streams.newest("exam:nothing")

        self._ask(case)

    def test_12_a_group_that_is_not_there_is_an_error(self) -> None:
        """Never an empty answer: a bus that lost its data must be joined again."""

        async def case(desk: BusDesk) -> None:
            streams = desk.streams
            await desk.told("a")
            for ask in (
                streams.take(_ALL, "one"),
                streams.resume(_ALL, "one"),
                streams.claim(_ALL, "one"),
                streams.backlog(_ALL),
            ):
                assert GroupLost in await _failure(ask)
            assert 0 == await streams.done(_ALL, "1-0")

        self._ask(case)


class _KeysExam(_Exam):
    """Questions about keys and locks."""

    def test_13_a_text_is_kept_until_deleted(self) -> None:
        """A new one takes its place; what is not there is None."""

        async def case(desk: BusDesk) -> None:
            assert None is await desk.keys.get(_KEY)
            await desk.keys.put(_KEY, "하나")
            await desk.keys.put(_KEY, "")
            assert "" == await desk.keys.get(_KEY)
            assert 1 == await desk.keys.delete(_KEY, _SHORT)
            assert None is await desk.keys.get(_KEY)
            assert 0 == await desk.keys.delete()

        self._ask(case)

    def test_14_a_lifetime_ends(self) -> None:
        """It counts down; putting again begins or ends it anew; None has no end."""

        async def case(desk: BusDesk) -> None:
            assert None is await desk.keys.ttl(_SHORT)
            await desk.keys.put(_SHORT, "x")
            assert (await desk.keys.ttl(_SHORT) or 0) <= _TTL_S
            await desk.wait(_TTL_S * 1.5)
            assert None is await desk.keys.get(_SHORT)
            assert None is await desk.keys.ttl(_SHORT)
            await desk.keys.put(_SHORT, "x")
            await desk.keys.put(Key(name=_SHORT.name, ttl_s=None), "y")
            assert math.inf == await desk.keys.ttl(_SHORT)
            await desk.keys.put(_LONG, "z")
            assert _LONG_S * 0.9 < (await desk.keys.ttl(_SHORT) or 0) <= _LONG_S

        self._ask(case)

    def test_15_a_text_put_if_absent_is_put_once(self) -> None:
        """By one of those who try; again after its end."""

        async def case(desk: BusDesk) -> None:
            tries = [desk.keys.put_if_absent(_KEY, str(n)) for n in range(5)]
            assert [False] * 4 + [True] == sorted(await asyncio.gather(*tries))
            assert await desk.keys.put_if_absent(_SHORT, "once")
            await desk.wait(_TTL_S * 1.5)
            assert await desk.keys.put_if_absent(_LONG, "again")
            assert "again" == await desk.keys.get(_LONG)
            assert _LONG_S * 0.9 < (await desk.keys.ttl(_LONG) or 0)

        self._ask(case)

    def test_16_several_texts_are_put_together(self) -> None:
        """Each with its own lifetime."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_all({_KEY: "pointer", _LONG: "payload"})
            assert ("pointer", "payload") == (
                await desk.keys.get(_KEY),
                await desk.keys.get(_LONG),
            )
            assert math.inf == await desk.keys.ttl(_KEY)
            assert (await desk.keys.ttl(_LONG) or math.inf) <= _LONG_S

        self._ask(case)

    def test_17_names_begin_as_asked(self) -> None:
        """Signs mean themselves; ended keys have no name; both kinds have one."""

        async def case(desk: BusDesk) -> None:
            family = KeyOf(prefix="exam:a*[b]?", ttl_s=None)
            await desk.keys.put(family.of("2"), "x")
            await desk.keys.put_hash(family.of("1"), {"x": "y"})
            await desk.keys.put(Key(name="exam:aXb1", ttl_s=None), "x")
            assert ("exam:a*[b]?1", "exam:a*[b]?2") == await desk.keys.names(family.prefix)
            assert () == await desk.keys.names("exam:none")

        self._ask(case)

    def test_18_a_hash_is_what_was_put_last(self) -> None:
        """Old fields go, it ends, and nothing put is no key."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_hash(_LONG, {"005930": "70000", "000660": "1"})
            await desk.keys.put_hash(_LONG, {"005930": "70100"})
            assert {"005930": "70100"} == await desk.keys.get_hash(_LONG)
            await desk.keys.put_hash(_SHORT, {"005930": "70100"})
            await desk.wait(_TTL_S * 1.5)
            assert {} == await desk.keys.get_hash(_SHORT)
            await desk.keys.put_hash(_KEY, {"a": "b"})
            await desk.keys.put_hash(_KEY, {})
            assert None is await desk.keys.ttl(_KEY)

        self._ask(case)

    def test_19_a_key_of_another_kind_is_an_error(self) -> None:
        """A hash read as a text and a text read as a hash are never empty; putting replaces."""

        async def case(desk: BusDesk) -> None:
            await desk.keys.put_hash(_KEY, {"a": "b"})
            assert BusRefused in await _failure(desk.keys.get(_KEY))
            await desk.keys.put(_KEY, "text")
            assert BusRefused in await _failure(desk.keys.get_hash(_KEY))
            await desk.keys.put_hash(_KEY, {"a": "b"})
            assert {"a": "b"} == await desk.keys.get_hash(_KEY)

        self._ask(case)

    def test_20_a_lock_has_one_holder(self) -> None:
        """Of those who try; who lets go opens it."""

        async def case(desk: BusDesk) -> None:
            tries = await asyncio.gather(*(desk.locks.acquire(_KEY) for _ in range(5)))
            (held,) = [one for one in tries if one is not None]
            assert await desk.locks.release(held)
            assert not await desk.locks.release(held)
            again = await desk.locks.acquire(_KEY)
            assert again is not None
            assert held.token != again.token

        self._ask(case)

    def test_21_only_the_owner_lets_go(self) -> None:
        """A holder whose lock ran out cannot open the next one's."""

        async def case(desk: BusDesk) -> None:
            slow = await desk.locks.acquire(_SHORT)
            assert slow is not None
            await desk.wait(_TTL_S * 1.5)
            quick = await desk.locks.acquire(_LONG)
            assert quick is not None
            assert not await desk.locks.release(slow)
            assert not await desk.locks.release(Held(key=_SHORT, token="guessed"))  # noqa: S106  # a guess
            assert None is await desk.locks.acquire(_SHORT)
            assert await desk.locks.release(quick)

        self._ask(case)

    def test_22_holding_always_lets_go(self) -> None:
        """Also when the work fails; a second holder is told no and takes nothing away."""

        async def case(desk: BusDesk) -> None:
            async with holding(desk.locks, _KEY) as mine, holding(desk.locks, _KEY) as second:
                assert (True, False) == (mine, second)
            with suppress(ZeroDivisionError):
                async with holding(desk.locks, _KEY) as mine:
                    assert mine
                    raise ZeroDivisionError
            async with holding(desk.locks, _KEY) as mine:
                assert mine

        self._ask(case)


class BusExam(_StreamsExam, _KeysExam):
    """Numbered questions about streams, keys, locks, and the death of a bus."""

    def test_23_a_dead_bus_answers_nothing(self) -> None:
        """Every call of every port says so by name."""

        async def case(desk: BusDesk) -> None:
            streams, keys, locks = desk.streams, desk.keys, desk.locks
            await streams.join(_ALL)
            held = await locks.acquire(_KEY)
            assert held is not None
            await desk.kill()
            for ask in (
                streams.publish(_STREAM, {"a": "b"}),
                streams.publish(_STREAM, {"a": "b"}, {"a": "c"}),
                streams.join(_ALL),
                streams.take(_ALL, "one"),
                streams.take(_ALL, "one", wait_s=5),
                streams.done(_ALL, "1-0"),
                streams.resume(_ALL, "one"),
                streams.claim(_ALL, "one"),
                streams.newest(_STREAM),
                streams.backlog(_ALL),
                keys.get(_KEY),
                keys.put(_KEY, "x"),
                keys.put_all({_KEY: "x"}),
                keys.put_if_absent(_KEY, "x"),
                keys.delete(_KEY),
                keys.ttl(_KEY),
                keys.names("exam"),
                keys.put_hash(_KEY, {"a": "b"}),
                keys.get_hash(_KEY),
                locks.acquire(_KEY),
                locks.release(held),
            ):
                assert BusDown in await _failure(ask)

        self._ask(case)

    def test_24_a_bus_that_dies_takes_nothing_back_from_the_work(self) -> None:
        """Who holds a lock meanwhile ends normally; the lock runs out by itself."""

        async def case(desk: BusDesk) -> None:
            async with holding(desk.locks, _KEY) as mine:
                await desk.kill()
            assert mine

        self._ask(case)


async def _texts(desk: BusDesk, group: Group) -> list[str]:
    """Return what consumer `one` takes."""
    taken = await desk.streams.take(group, "one", count=100)
    return [message.fields["text"] for message in taken]


async def _failure(ask: Awaitable[object]) -> tuple[type, ...]:
    """Return what a call failed with: the class and those above it; none if it answered."""
    try:
        await ask
    except BusDown as error:
        return type(error).__mro__
    return ()
