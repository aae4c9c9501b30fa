"""An account's way into channels, over a client that behaves as Telethon's does."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

import pytest

from jennie_cli.adapters.telegram import AccountKey, ChannelAccount, log_in, open_line
from jennie_cli.adapters.telegram.account import _KINDS, Line
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import FetchFailed, FetchKind, Heard

AT = datetime(2026, 3, 4, 8, 0, tzinfo=KST)
SINCE = AT - timedelta(hours=5)


class RPCError(Exception):
    """Any refusal of Telegram."""


class FloodError(RPCError):
    """Asked too often."""


class FloodWaitError(FloodError):
    """Asked too often, with how long to wait."""

    seconds = 30


class ChannelPrivateError(RPCError):
    """Not for us."""


class AuthKeyDuplicatedError(RPCError):
    """A refusal of no kind that is known."""


class SessionPasswordNeededError(RPCError):
    """The account has a password."""


@dataclass(slots=True)
class Said:
    """A message."""

    id: int
    date: datetime | None
    raw_text: str | None


@dataclass(slots=True)
class Session:
    """A session that can be kept."""

    def save(self) -> str:
        """Return it as text."""
        return "1saved"


@dataclass(slots=True)
class Client:
    """A client that has these channels; an error in place of messages is raised."""

    channels: Mapping[str, list[Said] | Exception | None] = field(default_factory=dict)
    signed_in: bool = True
    connecting: Exception | None = None
    needs_password: bool = False
    calls: list[str] = field(default_factory=list)
    session: Session = field(default_factory=Session)

    async def connect(self) -> None:
        """Open the line."""
        self.calls.append("connect")
        if self.connecting:
            raise self.connecting

    async def is_user_authorized(self) -> bool:
        """Say whether the session is good."""
        return self.signed_in

    async def disconnect(self) -> None:
        """Close the line."""
        self.calls.append("disconnect")

    async def iter_messages(self, entity: str, limit: int) -> AsyncIterator[Said]:
        """Yield the newest of a channel."""
        self.calls.append(entity)
        messages = self.channels[entity]
        if messages is None:
            await asyncio.Event().wait()
        if isinstance(messages, Exception):
            raise messages
        for message in (messages or [])[:limit]:
            yield message

    async def send_code_request(self, phone: str) -> None:
        """Send a code."""
        self.calls.append(f"code to {phone}")

    async def sign_in(
        self, phone: str | None = None, code: str | None = None, *, password: str | None = None
    ) -> None:
        """Sign in, or ask for the password."""
        del phone
        if self.needs_password and password is None:
            raise SessionPasswordNeededError
        if code == "wrong":
            raise RPCError(code)
        self.calls.append(f"signed in by {password or code}")


def heard(client: Client, timeout_s: float = 5.0) -> Heard:
    """Return what an account hears."""
    source = ChannelAccount(
        channels=list(client.channels),
        open=lambda: Line(client=client, refused=RPCError),
        stocks={"900010": "가온전지"},
        timeout_s=timeout_s,
    )
    return asyncio.run(source.latest(SINCE))


def posts(count: int) -> list[Said]:
    """Return messages an hour apart, the newest first."""
    return [Said(90 - n, AT - timedelta(hours=n), f"글 {n}\n본문") for n in range(count)]


def test_messages_become_headlines_back_to_the_moment_asked_for() -> None:
    """Those without words or moment are left out; addresses are the preview's own."""
    odd = [Said(99, AT, None), Said(98, None, "x"), Said(97, AT.replace(tzinfo=None), "x")]
    client = Client({"gaon_notes": [*odd, *posts(20)], "HanaResearch": posts(1)})
    got = heard(client)
    assert () == got.failures
    assert 7 == len(got.headlines)
    newest = got.headlines[-1]
    assert ("글 0", AT, "https://t.me/gaon_notes/90", "telegram:gaon_notes") == (
        newest.title, newest.at, newest.url, newest.source,
    )  # fmt: skip
    assert ["connect", "gaon_notes", "HanaResearch", "disconnect"] == client.calls


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ChannelPrivateError(), FetchKind.BLOCKED),
        (ValueError("No user has it"), FetchKind.GONE),
        (ConnectionError(), FetchKind.UNREACHABLE),
        (AuthKeyDuplicatedError(), FetchKind.SERVER),
        (None, FetchKind.TIMEOUT),
    ],
)
def test_one_channel_that_fails_is_named_and_the_rest_are_read(
    error: Exception | None, kind: FetchKind
) -> None:
    """The line is closed all the same."""
    client = Client({"first": error, "second": posts(2)})
    got = heard(client, timeout_s=0.2)
    assert 2 == len(got.headlines)
    assert [kind] == [f.kind for f in got.failures]
    assert "disconnect" == client.calls[-1]


def test_who_is_told_to_wait_asks_no_more() -> None:
    """How long is kept."""
    client = Client({"first": FloodWaitError(), "second": posts(2)})
    got = heard(client)
    assert [(FetchKind.RATE_LIMITED, 30.0)] == [(f.kind, f.retry_after_s) for f in got.failures]
    assert "second" not in client.calls


@pytest.mark.parametrize(
    ("client", "kind"),
    [
        (Client({"x": posts(1)}, signed_in=False), FetchKind.BLOCKED),
        (Client({"x": posts(1)}, connecting=OSError()), FetchKind.UNREACHABLE),
    ],
)
def test_an_account_that_cannot_enter_tells_nothing(client: Client, kind: FetchKind) -> None:
    """No channel is asked, and the line is closed."""
    got = heard(client)
    assert ((), [kind]) == (got.headlines, [f.kind for f in got.failures])
    assert ["connect", "disconnect"] == client.calls


def test_a_damaged_session_is_a_failure_like_any_other() -> None:
    """Nothing is opened with it."""

    def damaged() -> Line:
        raise FetchFailed("Damaged.", kind=FetchKind.BLOCKED)

    got = asyncio.run(ChannelAccount(channels=["x"], open=damaged).latest(SINCE))
    assert [FetchKind.BLOCKED] == [f.kind for f in got.failures]


def signed_in(client: Client, code: str = "123") -> str:
    """Return the session of a sign-in."""
    return asyncio.run(
        log_in(
            AccountKey(api_id=1, api_hash="h"),
            "+8210",
            code=lambda: code,
            password=lambda: "pw",
            line=Line(client=client, refused=RPCError),
        )
    )


def test_signing_in_asks_for_the_code_and_for_a_password_where_there_is_one() -> None:
    """What comes of it is the session, and the line is closed."""
    plain, locked = Client(), Client(needs_password=True)
    assert ("1saved", "1saved") == (signed_in(plain), signed_in(locked))
    assert ["connect", "code to +8210", "signed in by 123", "disconnect"] == plain.calls
    assert "signed in by pw" == locked.calls[2]


def test_a_refused_sign_in_is_an_outside_failure_without_the_code() -> None:
    """Neither code nor password is in what is said."""
    with pytest.raises(OutsideError) as caught:
        signed_in(Client(), code="wrong")
    assert "wrong" not in caught.value.message


def test_a_key_does_not_show_its_secrets() -> None:
    """A log that prints it tells nothing that opens anything."""
    shown = repr(AccountKey(api_id=1, api_hash="h4sh", session="s3ss"))
    assert ("h4sh" in shown, "s3ss" in shown) == (False, False)


@pytest.mark.skipif(find_spec("telethon") is None, reason="telethon is not installed")
def test_telethon_has_what_is_used_of_it() -> None:
    """Its client, its arguments and the names of its refusals; nothing is connected."""
    library = import_module("telethon")
    client = library.TelegramClient
    assert {"timeout", "flood_sleep_threshold", "receive_updates"} <= set(
        inspect.signature(client.__init__).parameters
    )
    assert {"entity", "limit"} <= set(inspect.signature(client.iter_messages).parameters)
    names = {*_KINDS, "RPCError", "SessionPasswordNeededError"}
    assert set() == {name for name in names if not hasattr(library.errors, name)}

    async def opened() -> Line:
        return open_line(AccountKey(api_id=1, api_hash="h"))

    assert library.errors.RPCError is asyncio.run(opened()).refused
    with pytest.raises(FetchFailed):
        open_line(AccountKey(api_id=1, api_hash="h", session="damaged"))
