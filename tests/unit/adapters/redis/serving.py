"""The bundled server, started for a test and ended by its process id."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from jennie_cli.adapters.redis import EmbeddedServer, RedisBus, make_bus
from jennie_cli.adapters.redis.address import Address, asked
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import BusPolicy
from jennie_cli.engine.clock import Clock

IDLE_S = 0.25
POLICY = BusPolicy(claim_idle_s=IDLE_S)


@dataclass(slots=True, kw_only=True)
class Place:
    """A folder for a server, and ways to it."""

    folder: Path
    runtime: Path
    clock: Clock = field(default_factory=SystemClock)

    def server(self, *, patience_s: float = 10.0) -> EmbeddedServer:
        """Return a server object of its own, as another process would have."""
        return EmbeddedServer(
            self.folder, runtime=self.runtime, clock=self.clock, patience_s=patience_s
        )

    @property
    def pid(self) -> int:
        """The process id of the server, which must run."""
        found = self.server().pid
        assert found is not None
        return found

    @asynccontextmanager
    async def bus(
        self, *, steady: Clock | None = None, policy: BusPolicy = POLICY
    ) -> AsyncIterator[RedisBus]:
        """Open a bus and close it afterwards."""
        bus = make_bus(
            url=None,
            folder=self.folder,
            runtime=self.runtime,
            steady=steady or self.clock,
            rng=np.random.default_rng(1),
            policy=policy,
        )
        await bus.open()
        try:
            yield bus
        finally:
            await bus.close()

    async def kill(self) -> int:
        """Kill the server and return its process id once it is dead."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            while self.server().pid is not None:
                await self.clock.sleep(0.002)
        return pid

    async def ask(self, *command: str | int, address: Address | None = None) -> object:
        """Ask the server itself."""
        async with (address or self.server().address).client("jennie-test") as one:
            return await asked(one, *command)
