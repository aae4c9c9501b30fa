"""Telegram's Bot API: messages to chats, and what is written to the bot.

The token is part of every address, so that no address is ever told: not in an error, whose own
context would hold it too, and not in a log.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import orjson

from jennie_cli.adapters.telegram.bot_said import Answer, read_answer, read_updates, user_name
from jennie_cli.engine.bot import Update
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutsideError, SettingsError
from jennie_cli.engine.feed import one_line
from jennie_cli.engine.notify import ChatDown, ChatRefused

SECRET = "telegram_bot_token"  # noqa: S105  # the name of the secret

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}")
_SEND = "sendMessage"
_AT_ONCE = 20
"""So many updates in one answer: the longest texts there can be still fit its bound."""

_LONGEST_POLL_S = 50.0
_CONNECTING = 1
"""More tries to open a connection, for then surely nothing was sent."""

_LONGEST_WORDS, _LOOKED_AT = 200, 2_000
_LATER = "It is tried again later; is this machine on the internet?"
_WHERE = "Is telegram_bot.url the address of a Bot API?"
_STORE = f"Store the token that @BotFather gave: jennie secrets set {SECRET}"
_ALONE = (
    "Only one program may ask for a bot's updates: end the other one, or its webhook, or make a "
    "bot of your own for this home."
)
_CHAT = "Is the id of the chat right, and the bot let in and not blocked there?"


class BotOptions(Protocol):
    """Address and patience; the options in settings fit it."""

    @property
    def url(self) -> str:
        """The address before `/bot<token>`; encrypted, or of this machine."""
        ...

    @property
    def timeout_s(self) -> float:
        """Seconds for one answer, beyond those that the service was asked to wait."""
        ...

    @property
    def longest_wait_s(self) -> float:
        """Seconds that one message waits when the service asks for it, all waits together."""
        ...

    @property
    def most_kb(self) -> int:
        """Longest answer taken, in 1,000 bytes."""
        ...


class BotApi:
    """One bot: a Chat and an Updates.

    The transport is used without a client: a client logs whole addresses.
    """

    def __init__(
        self, token: str, options: BotOptions, *, steady: Clock, veil: Callable[[str], str]
    ) -> None:
        """Nothing is sent yet. `steady` is the machine's clock, `veil` takes secrets out of texts.

        Raises SettingsError for what is no token; it does not show it.
        """
        if not _TOKEN.fullmatch(token.strip()):
            raise SettingsError(f"The secret {SECRET} is no token of a Telegram bot.", hint=_STORE)
        for chatty in ("httpx", "httpcore"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._root = f"{options.url.rstrip('/')}/bot{token.strip()}"
        self._options, self._steady, self._veil = options, steady, veil
        self._transport = httpx.AsyncHTTPTransport(retries=_CONNECTING)
        self._name = ""

    @property
    def name(self) -> str:
        """The bot's own user name without its @; empty before it was ready once."""
        return self._name

    async def ready(self) -> None:
        """Return if the service knows the bot. Raises ChatDown, also for a wrong token."""
        name = user_name(await self._insisted("getMe", {}))
        if not name:
            raise ChatDown("Telegram does not tell the name of the bot.", hint=_WHERE)
        self._name = name

    async def send(self, chat: int, html: str) -> None:
        """Send one message; links show no preview. Raises ChatDown, ChatRefused.

        After a ChatDown it may have arrived all the same, unless its text says that nothing was.
        """
        fields = {
            "chat_id": chat,
            "text": html.encode(errors="replace").decode(),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        answer = await self._asked(_SEND, fields)
        if not answer.ok:
            raise self._failure(answer)

    async def updates(self, after: int | None, *, wait_s: float) -> Sequence[Update]:
        """Return what is newer than a number, by number, or nothing after `wait_s` seconds.

        No call waits longer than 50 seconds. Raises ChatDown.
        """
        wait = max(0, int(min(wait_s, _LONGEST_POLL_S)))
        fields: dict[str, Any] = {
            "timeout": wait,
            "limit": _AT_ONCE,
            "allowed_updates": ["message"],
        }
        if after is not None:
            fields["offset"] = after + 1
        found = await self._insisted("getUpdates", fields, wait_s=wait)
        if not isinstance(found, list):
            raise ChatDown("Telegram's updates are no list.", hint=_WHERE)
        by_number = {update.id: update for update in read_updates(found, after)}
        return [by_number[number] for number in sorted(by_number)]

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _insisted(self, method: str, fields: Mapping[str, Any], wait_s: float = 0.0) -> Any:
        """Return a result. Raises ChatDown for whatever goes wrong."""
        answer = await self._asked(method, fields, wait_s)
        if not answer.ok:
            error = self._failure(answer)
            raise ChatDown(error.message, hint=error.hint)
        return answer.result

    async def _asked(self, method: str, fields: Mapping[str, Any], wait_s: float = 0.0) -> Answer:
        """Return an answer other than "wait a while". Raises ChatDown."""
        body, waited = orjson.dumps(fields), 0.0
        while True:
            call = _Call(method=method, body=body, patience_s=self._options.timeout_s + wait_s)
            answer = await self._answer(call)
            if answer.code != httpx.codes.TOO_MANY_REQUESTS:
                return answer
            pause = max(1.0, answer.wait_s or 0.0)
            waited += pause
            if waited > self._options.longest_wait_s:
                raise ChatDown(
                    f"Telegram asks to wait for {pause:g} seconds; nothing was taken.",
                    hint="It is tried again later; telegram_bot.longest_wait_s bounds the waits.",
                    unsent=True,
                )
            await self._steady.sleep(pause)

    async def _answer(self, call: "_Call") -> Answer:
        status, raw = await self._exchanged(call)
        answer = read_answer(status, raw)
        if answer is None:
            raise ChatDown(
                f"Telegram answered {call.method} with HTTP {status} and nothing that can be read"
                f"{call.fate}",
                hint=_LATER if status >= 500 else _WHERE,
            )
        return answer

    async def _exchanged(self, call: "_Call") -> tuple[int, bytes]:
        """Return status and body. Raises ChatDown, outside of any handler: it has no context."""
        try:
            # a line cut off while it is opened would stay open: that has limits of its own
            async with asyncio.timeout(None) as bound:
                return await self._sent(call, bound)
        # TLS and sockets have failures that httpx lets pass
        except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError) as error:
            why = call.failed(error)
        raise ChatDown(why, hint=_LATER, unsent=not call.begun)

    async def _sent(self, call: "_Call", bound: asyncio.Timeout) -> tuple[int, bytes]:
        patience = dict.fromkeys(("connect", "pool"), self._options.timeout_s / 2)
        request = httpx.Request(
            "POST",
            f"{self._root}/{call.method}",
            # a compressed answer would have no bound that is worth its name
            headers={"content-type": "application/json", "accept-encoding": "identity"},
            content=call.body,
            extensions={"timeout": patience, "trace": call.watching(bound)},
        )
        response = await self._transport.handle_async_request(request)
        try:
            return response.status_code, await self._body(response, call)
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response, call: "_Call") -> bytes:
        """Return a whole body. Raises ChatDown for one too long or compressed."""
        raw, most = bytearray(), self._options.most_kb * 1_000
        plain = response.headers.get("content-encoding", "identity") == "identity"
        async for piece in response.aiter_raw():
            raw += piece
            if len(raw) > most or not plain:
                what = f"more than {most:,} bytes" if plain else "compressed bytes"
                raise ChatDown(f"Telegram answered with {what}{call.fate}", hint=_WHERE)
        return bytes(raw)

    def _failure(self, answer: Answer) -> OutsideError:
        """Return what an answer that is not ok means."""
        words = one_line(self._veil(one_line(answer.said, _LOOKED_AT)), _LONGEST_WORDS)
        told = f"Telegram answered {answer.code}: {words or 'no reason given'}"
        if answer.code in {401, 404}:
            return ChatDown(f"Telegram knows no bot with this token. {told}", hint=_STORE)
        if answer.code == httpx.codes.CONFLICT:
            return ChatDown(f"Another program asks for this bot's updates. {told}", hint=_ALONE)
        if not 400 <= answer.code < 500:
            return ChatDown(told, hint=_LATER)
        moved = f"The chat has a new id: {answer.moved_to}. Put it in place of the old one."
        return ChatRefused(told, hint=_CHAT if answer.moved_to is None else moved)


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call, and whether any of it has left; from then on its patience counts."""

    method: str
    body: bytes
    patience_s: float
    begun: bool = False

    def watching(self, bound: asyncio.Timeout) -> Callable[[str, object], Awaitable[None]]:
        """Return what the HTTP library tells each of its steps to."""

        async def step(name: str, _: object) -> None:
            if name.endswith("send_request_headers.started"):
                self.begun = True
                bound.reschedule(asyncio.get_running_loop().time() + self.patience_s)

        return step

    def failed(self, error: Exception) -> str:
        """Return what a call without an answer failed of; the text of the error is not told."""
        if not self.begun:
            why = f"Telegram cannot be reached for {self.method} ({type(error).__name__})"
        elif isinstance(error, TimeoutError):
            why = f"Telegram gave no answer to {self.method} within {self.patience_s:g} seconds"
        else:
            why = f"Telegram broke off {self.method} ({type(error).__name__})"
        return why + self.fate

    @property
    def fate(self) -> str:
        """The end of a sentence on a call without an answer."""
        if not self.begun:
            return "; nothing was sent."
        return "; the message may have been sent all the same." if self.method == _SEND else "."
