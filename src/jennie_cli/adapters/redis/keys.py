"""Keys, hashes, sets and locks of a server."""

import math
from collections.abc import Collection, Mapping
from itertools import chain

import numpy as np

from jennie_cli.adapters.redis.line import Command, Line
from jennie_cli.engine.bus import Held, Key

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_PAGE = 1_000


class RedisKeys:
    """Texts, hashes and bags of words of a server."""

    def __init__(self, line: Line) -> None:
        """Ask through `line`."""
        self._line = line

    async def get(self, key: Key) -> str | None:
        """Return the text, None when there is none."""
        found = await self._line.ask("GET", key.name)
        return None if found is None else str(found)

    async def put(self, key: Key, value: str) -> None:
        """Keep a text."""
        await self._line.ask(*_set(key, value))

    async def put_all(self, values: Mapping[Key, str]) -> None:
        """Keep several texts at once."""
        commands = [_set(key, value) for key, value in values.items()]
        await self._line.ask_all(commands, at_once=True)

    async def put_if_absent(self, key: Key, value: str) -> bool:
        """Keep a text unless the key is there."""
        return bool(await self._line.ask(*_set(key, value), "NX"))

    async def delete(self, *keys: Key) -> int:
        """Remove keys."""
        return int(await self._line.ask("DEL", *(key.name for key in keys))) if keys else 0

    async def ttl(self, key: Key) -> float | None:
        """Return the seconds a key still has."""
        left = int(await self._line.ask("PTTL", key.name))
        return {-2: None, -1: math.inf}.get(left, left / 1_000)

    async def names(self, prefix: str) -> tuple[str, ...]:
        """Return the names that begin with `prefix`, sorted."""
        pattern = "".join(f"\\{sign}" if sign in "*?[]^\\" else sign for sign in prefix) + "*"
        found: set[str] = set()
        cursor = 0
        while True:
            cursor, some = await self._line.ask("SCAN", cursor, "MATCH", pattern, "COUNT", _PAGE)
            found.update(some)
            if int(cursor) == 0:
                return tuple(sorted(found))

    async def put_hash(self, key: Key, fields: Mapping[str, str]) -> None:
        """Keep exactly these fields."""
        commands: list[Command] = [("DEL", key.name)]
        if fields:
            commands.append(("HSET", key.name, *chain.from_iterable(fields.items())))
            if key.ttl_s is not None:
                commands.append(("PEXPIRE", key.name, _milliseconds(key.ttl_s)))
        await self._line.ask_all(commands, at_once=True)

    async def get_hash(self, key: Key) -> Mapping[str, str]:
        """Return the fields."""
        found: Mapping[str, str] = await self._line.ask("HGETALL", key.name)
        return found

    async def add_words(self, key: Key, words: Collection[str]) -> int:
        """Add words."""
        if not words:
            return 0
        commands: list[Command] = [("SADD", key.name, *words)]
        if key.ttl_s is not None:
            commands.append(("PEXPIRE", key.name, _milliseconds(key.ttl_s)))
        return int((await self._line.ask_all(commands, at_once=True))[0])

    async def words_of(self, key: Key, words: Collection[str]) -> frozenset[str]:
        """Return those of some words that are there."""
        asked = tuple(words)
        if not asked:
            return frozenset()
        there = await self._line.ask("SMISMEMBER", key.name, *asked)
        return frozenset(word for word, found in zip(asked, there, strict=True) if found)


class RedisLocks:
    """Locks of a server."""

    def __init__(self, line: Line, *, owner: str, rng: np.random.Generator) -> None:
        """A token names its owner, which keeps equal seeds of two apart, and cannot be guessed."""
        self._line = line
        self._owner = owner
        self._rng = rng

    async def acquire(self, key: Key) -> Held | None:
        """Take the lock; None while somebody else holds it."""
        token = f"{self._owner}-{self._rng.bytes(12).hex()}"
        taken = await self._line.ask(*_set(key, token), "NX")
        return Held(key=key, token=token) if taken else None

    async def release(self, held: Held) -> bool:
        """Let go; False if it had run out."""
        return bool(await self._line.ask("EVAL", _RELEASE, 1, held.key.name, held.token))


def _set(key: Key, value: str) -> Command:
    if key.ttl_s is None:
        return ("SET", key.name, value)
    return ("SET", key.name, value, "PX", _milliseconds(key.ttl_s))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1_000))
