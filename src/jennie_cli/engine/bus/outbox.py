"""Ticks on their way to the bus: who reads the socket never waits for it."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from jennie_cli.engine.bus.failures import BusDown
from jennie_cli.engine.bus.streams import KEEP, Streams


class Bus(Protocol):
    """Takes messages without waiting."""

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = KEEP) -> None:
        """Append to `stream`, of which about the newest `keep` messages stay."""
        ...


class TickOutbox:
    """Gathers ticks and publishes them in batches while `run` runs.

    What a dead or slow bus does not take falls, oldest first, and is counted in `fallen`; the next
    tick of such a stock says `after_gap`, as a tick after a gap of the socket does.
    """

    def __init__(self, streams: Streams, *, room: int = KEEP) -> None:
        """`room` ticks wait at most."""
        self.fallen = 0
        self._streams = streams
        self._room = room
        self._waiting: deque[tuple[str, dict[str, str], int]] = deque()
        self._torn: set[str] = set()
        self._some = asyncio.Event()

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = KEEP) -> None:
        """Put a tick in the queue."""
        self._waiting.append((stream, dict(fields), keep))
        if len(self._waiting) > self._room:
            self._drop(self._waiting.popleft()[1])
        self._some.set()

    async def run(self) -> None:
        """Publish what comes until cancelled; a dead bus is tried with each batch."""
        while True:
            await self._some.wait()
            self._some.clear()
            await self._flush()

    async def _flush(self) -> None:
        batches: dict[tuple[str, int], list[dict[str, str]]] = {}
        while self._waiting:
            stream, fields, keep = self._waiting.popleft()
            self._mend(fields)
            batches.setdefault((stream, keep), []).append(fields)
        for (stream, keep), batch in batches.items():
            try:
                await self._streams.publish(stream, *batch, keep=keep)
            except BusDown:
                for fields in batch:
                    self._drop(fields)

    def _drop(self, fields: Mapping[str, str]) -> None:
        self.fallen += 1
        self._torn.add(fields.get("code", ""))

    def _mend(self, fields: dict[str, str]) -> None:
        code = fields.get("code", "")
        if code in self._torn:
            self._torn.remove(code)
            fields["after_gap"] = "1"
