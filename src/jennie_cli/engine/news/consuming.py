"""A consumer of a news stream: resumes its own, takes what is new, claims what others left.

A message is let go once its handler has kept what came of it. One that fails stays and comes again,
and is laid with the dead, with its error, when it failed too often; the rest flows on. While what a
handler needs is away, nothing is taken: messages wait on the stream.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jennie_cli.engine.bus import Claimed, Group, GroupLost, Message, Streams
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.news.policy import NewsPolicy

LOG = logging.getLogger(__name__)

_LONGEST_WHY = 500


class Handler(Protocol):
    """What is done with messages."""

    async def ready(self) -> None:
        """Return if messages can be handled. Raises JennieError while they cannot."""
        ...

    async def handle(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Handle messages that may have been handled before; return why some cannot be, by id.

        Any error means that none of them was.
        """
        ...


@dataclass(slots=True, kw_only=True)
class Tally:
    """Messages that were handled, that failed once, that are dead, that fell off the stream."""

    done: int = 0
    failed: int = 0
    dead: int = 0
    lost: int = 0


class Consumer:
    """One consumer of one group, by a name that is the same after every start."""

    def __init__(
        self,
        streams: Streams,
        group: Group,
        handler: Handler,
        *,
        name: str,
        policy: NewsPolicy,
        deliveries: int,
        steady: Clock,
    ) -> None:
        """After so many `deliveries` a message that fails is given up; `steady` measures pauses."""
        self.tally = Tally()
        self._streams = streams
        self._group = group
        self._handler = handler
        self._name = name
        self._policy = policy
        self._deliveries = deliveries
        self._steady = steady

    async def drain(self) -> Tally:
        """Handle all there is, what fails until it is dead. Raises JennieError in an outage."""
        await self._open()
        await self._resume()
        while await self._take(wait_s=0.0):
            pass
        await self._resume()
        return self.tally

    async def run(self) -> None:
        """Handle what comes until cancelled; an outage is logged and waited for."""
        while True:
            try:
                await self._turn()
            except JennieError as outage:
                LOG.warning("%s waits: %s", self._group.name, outage.message)
                await self._steady.sleep(self._policy.outage_pause_s)

    async def _turn(self) -> None:
        """Start anew, then take what comes until it is time to look for what was left."""
        await self._open()
        await self._resume()
        await self._again(await self._streams.claim(self._group, self._name, count=self._count))
        until = self._steady.monotonic() + self._policy.claim_every_s
        while self._steady.monotonic() < until:
            await self._take(wait_s=self._policy.wait_s)

    @property
    def _count(self) -> int:
        return self._policy.batch

    async def _open(self) -> None:
        await self._handler.ready()
        await self._streams.join(self._group)

    async def _resume(self) -> None:
        """Handle what this consumer has in hand until it has nothing.

        One at a time: a death counts as a delivery of the one message alone.
        """
        while True:
            claimed = await self._streams.resume(self._group, self._name, count=1)
            if not (claimed.messages or claimed.dead or claimed.lost):
                return
            await self._again(claimed)

    async def _again(self, claimed: Claimed) -> None:
        for message in claimed.dead:
            LOG.error("%s gave up %s", self._group.name, message.id)
        for id_ in claimed.lost:
            LOG.error("%s fell off %s unread", id_, self._group.stream)
        self.tally.dead += len(claimed.dead)
        self.tally.lost += len(claimed.lost)
        await self._handle(claimed.messages)

    async def _take(self, *, wait_s: float) -> bool:
        try:
            messages = await self._streams.take(
                self._group, self._name, count=self._count, wait_s=wait_s
            )
        except GroupLost:
            await self._streams.join(self._group)
            return True
        await self._handle(messages)
        return bool(messages)

    async def _handle(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        why = await self._tried(messages)
        handled = [message.id for message in messages if message.id not in why]
        await self._streams.done(self._group, *handled)
        self.tally.done += len(handled)
        for message in messages:
            if message.id in why:
                await self._failed(message, why[message.id])

    async def _tried(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Return why messages failed, by id. Raises JennieError where none could be handled."""
        try:
            return await self._handler.handle(messages)
        except Exception as error:  # noqa: BLE001  # a fault in one text must not stop the rest
            if isinstance(error, JennieError):
                # an outage, unless the handler says that it is ready: then it is the messages
                await self._handler.ready()
            if len(messages) == 1:
                return {messages[0].id: _told(error)}
        why: dict[str, str] = {}
        for message in messages:
            why |= await self._tried([message])
        return why

    async def _failed(self, message: Message, why: str) -> None:
        LOG.warning("%s cannot handle %s: %s", self._group.name, message.id, why)
        self.tally.failed += 1
        if message.delivered >= self._deliveries and await self._streams.bury(
            self._group, message, why=why[:_LONGEST_WHY]
        ):
            LOG.error("%s gave up %s: %s", self._group.name, message.id, why)
            self.tally.dead += 1


def _told(error: Exception) -> str:
    told = error.message if isinstance(error, JennieError) else str(error)
    return f"{type(error).__name__}: {told}"
