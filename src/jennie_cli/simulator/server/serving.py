"""Runs the application on loopback until it is told to stop."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from jennie_cli.simulator.loopback import LOOPBACK
from jennie_cli.simulator.server.app import Server
from jennie_cli.simulator.server.leaving import Idle

GRACE_S = 1
MESSAGE_BYTES = 1 << 20


def serve(
    server: Server,
    listener: socket.socket,
    *,
    ready: Callable[[str], None],
    leaving: Callable[[], None] = lambda: None,
    patience_s: float | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, or until nobody has called for `patience_s` real seconds.

    `ready` is told the base URL once calls are answered; `leaving` is called before they end.
    """
    serving = runner(server, listener, ready=ready, leaving=leaving, patience_s=patience_s)
    serving.run(sockets=[listener])


def runner(
    server: Server,
    listener: socket.socket,
    *,
    ready: Callable[[str], None],
    leaving: Callable[[], None] = lambda: None,
    patience_s: float | None = None,
) -> uvicorn.Server:
    """Return what serves, for those who stop it themselves: `run`, then set `should_exit`."""
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    idle = Idle(server.app(), server.wall, patience_s=patience_s)
    config = uvicorn.Config(
        idle,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        lifespan="on",
        ws=_Abrupt,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=None,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
    )
    return _Runner(config, lambda: ready(url), leaving, server, idle)


_PIECES = 4


class _Gathered:
    """A transport that sends what is written in one turn of the loop in few pieces: frames of one
    second come in a row, and each piece costs more than what it holds. A piece stays small, so that
    a reader need not take a whole second at once.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)
        if len(self._pieces) >= _PIECES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces:
            self._transport.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Abrupt(WebSocketsSansIOProtocol):
    """Tears a connection down that neither side has closed when the application is through with it:
    to close it in good order would be to wait for a reader who takes nothing.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        gathered: Any = _Gathered(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(gathered)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self.handshake_complete and not self.close_sent and self.conn.close_rcvd is None:
            self.transport.abort()


class _Runner(uvicorn.Server):
    """Says when it is ready, leaves when nobody needs it, and closes its sockets in good order."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        leaving: Callable[[], None],
        server: Server,
        idle: Idle,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._leaving = leaving
        self._server = server
        self._idle = idle

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._idle.over

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leaving()
        self._server.hub.end()
        await super().shutdown(sockets=sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal without passing it on: being told to stop is no failure."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()
