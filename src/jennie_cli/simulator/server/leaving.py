"""When a server may go home: nobody has called for a while."""

from starlette.types import ASGIApp, Receive, Scope, Send

from jennie_cli.engine.clock import Clock

_CLIENTS = frozenset({"http", "websocket"})


class Idle:
    """Wraps an application and knows how long ago the last client left."""

    def __init__(self, app: ASGIApp, wall: Clock, *, patience_s: float | None) -> None:
        """`patience_s` real seconds without a client are enough; None stays for ever."""
        self._app = app
        self._wall = wall
        self._patience_s = patience_s
        self._inside = 0
        self._left = wall.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a client in and note when it leaves."""
        if scope["type"] not in _CLIENTS:
            await self._app(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
            self._left = self._wall.monotonic()

    @property
    def over(self) -> bool:
        """Whether the last client left long enough ago."""
        if self._patience_s is None or self._inside:
            return False
        return self._wall.monotonic() - self._left >= self._patience_s
