"""Channels through a user's own account, by Telethon: also those that show no preview.

Telethon is imported when a client is opened. The session is the key to the whole account; it is a
secret of the home and never a file of Telethon's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from jennie_cli.adapters.telegram.posts import headline
from jennie_cli.engine.feed import FetchFailed, FetchKind, Heard
from jennie_cli.engine.model import Headline

_HINTS: Mapping[FetchKind, str] = {
    FetchKind.RATE_LIMITED: "Ask less often, or later.",
    FetchKind.GONE: "The channels are the setting news_sources.channels.",
    FetchKind.BLOCKED: "Is the account a member? Is it still signed in?",
}
_LATER = "Try again later."
_KINDS: Mapping[str, FetchKind] = {
    "FloodError": FetchKind.RATE_LIMITED,
    "UsernameNotOccupiedError": FetchKind.GONE,
    "UsernameInvalidError": FetchKind.GONE,
    "ChannelInvalidError": FetchKind.GONE,
    "ChannelPrivateError": FetchKind.BLOCKED,
    "UnauthorizedError": FetchKind.BLOCKED,
    "AuthKeyError": FetchKind.BLOCKED,
    "ForbiddenError": FetchKind.BLOCKED,
}
"""What Telethon's refusals mean, by the name of the class or of one above it."""


class Message(Protocol):
    """What is read of a message."""

    id: int
    date: datetime | None
    raw_text: str | None


class UserClient(Protocol):
    """What is used of Telethon's client."""

    async def connect(self) -> None:
        """Open the line."""
        ...

    async def is_user_authorized(self) -> bool:
        """Return whether the session is signed in."""
        ...

    def iter_messages(self, entity: str, limit: int) -> AsyncIterator[Message]:
        """Yield the newest messages of a channel, newest first."""
        ...

    def disconnect(self) -> Awaitable[None]:
        """Close the line."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """What opens an account: the application's id and hash, and a session, empty before sign-in."""

    api_id: int
    api_hash: str = field(repr=False)
    session: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A client and the class of what Telegram's refusals are raised as."""

    client: Any
    refused: type[Exception]


def open_line(key: AccountKey) -> Line:
    """Return a client that is not connected yet. Raises FetchFailed for a session that is none."""
    library, sessions = import_module("telethon"), import_module("telethon.sessions")
    try:
        session = sessions.StringSession(key.session)
    except (ValueError, TypeError):
        raise _failed(
            "The session of the Telegram account is damaged.", FetchKind.BLOCKED
        ) from None
    client = library.TelegramClient(
        session,
        key.api_id,
        key.api_hash,
        timeout=10,
        connection_retries=1,
        request_retries=1,
        flood_sleep_threshold=0,
        receive_updates=False,
    )
    return Line(client=client, refused=library.errors.RPCError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAccount:
    """Some channels, read one after the other over one line; `most` posts of each.

    `open` gives a new line; `timeout_s` is the patience with one channel.
    """

    channels: Sequence[str]
    open: Callable[[], Line]
    most: int = 50
    timeout_s: float = 30.0
    stocks: Mapping[str, str] = field(default_factory=dict)
    name: str = "telegram:account"

    async def latest(self, since: datetime) -> Heard:
        """Return the posts from a moment on, oldest first; a channel that fails is told."""
        failures: list[FetchFailed] = []
        try:
            line = self.open()
        except FetchFailed as error:
            return Heard(failures=(error,))
        try:
            await self._guarded(line, self._enter(line), "Telegram")
            found = await self._channels(line, since, failures)
        except FetchFailed as error:
            return Heard(failures=(error,))
        finally:
            await line.client.disconnect()
        ordered = sorted(found, key=lambda h: (h.at, h.url))
        return Heard(headlines=tuple(ordered), failures=tuple(failures))

    async def _channels(
        self, line: Line, since: datetime, failures: list[FetchFailed]
    ) -> Sequence[Headline]:
        """Return what the channels tell, noting failures; once refused as too often, no more."""
        found: list[Headline] = []
        for channel in self.channels:
            try:
                reading = self._posts(line, channel, since)
                found += await self._guarded(line, reading, f"@{channel}")
            except FetchFailed as error:
                failures.append(error)
                if error.kind is FetchKind.RATE_LIMITED:
                    break
        return found

    async def _enter(self, line: Line) -> Sequence[Headline]:
        """Connect. Raises FetchFailed for a session that is not signed in."""
        client: UserClient = line.client
        await client.connect()
        if not await client.is_user_authorized():
            raise _failed("The Telegram account is not signed in.", FetchKind.BLOCKED)
        return ()

    async def _posts(self, line: Line, channel: str, since: datetime) -> Sequence[Headline]:
        client: UserClient = line.client
        kept: list[Headline] = []
        async for message in client.iter_messages(channel, limit=self.most):
            if message.date is None or message.date.tzinfo is None:
                continue
            if message.date < since:
                break
            post = headline(
                channel,
                message.id,
                at=message.date,
                text=message.raw_text or "",
                stocks=self.stocks,
            )
            kept += [post] if post else []
        return kept

    async def _guarded(
        self, line: Line, doing: Awaitable[Sequence[Headline]], what: str
    ) -> Sequence[Headline]:
        """Return what comes of a call. Raises FetchFailed for whatever Telethon raises."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await doing
        except TimeoutError:
            raise _failed(f"{what} gave no answer in time.", FetchKind.TIMEOUT) from None
        except OSError as error:
            why = type(error).__name__
            raise _failed(f"{what} cannot be reached ({why}).", FetchKind.UNREACHABLE) from None
        except ValueError:
            # Telethon's answer for a name that nobody has
            raise _failed(f"There is no channel {what}.", FetchKind.GONE) from None
        except line.refused as error:
            raise _refused(error, what) from None


def _refused(error: Exception, what: str) -> FetchFailed:
    """Return what a refusal means; Telegram's own words are not repeated."""
    names = [cls.__name__ for cls in type(error).__mro__]
    kind = next((_KINDS[name] for name in names if name in _KINDS), FetchKind.SERVER)
    seconds = getattr(error, "seconds", None)
    wait = float(seconds) if isinstance(seconds, int) else None
    return _failed(f"{what} is refused ({names[0]}).", kind, wait)


def _failed(said: str, kind: FetchKind, wait: float | None = None) -> FetchFailed:
    return FetchFailed(said, kind=kind, hint=_HINTS.get(kind, _LATER), retry_after_s=wait)
