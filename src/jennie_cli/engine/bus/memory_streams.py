"""Streams within one process."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jennie_cli.engine.bus.failures import GroupLost
from jennie_cli.engine.bus.memory_switch import Switch
from jennie_cli.engine.bus.messages import Message
from jennie_cli.engine.bus.policy import BusPolicy
from jennie_cli.engine.bus.streams import KEEP, Backlog, Claimed, Group, Start, dead_of
from jennie_cli.engine.clock import Clock


@dataclass(slots=True)
class _Handed:
    consumer: str
    at: float
    times: int = 1


@dataclass(slots=True)
class _Reader:
    last: int
    handed: dict[int, _Handed] = field(default_factory=dict)


@dataclass(slots=True)
class _Stream:
    last: int = 0
    kept: OrderedDict[int, Mapping[str, str]] = field(default_factory=OrderedDict)
    readers: dict[str, _Reader] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, fields: Mapping[str, str], keep: int) -> int:
        self.last += 1
        self.kept[self.last] = dict(fields)
        while len(self.kept) > keep:
            # `next(iter(...))` would pass over every place that was left before
            self.kept.popitem(last=False)
        self.news.set()
        return self.last

    def message(self, number: int, delivered: int = 1) -> Message:
        return Message(id=_id(number), fields=self.kept[number], delivered=delivered)


class MemoryStreams:
    """Streams of one process, for its consumers."""

    def __init__(self, clock: Clock, switch: Switch, policy: BusPolicy) -> None:
        """Hold nothing yet."""
        self._clock = clock
        self._switch = switch
        self._policy = policy
        self._streams: defaultdict[str, _Stream] = defaultdict(_Stream)

    def append(self, stream: str, fields: Mapping[str, str], keep: int) -> str:
        """Append one message and return its id."""
        self._switch.check()
        return _id(self._streams[stream].append(fields, keep))

    def kept(self, stream: str) -> tuple[Message, ...]:
        """Return all that is kept, oldest first."""
        self._switch.check()
        found = self._streams[stream]
        return tuple(found.message(number) for number in found.kept)

    async def publish(
        self, stream: str, *entries: Mapping[str, str], keep: int = KEEP
    ) -> tuple[str, ...]:
        """Append the entries."""
        self._switch.check()
        return tuple(self.append(stream, fields, keep) for fields in entries)

    async def join(self, group: Group) -> None:
        """Make the group if it is new."""
        self._switch.check()
        stream = self._streams[group.stream]
        start = stream.last if group.start is Start.NEW else 0
        stream.readers.setdefault(group.name, _Reader(start))

    async def take(
        self, group: Group, consumer: str, *, count: int = 1, wait_s: float = 0.0
    ) -> tuple[Message, ...]:
        """Return up to `count` new messages."""
        until = self._clock.monotonic() + wait_s
        stream = self._streams[group.stream]
        while not (found := self._fresh(group, count)):
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return ()
            stream.news.clear()
            await self._news(stream.news, rest)
        reader, now = self._reader(group), self._clock.monotonic()
        reader.last = found[-1]
        reader.handed |= {number: _Handed(consumer, now) for number in found}
        return tuple(stream.message(number) for number in found)

    async def done(self, group: Group, *ids: str) -> int:
        """Let go of handled messages."""
        self._switch.check()
        reader = self._streams[group.stream].readers.get(group.name, _Reader(0))
        return sum(reader.handed.pop(_number(id_), None) is not None for id_ in ids)

    async def resume(self, group: Group, consumer: str, *, count: int = 1_000) -> Claimed:
        """Hand out again what this consumer had."""
        handed = self._reader(group).handed
        mine = [number for number, one in handed.items() if one.consumer == consumer]
        return self._again(group, consumer, sorted(mine)[:count])

    async def claim(self, group: Group, consumer: str, *, count: int = 100) -> Claimed:
        """Hand out what was left idle."""
        latest = self._clock.monotonic() - self._policy.claim_idle_s
        handed = self._reader(group).handed
        idle = [number for number, one in handed.items() if one.at <= latest]
        return self._again(group, consumer, sorted(idle)[:count])

    async def bury(self, group: Group, message: Message, *, why: str) -> bool:
        """Lay a message with the dead."""
        number, handed = _number(message.id), self._reader(group).handed
        one = handed.get(number)
        if one is None:
            return False
        if number in self._streams[group.stream].kept:
            self._bury(group, number, one, {"dead:error": why})
        del handed[number]
        return True

    async def newest(self, stream: str, *, count: int = 100) -> tuple[Message, ...]:
        """Return the newest messages."""
        return self.kept(stream)[-count:]

    async def backlog(self, group: Group) -> Backlog:
        """Return how much lies on the stream and with the group."""
        reader = self._reader(group)
        return Backlog(length=len(self._streams[group.stream].kept), pending=len(reader.handed))

    def _reader(self, group: Group) -> _Reader:
        self._switch.check()
        reader = self._streams[group.stream].readers.get(group.name)
        if reader is None:
            raise GroupLost(
                f"{group.stream} has no group {group.name}.", hint="Join the group again."
            )
        return reader

    def _fresh(self, group: Group, count: int) -> list[int]:
        reader, stream = self._reader(group), self._streams[group.stream]
        first = max(reader.last, stream.last - len(stream.kept)) + 1
        return list(range(first, min(stream.last, first + count - 1) + 1))

    def _again(self, group: Group, consumer: str, numbers: Iterable[int]) -> Claimed:
        stream, handed = self._streams[group.stream], self._reader(group).handed
        again, dead, lost = [], [], []
        for number in numbers:
            one = handed[number]
            if number not in stream.kept:
                lost.append(_id(number))
                del handed[number]
            elif one.times >= self._policy.deliveries:
                dead.append(self._bury(group, number, one))
                del handed[number]
            else:
                handed[number] = _Handed(consumer, self._clock.monotonic(), one.times + 1)
                again.append(stream.message(number, one.times + 1))
        return Claimed(messages=tuple(again), dead=tuple(dead), lost=tuple(lost))

    def _bury(
        self, group: Group, number: int, one: _Handed, more: Mapping[str, str] | None = None
    ) -> Message:
        message = self._streams[group.stream].message(number, one.times)
        why = {
            "dead:id": message.id,
            "dead:group": group.name,
            "dead:consumer": one.consumer,
            "dead:deliveries": str(one.times),
            **(more or {}),
        }
        self.append(dead_of(group.stream), {**message.fields, **why}, KEEP)
        return message

    async def _news(self, news: asyncio.Event, seconds: float) -> None:
        """Wait for a message, at most so many of the clock's seconds."""
        waits = [
            asyncio.ensure_future(news.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


def _id(number: int) -> str:
    return f"{number}-0"


def _number(id_: str) -> int:
    return int(id_.partition("-")[0])
