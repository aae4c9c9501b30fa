"""Notices on their way to the bus: who tells one never waits and never fails."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.notify.notice import Notice, fields_of
from jennie_cli.engine.notify.policy import NotifyPolicy

LOG = logging.getLogger(__name__)

_BATCH = 50


class Carrier(Protocol):
    """Takes notices as flat fields; the streams of the bus do."""

    async def publish(self, stream: str, *entries: Mapping[str, str]) -> tuple[str, ...]:
        """Append entries in order. Raises OutsideError; some may have arrived all the same."""
        ...


class Notices:
    """Gathers notices and publishes them while `run` runs.

    What a dead bus does not take waits and is tried again, with the same keys. When too many wait,
    the oldest that is not loud falls, or else the oldest; `dropped` counts them.
    """

    def __init__(
        self, carrier: Carrier, stream: str, *, policy: NotifyPolicy, steady: Clock
    ) -> None:
        """`steady` measures pauses in real seconds."""
        self.dropped = 0
        self._carrier, self._stream = carrier, stream
        self._policy, self._steady = policy, steady
        self._waiting: deque[Notice] = deque()
        self._some = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many the bus has not taken yet."""
        return len(self._waiting)

    def tell(self, notice: Notice) -> None:
        """Put a notice in the queue."""
        self._waiting.append(notice)
        if len(self._waiting) > self._policy.room:
            self._drop()
        self._some.set()

    async def run(self) -> None:
        """Publish what comes until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            while not await self.flush():
                await self._steady.sleep(self._policy.pause_s)

    async def flush(self) -> bool:
        """Publish what waits; return False if the bus did not take all of it."""
        while self._waiting:
            batch = tuple(self._waiting)[:_BATCH]
            try:
                await self._carrier.publish(self._stream, *map(fields_of, batch))
            except OutsideError as error:
                LOG.warning("%d notices wait: %s", len(self._waiting), error.message)
                return False
            self._took(batch)
        return True

    def _took(self, batch: tuple[Notice, ...]) -> None:
        # some of them may have fallen meanwhile
        taken = {id(notice) for notice in batch}
        self._waiting = deque(n for n in self._waiting if id(n) not in taken)

    def _drop(self) -> None:
        falls = next((n for n, one in enumerate(self._waiting) if not one.loud), 0)
        del self._waiting[falls]
        self.dropped += 1
