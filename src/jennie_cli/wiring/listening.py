"""Hears the broker's notices while a trading room is open; without them the records are polled."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING

import numpy as np

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Execution
from jennie_cli.engine.model import Notice
from jennie_cli.settings import KisOptions

if TYPE_CHECKING:
    from jennie_cli.adapters.kis import KisQuotes, KisSession, KisStream
    from jennie_cli.wiring.house import House
    from jennie_cli.wiring.sites import Site

LOG = logging.getLogger(__name__)

PATIENCE_S = 3.0
"""How long the first order waits, at most, for its notices to be registered."""

_LOOK_S = 0.02
_BEAT_S = 1.0


class Listening:
    """One stream, opened at once and heard from `begin` on."""

    def __init__(self, stream: "KisStream | None", *, steady: Clock) -> None:
        """Open the stream; what it tells is kept until `begin`. None = there is nothing to hear."""
        self._stream = stream
        self._steady = steady
        self._until = steady.monotonic() + PATIENCE_S
        self._kept: AsyncIterator[Notice] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        if stream is not None:
            try:
                self._kept = stream.notices()
            except JennieError as error:
                LOG.warning("no notices, the records are polled: %s", error.message)

    @property
    def hears(self) -> bool:
        """Whether notices arrive now."""
        stream = self._stream
        return self._kept is not None and stream is not None and stream.status.connected

    async def begin(self, hearer: Execution) -> None:
        """Let `hearer` hear from now on; return once notices arrive or it has taken too long."""
        stream, kept = self._stream, self._kept
        if stream is None or kept is None:
            return
        # what start-up has built stays: the collector need not stop the stream to walk through it
        gc.freeze()
        self._run(self._hear(kept, hearer))
        self._run(self._read_again(stream, hearer))
        while stream.plan().wishes and not self.hears:
            if self._steady.monotonic() >= self._until:
                LOG.warning("no notices yet, the records are polled")
                return
            await self._steady.sleep(_LOOK_S)

    async def close(self) -> None:
        """Hear no more and end the stream."""
        # at the end of the program everything is to be taken apart again
        gc.unfreeze()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._stream is not None:
            await self._stream.close()

    async def _hear(self, kept: AsyncIterator[Notice], hearer: Execution) -> None:
        async for notice in kept:
            hearer.hear(notice)

    async def _read_again(self, stream: "KisStream", hearer: Execution) -> None:
        """Read the records after each new connection: what was told in between is lost."""
        read = stream.status.connections
        while True:
            await self._steady.sleep(_BEAT_S)
            now = stream.status.connections
            if now == read:
                continue
            try:
                await hearer.refresh()
            except JennieError as error:
                LOG.warning("the records could not be read again: %s", error.message)
            else:
                read = now

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._kept = None
            said = error.message if isinstance(error, JennieError) else type(error).__name__
            LOG.error("notices are heard no more, the records are polled: %s", said)


def stream_of(
    house: "House", site: "Site", session: "KisSession", quotes: "KisQuotes"
) -> "KisStream":
    """Return the stream of a site, for prices and, with an HTS id, for the account's notices."""
    from jennie_cli.adapters.kis import KisStream, Rhythm  # noqa: PLC0415  # only where it is heard

    options = house.settings.slice(KisOptions)
    return KisStream(
        session,
        quotes=quotes,
        clock=site.clock,
        steady=house.wall_clock,
        calendar=house.calendar,
        rng=np.random.default_rng(os.getpid()),
        account=site.account,
        hts_id=site.hts_id if site.tells_notices else "",
        rhythm=Rhythm(
            poll_held_s=options.poll_held_s,
            poll_others_s=options.poll_others_s,
            silence_s=options.silence_s,
        ),
    )
