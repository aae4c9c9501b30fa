"""The bus: a server of one's own by URL, else the bundled one of the home."""

import os
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path

import numpy as np

from jennie_cli.adapters.redis.address import Address, read_url
from jennie_cli.adapters.redis.keys import RedisKeys, RedisLocks
from jennie_cli.adapters.redis.line import Line
from jennie_cli.adapters.redis.server import EmbeddedServer
from jennie_cli.adapters.redis.streams import RedisStreams
from jennie_cli.engine.bus import BusDown, BusPolicy
from jennie_cli.engine.clock import Clock

_NUMBERS = count()


class RedisBus:
    """Streams, keys and locks of one server. Belongs to one event loop."""

    def __init__(
        self,
        address: Address,
        *,
        steady: Clock,
        rng: np.random.Generator,
        policy: BusPolicy,
        server: EmbeddedServer | None = None,
    ) -> None:
        """`server` is the bundled one, revived when it dies; None leaves that to its owner."""
        self.place = address.place
        self._server = server
        self._name = f"jennie-{os.getpid()}-{next(_NUMBERS)}"
        self._line = Line(
            address, name=self._name, policy=policy, steady=steady, revive=self._revive
        )
        self.streams = RedisStreams(self._line, policy)
        self.keys = RedisKeys(self._line)
        self.locks = RedisLocks(self._line, owner=self._name, rng=rng)

    def __repr__(self) -> str:
        return f"RedisBus({self.place!r})"

    async def open(self) -> None:
        """Return once the server answers. Raises NoBusServer, BusDown, HomeNotWritable."""
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._line.close)
            await self._revive()
            await self._line.ask("PING")
            undo.pop_all()

    async def close(self) -> None:
        """Let go; the bundled server ends with its last client, a silent one with a later one."""
        await self._line.close()
        if self._server is not None:
            with suppress(BusDown):
                await self._server.leave(self._name)

    async def _revive(self) -> None:
        if self._server is not None:
            await self._server.attach()


def make_bus(
    *,
    url: str | None,
    folder: Path,
    runtime: Path,
    steady: Clock,
    rng: np.random.Generator,
    policy: BusPolicy,
) -> RedisBus:
    """Return a bus that has asked nobody yet: the server at `url`, else the bundled one with its
    data in `folder`.

    `runtime` is a folder of the user with a short path. `steady` is the machine's clock. Raises
    SettingsError for a wrong URL, HomeNotWritable for a folder too deep.
    """
    server = None if url else EmbeddedServer(folder, runtime=runtime, clock=steady)
    address = server.address if server is not None else read_url(url or "")
    return RedisBus(address, steady=steady, rng=rng, policy=policy, server=server)
