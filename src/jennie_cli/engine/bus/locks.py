"""The port of locks: held for a time, let go by the holder alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from jennie_cli.engine.bus.failures import BusDown
from jennie_cli.engine.bus.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lock that we hold, and the token that proves it."""

    key: Key
    token: str


class Locks(Protocol):
    """One holder at a time. Every call raises BusDown on failure: without a bus nobody holds."""

    async def acquire(self, key: Key) -> Held | None:
        """Take the lock for the key's lifetime; None while somebody else holds it."""
        ...

    async def release(self, held: Held) -> bool:
        """Let go; False if it had run out, whoever holds it now."""
        ...


@asynccontextmanager
async def holding(locks: Locks, key: Key) -> AsyncIterator[bool]:
    """Try the lock, tell whether it is ours, and always let go. Raises BusDown on the way in.

    A bus that dies meanwhile takes nothing back from the work done: the lock runs out by itself.
    """
    held = await locks.acquire(key)
    try:
        yield held is not None
    finally:
        if held is not None:
            with suppress(BusDown):
                await locks.release(held)
