"""The port of chats, what it fails with, and its twin in memory."""

from typing import Protocol

from jennie_cli.engine.errors import OutsideError


class ChatDown(OutsideError):
    """The service of the chats does not answer, or not now; it is tried again later.

    Where it is known that nothing was sent, `unsent` says so; else a message may have arrived.
    """

    code = "chat_down"

    def __init__(self, message: str, *, hint: str = "", unsent: bool = False) -> None:
        """`message` says what happened."""
        super().__init__(message, hint=hint)
        self.unsent = unsent


class ChatRefused(OutsideError):
    """The service answered that it will not take this message for this chat."""

    code = "chat_refused"


class Chat(Protocol):
    """Sends to chats by id. Waiting as a full service asks is its own affair."""

    async def ready(self) -> None:
        """Return if messages can be sent. Raises ChatDown while they cannot."""
        ...

    async def send(self, chat: int, html: str) -> None:
        """Send one message of escaped HTML, at most `MOST` units. Raises ChatDown, ChatRefused."""
        ...


class MemoryChat:
    """Keeps what is sent. `down` and the ids in `refusing` are for tests to set."""

    def __init__(self) -> None:
        """Have sent nothing."""
        self.sent: list[tuple[int, str]] = []
        self.down = False
        self.refusing: set[int] = set()

    async def ready(self) -> None:
        """Return unless it is down."""
        if self.down:
            raise ChatDown("The chats were switched off.", hint="Switch them on.")

    async def send(self, chat: int, html: str) -> None:
        """Keep a message."""
        await self.ready()
        if chat in self.refusing:
            raise ChatRefused(f"Chat {chat} takes nothing.", hint="Let the bot in again.")
        self.sent.append((chat, html))
