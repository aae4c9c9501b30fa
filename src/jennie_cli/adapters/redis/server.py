"""The bundled server of a home: whoever comes first starts it, others attach, the last one ends it.

It runs detached, on a socket only its owner may open, and keeps its data in an append-only file.
It inherits the lock that says "alive", so a killed server is known at once and never started twice.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from jennie_cli.adapters.redis.address import Address, asked, at_socket
from jennie_cli.adapters.redis.folder import holding, is_held, private, socket_of
from jennie_cli.adapters.redis.program import bundled_program
from jennie_cli.engine.bus import BusDown
from jennie_cli.engine.clock import Clock

_LOOK_S = 0.005
_PING_S = 2.0
_DOOR = "jennie-door"
_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "databases": "1",
    "appendonly": "yes",
    "appendfsync": "no",  # any other postpones writes while it syncs, and a kill loses those
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}


class EmbeddedServer:
    """The server whose data lie in one folder."""

    def __init__(
        self, folder: Path, *, runtime: Path, clock: Clock, patience_s: float = 15.0
    ) -> None:
        """`runtime` holds the socket if the folder is too deep for one; `clock` is the machine's.

        Raises HomeNotWritable when both paths are too deep.
        """
        self.folder = folder
        self.socket = socket_of(folder, runtime)
        self.address: Address = at_socket(self.socket)
        self._clock = clock
        self._patience_s = patience_s
        self._ping_s = min(_PING_S, patience_s)

    @property
    def pid(self) -> int | None:
        """The process id of the running server, None when it does not run."""
        if not is_held(self._alive):
            return None
        with suppress(OSError, ValueError):
            return int((self.folder / "redis.pid").read_text(encoding="ascii"))
        return None

    async def attach(self) -> None:
        """Return once the server answers, started if need be.

        Raises NoBusServer, BusDown with what the server's log says, HomeNotWritable, StorageFull.
        """
        private(self.folder)
        private(self.socket.parent)
        async with self._door():
            if await self._answers():
                return
            if not is_held(self._alive):
                await self._start()
            await self._wait_for_answer()

    async def leave(self, name: str) -> bool:
        """End the server unless a client of another name is connected; return whether it ended."""
        return await self._end(name) if is_held(self._alive) else False

    async def stop(self) -> bool:
        """End the server, whoever is connected; return whether it was running. Raises BusDown."""
        return await self._end(None) if is_held(self._alive) else False

    @property
    def _alive(self) -> Path:
        return self.folder / "alive.lock"

    @asynccontextmanager
    async def _door(self) -> AsyncIterator[None]:
        """Let one process at a time start, attach or end."""
        path = self.folder / "door.lock"
        async with holding(path, clock=self._clock, wait_s=self._patience_s):
            yield

    async def _answers(self) -> bool:
        """Whether the server answers; one that is still reading its file does not yet."""
        try:
            async with asyncio.timeout(self._ping_s), self.address.client(_DOOR) as one:
                await asked(one, "PING")
        except (RedisError, OSError):
            return False
        return True

    async def _start(self) -> None:
        program = bundled_program()
        given = {
            **_OPTIONS,
            "dir": str(self.folder),
            "unixsocket": str(self.socket),
            "pidfile": str(self.folder / "redis.pid"),
            "logfile": str(self.folder / "redis.log"),
        }
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        async with holding(self._alive, clock=self._clock, wait_s=0.0) as alive:
            done = _run([str(program), *words], alive)
        if done.returncode:
            raise BusDown(
                f"The bundled server did not start: {done.stderr.strip() or done.stdout.strip()}",
                hint="Set JENNIE_REDIS_URL to a server of your own.",
            )

    async def _wait_for_answer(self) -> None:
        until = self._clock.monotonic() + self._patience_s
        while not await self._answers():
            if not is_held(self._alive):
                raise BusDown(
                    f"The bundled server ended while starting: {self._last_words()}",
                    hint=f"It keeps nothing that cannot be rebuilt: move {self.folder} away.",
                )
            if self._clock.monotonic() >= until:
                raise BusDown(
                    f"The bundled server (pid {self.pid}) runs and does not answer.",
                    hint="End that process, then try again.",
                )
            await self._clock.sleep(_LOOK_S)

    async def _end(self, name: str | None) -> bool:
        async with self._door():
            try:
                async with asyncio.timeout(self._ping_s), self.address.client(_DOOR) as one:
                    if name is not None and await _others(one, name):
                        return False
                    await asked(one, "SHUTDOWN")
            except ResponseError as error:
                raise BusDown(f"The bundled server would not end: {error}") from None
            except RedisConnectionError:
                pass  # it ends without an answer
            except (RedisError, OSError):
                raise BusDown(f"The bundled server (pid {self.pid}) does not answer.") from None
            await self._wait_for_end()
        return True

    async def _wait_for_end(self) -> None:
        until = self._clock.monotonic() + self._patience_s
        while is_held(self._alive):
            if self._clock.monotonic() >= until:
                raise BusDown(f"The bundled server (pid {self.pid}) does not end.")
            await self._clock.sleep(_LOOK_S)

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "redis.log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "it left no log."
        return " / ".join(lines.strip().splitlines()[-3:])


def _run(command: list[str], alive: int) -> subprocess.CompletedProcess[str]:
    """Start a program that goes to the background and keeps the lock `alive` open."""
    return subprocess.run(  # noqa: S603  # our own server
        command,
        pass_fds=(alive,),
        umask=0o077,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


async def _others(one: Redis, name: str) -> bool:
    """Whether a client of another name is connected."""
    rows = await asked(one, "CLIENT LIST")
    return any(row["name"] not in {name, _DOOR} for row in rows)
