"""One client's socket: what it subscribed to, and the frames on their way to it."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from jennie_cli.kis_wire import StreamKey

MAX_WAITING = 8 << 20
"""Letters that may wait for a reader; one that falls further behind is cut off."""

_CLOSING_S = 1.0
_SILENT_PINGS = 3


class Session:
    """One open socket."""

    def __init__(self, socket: WebSocket, *, born: float) -> None:
        """`born` is the machine's monotonic second at which it opened."""
        self.born = born
        self.key: str | None = None
        self.cut = False
        self.waiting = 0
        self.frames = 0
        self.registered: dict[tuple[str, str], StreamKey] = {}
        self.writer: asyncio.Task[None] | None = None
        self._socket = socket
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()
        self._sending = False
        self._unanswered: int | None = None

    def put(self, text: str) -> None:
        """Queue one frame, unless the socket is cut or is cut now for what waits already."""
        if self.cut:
            return
        self._frames.put_nowait(text)
        self.waiting += len(text)
        if self.waiting > MAX_WAITING:
            self.end(cut=True)

    def end(self, *, cut: bool = False) -> None:
        """Close after what is queued; `cut` drops that, and closes at once in no good order."""
        if self.cut:
            return
        if cut:
            self.cut, self.waiting = True, 0
            while not self._frames.empty():
                self._frames.get_nowait()
            if self._sending and self.writer is not None:
                self.writer.cancel()  # the reader takes nothing: it cannot be told either
        self._frames.put_nowait(None)

    def ping(self, text: str) -> None:
        """Send a sign of life; cut one who used to answer them and has stopped."""
        if self._unanswered is not None:
            if self._unanswered >= _SILENT_PINGS:
                self.end(cut=True)
            self._unanswered += 1
        self.put(text)

    def answered(self) -> None:
        """Note that the client answers signs of life by text, which can be counted."""
        self._unanswered = 0

    def listens(self, tr_id: str, tr_key: str) -> bool:
        """Whether the client asked for this."""
        return (tr_id, tr_key) in self.registered

    async def write(self) -> None:
        """Send what is queued until the session ends."""
        while (text := await self._frames.get()) is not None:
            self.waiting -= len(text)
            self._sending = True
            try:
                await self._socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):  # the client has gone
                return
            self._sending = False
        try:
            async with asyncio.timeout(_CLOSING_S if self.cut else None):
                await self._socket.close(code=1011 if self.cut else 1000)
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return
