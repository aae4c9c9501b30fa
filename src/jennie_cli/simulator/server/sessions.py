"""One client's socket: what it subscribed to, and the frames on their way to it."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from jennie_cli.kis_wire import StreamKey

MAX_WAITING = 200_000
"""Frames that may wait for a reader; one that falls further behind is cut off."""


class Session:
    """One open socket."""

    def __init__(self, socket: WebSocket, *, born: float) -> None:
        """`born` is the machine's monotonic second at which it opened."""
        self.born = born
        self.key: str | None = None
        self.cut = False
        self.registered: dict[tuple[str, str], StreamKey] = {}
        self._socket = socket
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, text: str) -> None:
        """Queue one frame."""
        if self._frames.qsize() >= MAX_WAITING:
            self.end(cut=True)
        if not self.cut:
            self._frames.put_nowait(text)

    def end(self, *, cut: bool = False) -> None:
        """Close after what is queued; `cut` closes at once and not in good order."""
        self.cut = self.cut or cut
        self._frames.put_nowait(None)

    def listens(self, tr_id: str, tr_key: str) -> bool:
        """Whether the client asked for this."""
        return (tr_id, tr_key) in self.registered

    async def write(self) -> None:
        """Send what is queued until the session ends."""
        while (text := await self._frames.get()) is not None:
            if self.cut:
                break
            try:
                await self._socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):  # the client has gone
                return
        try:
            await self._socket.close(code=1011 if self.cut else 1000)
        except (WebSocketDisconnect, RuntimeError):
            return
