"""The port of streams: at least once to one consumer of each group, with claims and dead letters.

A consumer's name is stable over restarts. It joins, resumes what it left, then takes; it marks its
idempotency key before it acts and says done after it. Now and then it claims what others left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.bus.messages import Message

KEEP = 10_000
"""About so many of a stream's newest messages stay."""


class Start(StrEnum):
    """Where a group that is new begins."""

    NEW = "$"
    ALL = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of consumers of a stream, and where it begins when it is new."""

    stream: str
    name: str
    start: Start


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What came of messages that were handed out and never done.

    `messages` are handed out once more. `dead` now lie on the stream of dead letters: somebody must
    be told. `lost` are ids of messages that had fallen off the stream's end.
    """

    messages: tuple[Message, ...] = ()
    dead: tuple[Message, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Messages that a stream keeps, and those handed out to a group and not done."""

    length: int
    pending: int


def dead_of(stream: str) -> str:
    """Return the stream that takes the dead letters of `stream`; a raw one shares its name."""
    return f"{stream.removesuffix(':raw')}:dead"


class Streams(Protocol):
    """Publishes, and hands out to groups of consumers. Every call raises BusDown on failure."""

    async def publish(
        self, stream: str, *entries: Mapping[str, str], keep: int = KEEP
    ) -> tuple[str, ...]:
        """Append the entries in order and return their ids; about the newest `keep` stay.

        After BusDown some or all may have arrived: who publishes again must carry the same key.
        """
        ...

    async def join(self, group: Group) -> None:
        """Make the group if it is new, at its start; one that exists stays where it is."""
        ...

    async def take(
        self, group: Group, consumer: str, *, count: int = 1, wait_s: float = 0.0
    ) -> tuple[Message, ...]:
        """Return up to `count` messages no consumer of the group had; empty after `wait_s` seconds.

        Raises GroupLost unless joined.
        """
        ...

    async def done(self, group: Group, *ids: str) -> int:
        """Let go of handled messages; return how many of them were still handed out."""
        ...

    async def resume(self, group: Group, consumer: str, *, count: int = 1_000) -> Claimed:
        """Hand out again what this very consumer had and never did: the first act of a new start.

        Raises GroupLost unless joined.
        """
        ...

    async def claim(self, group: Group, consumer: str, *, count: int = 100) -> Claimed:
        """Hand out what any consumer of the group left idle for too long (`bus.claim_idle_s`).

        Raises GroupLost unless joined.
        """
        ...

    async def bury(self, group: Group, message: Message, *, why: str) -> bool:
        """Lay a message with the dead, with the error that it causes, and let go of it.

        False where the group no longer has it in hand, so that it is buried once.
        """
        ...


class StreamView(Protocol):
    """Looks at streams without taking anything. Every call raises BusDown on failure."""

    async def newest(self, stream: str, *, count: int = 100) -> tuple[Message, ...]:
        """Return the newest `count` messages, oldest of them first; empty without a stream."""
        ...

    async def backlog(self, group: Group) -> Backlog:
        """Return how much lies on the stream and with the group. Raises GroupLost."""
        ...
