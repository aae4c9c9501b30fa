"""The port of keys: small state that every process sees and that goes by itself.

Nothing lives only here: what a key says is rebuilt from the ledger when it is gone. A lifetime is
the server's seconds; who needs a moment of the market keeps it in the value.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and how many seconds what is put there stays; None is until deleted."""

    name: str
    ttl_s: float | None

    def lasting(self, seconds: float) -> "Key":
        """Return the key with another lifetime."""
        return replace(self, ttl_s=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOf:
    """A family of keys, one for each stock, day or id."""

    prefix: str
    ttl_s: float | None

    def of(self, part: str) -> Key:
        """Return the key of one of them."""
        return Key(name=self.prefix + part, ttl_s=self.ttl_s)


class Keys(Protocol):
    """Texts by name. Every call raises BusDown on failure."""

    async def get(self, key: Key) -> str | None:
        """Return the text, None when there is none. Raises BusRefused for another kind."""
        ...

    async def put(self, key: Key, value: str) -> None:
        """Keep a text for the key's lifetime, whatever was there."""
        ...

    async def put_all(self, values: Mapping[Key, str]) -> None:
        """Keep several texts; readers see all of them or none."""
        ...

    async def put_if_absent(self, key: Key, value: str) -> bool:
        """Keep a text unless the key is there; return whether it was kept."""
        ...

    async def delete(self, *keys: Key) -> int:
        """Remove keys of any kind; return how many were there."""
        ...

    async def ttl(self, key: Key) -> float | None:
        """Return the seconds a key still has, `inf` without an end, None when it is not there."""
        ...

    async def names(self, prefix: str) -> tuple[str, ...]:
        """Return the names that begin with `prefix`, sorted."""
        ...


class Hashes(Protocol):
    """Small tables by name. Every call raises BusDown on failure."""

    async def put_hash(self, key: Key, fields: Mapping[str, str]) -> None:
        """Keep exactly these fields for the key's lifetime; none at all removes the key."""
        ...

    async def get_hash(self, key: Key) -> Mapping[str, str]:
        """Return the fields, empty when there is no such key. Raises BusRefused for a text."""
        ...


class Sets(Protocol):
    """Bags of words by name. Every call raises BusDown on failure."""

    async def add_words(self, key: Key, words: Collection[str]) -> int:
        """Add words and give the key its lifetime anew; return how many were not there."""
        ...

    async def words_of(self, key: Key, words: Collection[str]) -> frozenset[str]:
        """Return those of some words that are there. Raises BusRefused for another kind."""
        ...
