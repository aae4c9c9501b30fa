"""The desk that an exam of a bus sits at, and how it asks a case."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from jennie_cli.engine.bus import (
    BusDown,
    Group,
    Hashes,
    Key,
    Keys,
    Locks,
    Sets,
    Start,
    Streams,
    StreamView,
)

STREAM = "exam:stream"
ALL = Group(stream=STREAM, name="all", start=Start.ALL)
NEW = Group(stream=STREAM, name="new", start=Start.NEW)
TTL_S = 0.1
LONG_S = 1_000.0
KEY = Key(name="exam:key", ttl_s=None)
SHORT = Key(name="exam:short", ttl_s=TTL_S)
LONG = SHORT.lasting(LONG_S)


class ViewedStreams(Streams, StreamView, Protocol):
    """Streams that can be looked at."""


class TextsAndHashes(Keys, Hashes, Sets, Protocol):
    """Keys of every kind."""


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
        return await self.streams.publish(STREAM, *({"text": text} for text in texts))

    async def left(self) -> None:
        """Wait until what is handed out counts as left."""
        await self.wait(self.idle_s * 1.2)


class BusCases(ABC):
    """Asks each case on a desk of its own."""

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[BusDesk]:
        """Open a desk with an empty bus and close it afterwards."""

    def ask(self, case: Callable[[BusDesk], Coroutine[Any, Any, None]]) -> None:
        """Ask one case."""

        async def asked() -> None:
            async with self.open() as desk:
                await case(desk)

        asyncio.run(asked())


async def failure_of(ask: Awaitable[object]) -> tuple[type, ...]:
    """Return what a call failed with: the class and those above it; none if it answered."""
    try:
        await ask
    except BusDown as error:
        return type(error).__mro__
    return ()
