"""How much a caller may send: an order is a few hundred bytes."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 << 10
_TOO_LARGE = 413


class Bounded:
    """Wraps an application and turns larger bodies away before anybody has read them."""

    def __init__(self, app: ASGIApp, *, apart: str = "\0") -> None:
        """Sockets have a bound of their own, and so have paths that begin with `apart`."""
        self._app = app
        self._apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the body in, then hand it on as one piece."""
        if scope["type"] != "http" or scope["path"].startswith(self._apart):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST_BYTES:
                await Response(status_code=_TOO_LARGE)(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def taken() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, taken, send)
