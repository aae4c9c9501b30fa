"""Keys and locks within one process."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.bus.failures import BusRefused
from jennie_cli.engine.bus.keys import Key
from jennie_cli.engine.bus.locks import Held
from jennie_cli.engine.bus.memory_switch import Switch
from jennie_cli.engine.clock import Clock


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str | Mapping[str, str] | frozenset[str]
    until: float


class MemoryKeys:
    """Texts, hashes and bags of words by name."""

    def __init__(self, clock: Clock, switch: Switch) -> None:
        """Hold nothing yet."""
        self._clock = clock
        self._switch = switch
        self._kept: dict[str, _Kept] = {}

    async def get(self, key: Key) -> str | None:
        """Return the text, None when there is none."""
        kept = self._find(key.name)
        if kept is None:
            return None
        if not isinstance(kept.value, str):
            raise _other_kind(key)
        return kept.value

    async def put(self, key: Key, value: str) -> None:
        """Keep a text."""
        self._put(key, value)

    async def put_all(self, values: Mapping[Key, str]) -> None:
        """Keep several texts at once."""
        self._switch.check()
        for key, value in values.items():
            self._put(key, value)

    async def put_if_absent(self, key: Key, value: str) -> bool:
        """Keep a text unless the key is there."""
        if self._find(key.name) is not None:
            return False
        self._put(key, value)
        return True

    async def delete(self, *keys: Key) -> int:
        """Remove keys."""
        self._switch.check()
        found = {key.name for key in keys if self._find(key.name) is not None}
        for name in found:
            del self._kept[name]
        return len(found)

    async def ttl(self, key: Key) -> float | None:
        """Return the seconds a key still has."""
        kept = self._find(key.name)
        return None if kept is None else kept.until - self._clock.monotonic()

    async def names(self, prefix: str) -> tuple[str, ...]:
        """Return the names that begin with `prefix`, sorted."""
        self._switch.check()
        return tuple(sorted(self._living(prefix)))

    async def put_hash(self, key: Key, fields: Mapping[str, str]) -> None:
        """Keep exactly these fields."""
        self._put(key, dict(fields))
        if not fields:
            del self._kept[key.name]

    async def get_hash(self, key: Key) -> Mapping[str, str]:
        """Return the fields."""
        kept = self._find(key.name)
        if kept is None:
            return {}
        if isinstance(kept.value, str | frozenset):
            raise _other_kind(key)
        return dict(kept.value)

    async def add_words(self, key: Key, words: Collection[str]) -> int:
        """Add words."""
        there = self._words(key)
        if words:
            self._put(key, there | frozenset(words))
        return len(frozenset(words) - there)

    async def words_of(self, key: Key, words: Collection[str]) -> frozenset[str]:
        """Return those of some words that are there."""
        return self._words(key) & frozenset(words)

    def _words(self, key: Key) -> frozenset[str]:
        kept = self._find(key.name)
        if kept is None:
            return frozenset()
        if not isinstance(kept.value, frozenset):
            raise _other_kind(key)
        return kept.value

    def _put(self, key: Key, value: str | Mapping[str, str] | frozenset[str]) -> None:
        self._switch.check()
        ttl = math.inf if key.ttl_s is None else key.ttl_s
        self._kept[key.name] = _Kept(value, self._clock.monotonic() + ttl)

    def _find(self, name: str) -> _Kept | None:
        self._switch.check()
        kept = self._kept.get(name)
        if kept is not None and kept.until <= self._clock.monotonic():
            del self._kept[name]
            return None
        return kept

    def _living(self, prefix: str) -> Iterator[str]:
        return (n for n in tuple(self._kept) if n.startswith(prefix) and self._find(n) is not None)


class MemoryLocks:
    """Locks kept as keys."""

    def __init__(self, keys: MemoryKeys, rng: np.random.Generator) -> None:
        """`rng` makes the tokens."""
        self._keys = keys
        self._rng = rng

    async def acquire(self, key: Key) -> Held | None:
        """Take the lock; None while somebody else holds it."""
        token = self._rng.bytes(12).hex()
        return Held(key=key, token=token) if await self._keys.put_if_absent(key, token) else None

    async def release(self, held: Held) -> bool:
        """Let go; False if it had run out."""
        if await self._keys.get(held.key) != held.token:
            return False
        await self._keys.delete(held.key)
        return True


def _other_kind(key: Key) -> BusRefused:
    return BusRefused(f"{key.name} is of another kind.", hint="Delete the key; it is rebuilt.")
