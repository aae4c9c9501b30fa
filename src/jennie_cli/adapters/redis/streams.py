"""Redis streams with consumer groups; what was left is claimed in one step on the server."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from jennie_cli.adapters.redis.line import Command, Line
from jennie_cli.engine.bus import (
    KEEP,
    Backlog,
    BusPolicy,
    BusRefused,
    Claimed,
    Group,
    Message,
    dead_of,
)

# One script, so that no death in between leaves a message both on its stream and among the dead.
_AGAIN = """
local stream, dead = KEYS[1], KEYS[2]
local group, consumer, idle, count, limit, keep = unpack(ARGV)
local rows
if idle == 'mine' then
  rows = redis.call('XPENDING', stream, group, '-', '+', count, consumer)
else
  rows = redis.call('XPENDING', stream, group, 'IDLE', idle, '-', '+', count)
end
local told = {}
for _, row in ipairs(rows) do
  local id, owner, times = row[1], row[2], row[4]
  local found = redis.call('XRANGE', stream, id, id)[1]
  if not found then
    redis.call('XACK', stream, group, id)
    told[#told + 1] = {'lost', id, times, {}}
  elseif times >= tonumber(limit) then
    local fields = {unpack(found[2])}
    for _, word in ipairs({'dead:id', id, 'dead:group', group,
                           'dead:consumer', owner, 'dead:deliveries', tostring(times)}) do
      fields[#fields + 1] = word
    end
    redis.call('XADD', dead, 'MAXLEN', '~', keep, '*', unpack(fields))
    redis.call('XACK', stream, group, id)
    told[#told + 1] = {'dead', id, times, found[2]}
  else
    redis.call('XCLAIM', stream, group, consumer, 0, id)
    told[#told + 1] = {'again', id, times + 1, found[2]}
  end
end
return told
"""

_BURY = """
local stream, dead = KEYS[1], KEYS[2]
local group, id, keep, why = unpack(ARGV)
local row = redis.call('XPENDING', stream, group, id, id, 1)[1]
if not row then return 0 end
local found = redis.call('XRANGE', stream, id, id)[1]
if found then
  local fields = {unpack(found[2])}
  for _, word in ipairs({'dead:id', id, 'dead:group', group, 'dead:consumer', row[2],
                         'dead:deliveries', tostring(row[4]), 'dead:error', why}) do
    fields[#fields + 1] = word
  end
  redis.call('XADD', dead, 'MAXLEN', '~', keep, '*', unpack(fields))
end
redis.call('XACK', stream, group, id)
return 1
"""


class RedisStreams:
    """Streams of a server."""

    def __init__(self, line: Line, policy: BusPolicy) -> None:
        """Ask through `line`."""
        self._line = line
        self._policy = policy

    async def publish(
        self, stream: str, *entries: Mapping[str, str], keep: int = KEEP
    ) -> tuple[str, ...]:
        """Append the entries, in one journey."""
        head = ("XADD", stream, "MAXLEN", "~", keep, "*")
        if len(entries) == 1:
            return (str(await self._line.ask(*head, *_flat(entries[0]))),)
        commands: list[Command] = [(*head, *_flat(fields)) for fields in entries]
        return tuple(map(str, await self._line.ask_all(commands, at_once=False)))

    async def join(self, group: Group) -> None:
        """Make the group if it is new."""
        try:
            await self._line.ask(
                "XGROUP", "CREATE", group.stream, group.name, group.start.value, "MKSTREAM"
            )
        except BusRefused as error:
            if "BUSYGROUP" not in error.message:
                raise

    async def take(
        self, group: Group, consumer: str, *, count: int = 1, wait_s: float = 0.0
    ) -> tuple[Message, ...]:
        """Return up to `count` new messages."""
        block = ("BLOCK", max(1, round(wait_s * 1_000))) if wait_s > 0 else ()
        answer = await self._line.ask(
            *("XREADGROUP", "GROUP", group.name, consumer, "COUNT", count, *block),
            *("STREAMS", group.stream, ">"),
            wait_s=max(0.0, wait_s),
        )
        return _messages(answer[0][1]) if answer else ()

    async def done(self, group: Group, *ids: str) -> int:
        """Let go of handled messages."""
        return int(await self._line.ask("XACK", group.stream, group.name, *ids)) if ids else 0

    async def resume(self, group: Group, consumer: str, *, count: int = 1_000) -> Claimed:
        """Hand out again what this consumer had."""
        return await self._again(group, consumer, "mine", count)

    async def claim(self, group: Group, consumer: str, *, count: int = 100) -> Claimed:
        """Hand out what was left idle."""
        return await self._again(group, consumer, round(self._policy.claim_idle_s * 1_000), count)

    async def bury(self, group: Group, message: Message, *, why: str) -> bool:
        """Lay a message with the dead."""
        return bool(
            await self._line.ask(
                *("EVAL", _BURY, 2, group.stream, dead_of(group.stream)),
                *(group.name, message.id, KEEP, why),
            )
        )

    async def newest(self, stream: str, *, count: int = 100) -> tuple[Message, ...]:
        """Return the newest messages."""
        found = await self._line.ask("XREVRANGE", stream, "+", "-", "COUNT", count)
        return _messages(found)[::-1]

    async def backlog(self, group: Group) -> Backlog:
        """Return how much lies on the stream and with the group."""
        pending = await self._line.ask("XPENDING", group.stream, group.name)
        length = await self._line.ask("XLEN", group.stream)
        return Backlog(length=int(length), pending=int(pending["pending"]))

    async def _again(self, group: Group, consumer: str, idle: str | int, count: int) -> Claimed:
        rows = await self._line.ask(
            *("EVAL", _AGAIN, 2, group.stream, dead_of(group.stream)),
            *(group.name, consumer, idle, count, self._policy.deliveries, KEEP),
        )
        told: dict[str, list[Message]] = {"again": [], "dead": [], "lost": []}
        for fate, id_, times, flat in rows:
            told[fate].append(Message(id=id_, fields=_paired(flat), delivered=int(times)))
        return Claimed(
            messages=tuple(told["again"]),
            dead=tuple(told["dead"]),
            lost=tuple(message.id for message in told["lost"]),
        )


def _flat(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(fields.items()))


def _paired(flat: Sequence[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _messages(rows: Sequence[Any]) -> tuple[Message, ...]:
    return tuple(Message(id=id_, fields=fields) for id_, fields in rows)
