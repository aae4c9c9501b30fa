"""The access token and the socket's approval key: one of each per key, whatever asks for it.

KIS issues a token a minute at most and tells the owner's phone of each, so the token lives in the
key's folder and every process reads it there before one of them asks for another.
"""

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.adapters.kis.access import Access, Veil
from jennie_cli.adapters.kis.cleaning import one_line
from jennie_cli.adapters.kis.folder import KeyFolder
from jennie_cli.adapters.kis.line import Answer, Silence
from jennie_cli.engine.broker import BrokerBusy, BrokerUnavailable
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.kis_wire.hosts import APPROVAL_PATH, TOKEN_PATH, TOKEN_WAIT_SECONDS

Post = Callable[[str, Mapping[str, str]], Awaitable[Answer | Silence]]

TURN_S = 15.0
"""How long a call waits for somebody else who is logging in."""

_log = logging.getLogger(__name__)
_TOKEN = "token.json"  # noqa: S105  # the name of the file
_APPROVAL = "approval.json"
_LOCK = "token.lock"
_EARLY = timedelta(minutes=30)
_APPROVAL_LIFE = timedelta(hours=23, minutes=30)
_LOOK_S = 0.05
_ONCE_A_MINUTE = "EGW00133"
_VISIBLE = re.compile(r"[!-~]{8,4096}")
_GRANT = {"grant_type": "client_credentials"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """`until` is when it expires; `asked_at` the machine's second at which KIS was last asked for
    one, `failed` whether that brought none.
    """

    text: str = field(default="", repr=False)
    until: datetime | None = None
    asked_at: float | None = None
    failed: bool = False

    def lasts(self, now: datetime, at_least: timedelta = timedelta(0)) -> bool:
        """Whether the token is good for so long."""
        return bool(self.text) and self.until is not None and self.until - now > at_least


class Tokens:
    """Hands out the token and the approval key of one app key on one host."""

    def __init__(
        self,
        access: Access,
        *,
        folder: KeyFolder,
        clock: Clock,
        steady: Clock,
        post: Post,
        veil: Veil,
    ) -> None:
        """`post` sends a JSON body without a token; `veil` learns what is issued. `clock` tells
        when a token expires, `steady` when the next may be asked for.
        """
        self._access = access
        self._folder = folder
        self._clock = clock
        self._steady = steady
        self._post = post
        self._veil = veil
        self._mine = _Token()
        self._refused: set[str] = set()
        self._flight = asyncio.Lock()

    @property
    def until(self) -> datetime | None:
        """When the token last handed out expires, None before the first."""
        return self._mine.until

    async def token(self, *, patience_s: float = 0.0, turn_s: float = TURN_S) -> str:
        """Return a token good for half an hour, a shorter one when no other can be had.

        One that lasts is never kept waiting for somebody else who logs in; without one the turn
        comes within `turn_s`. Raises BrokerBusy when it does not, or when the next token may be
        issued only after `patience_s`; BrokerUnavailable when KIS cannot be asked, SettingsError
        when it refuses the key.
        """
        if self._fit(self._mine, _EARLY):
            return self._mine.text
        spare = self._spare()
        lasts = self._fit(spare)
        if self._fit(spare, _EARLY):
            self._mine = spare
            return spare.text
        try:
            async with self._turn(0.0 if lasts else max(patience_s, turn_s)):
                self._mine = self._kept()
                if not self._fit(self._mine, _EARLY):
                    await self._renew(patience_s)
                return self._mine.text
        except JennieError as error:
            if not lasts:
                raise
            _log.warning("the token is not renewed yet: %s", error.message)
            return spare.text

    def _spare(self) -> _Token:
        """Return a token to go on with: one that another process keeps, or ours."""
        try:
            kept = self._kept()
        except JennieError:
            return self._mine
        return kept if self._fit(kept) else self._mine

    def refuse(self, token: str) -> None:
        """The host does not know this token any more."""
        self._refused.add(token)

    async def approval(self, *, instead_of: str = "") -> str:
        """Return the approval key of the socket; `instead_of` is one that was refused."""
        async with self._turn(TURN_S):
            kept = self._folder.read(_APPROVAL)
            now = self._clock.now()
            at, key = _moment(kept.get("at")), kept.get("key")
            young = at is not None and timedelta(0) <= now - at < _APPROVAL_LIFE
            if young and isinstance(key, str) and key != instead_of:
                self._veil.learn(key)
                return key
            fresh = await self._issue_approval()
            self._write(_APPROVAL, {"key": fresh, "at": now.isoformat()})
            return fresh

    @asynccontextmanager
    async def _turn(self, patience_s: float) -> AsyncIterator[None]:
        """Hold the lock that lets one call of one process ask; the others look when it is done."""
        until = self._steady.monotonic() + patience_s
        try:
            async with asyncio.timeout(patience_s):
                await self._flight.acquire()
        except TimeoutError:
            raise _logging_in("Another call") from None
        try:
            held = await self._claim(until)
            try:
                yield
            finally:
                os.close(held)
        finally:
            self._flight.release()

    async def _claim(self, until: float) -> int:
        while (held := self._folder.claim(_LOCK)) is None:
            if self._steady.monotonic() >= until:
                raise _logging_in(f"Another process (pid {self._folder.holder(_LOCK)})")
            await self._steady.sleep(_LOOK_S)
        return held

    def _fit(self, token: _Token, at_least: timedelta = timedelta(0)) -> bool:
        return token.text not in self._refused and token.lasts(self._clock.now(), at_least)

    def _kept(self) -> _Token:
        kept = self._folder.read(_TOKEN)
        text, asked = kept.get("token"), kept.get("asked_at")
        if not isinstance(text, str) or not _VISIBLE.fullmatch(text):
            text = ""
        self._veil.learn(text)
        return _Token(
            text=text,
            until=_moment(kept.get("until")),
            asked_at=asked if isinstance(asked, float) else None,
            failed=kept.get("failed") is True,
        )

    def _keep(self, token: _Token) -> None:
        self._mine = token
        document = {
            "token": token.text,
            "until": token.until.isoformat() if token.until else None,
            "asked_at": token.asked_at,
            "failed": token.failed,
        }
        self._write(_TOKEN, document)

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document for the other processes; a full disk must not stop a sell."""
        try:
            self._folder.write(name, document)
        except JennieError as error:
            _log.warning("%s is not kept: %s", name, error.message)

    async def _renew(self, patience_s: float) -> None:
        """Get another token, or stay with the old one while it lasts."""
        try:
            await self._wait_for_minute(patience_s)
            await self._issue(patience_s)
        except JennieError as error:
            if not self._fit(self._mine):
                raise
            _log.warning("the token is not renewed yet: %s", error.message)

    async def _wait_for_minute(self, patience_s: float) -> None:
        """A token that KIS itself refuses is worth one question before the minute is over."""
        asked, now = self._mine.asked_at, self._steady.monotonic()
        if asked is None or not 0 <= now - asked < TOKEN_WAIT_SECONDS:
            return
        if self._mine.text in self._refused and not self._mine.failed:
            return
        left = TOKEN_WAIT_SECONDS - (now - asked)
        if left > patience_s:
            raise BrokerBusy(
                f"KIS issues one access token a minute; the next in {left:.0f} s.",
                hint=f"Nothing was sent. Retry in {left:.0f} s.",
            )
        await self._steady.sleep(left)

    async def _issue(self, patience_s: float) -> None:
        before = self._mine
        self._keep(replace(before, asked_at=self._steady.monotonic(), failed=True))
        answer = await self._post(TOKEN_PATH, _GRANT | self._keys("appsecret"))
        if isinstance(answer, Silence) and not answer.sent:
            self._keep(before)
        if _code(answer) == _ONCE_A_MINUTE and patience_s >= TOKEN_WAIT_SECONDS:
            await self._steady.sleep(TOKEN_WAIT_SECONDS)
            await self._issue(0.0)
            return
        body = self._granted(answer)
        text = body.get("access_token")
        until = _expiry(body, self._clock.now())
        if not isinstance(text, str) or not _VISIBLE.fullmatch(text) or until is None:
            raise BrokerUnavailable("KIS issued a token that cannot be read.", hint="Retry later.")
        self._veil.learn(text)
        self._refused.discard(text)
        self._keep(_Token(text=text, until=until, asked_at=self._mine.asked_at))

    async def _issue_approval(self) -> str:
        body = self._granted(await self._post(APPROVAL_PATH, _GRANT | self._keys("secretkey")))
        key = body.get("approval_key")
        if not isinstance(key, str) or not _VISIBLE.fullmatch(key):
            raise BrokerUnavailable("KIS issued an approval key that cannot be read.")
        self._veil.learn(key)
        return key

    def _keys(self, secret_name: str) -> dict[str, str]:
        return {"appkey": self._access.app_key, secret_name: self._access.app_secret}

    def _granted(self, answer: Answer | Silence) -> dict[str, Any]:
        """Return the body of a success; raise what a failure means."""
        if isinstance(answer, Silence):
            raise BrokerUnavailable(f"KIS did not log us in: {answer.why}.", hint="Retry later.")
        code = _code(answer)
        if not code and answer.status < 400:
            return answer.body
        said = answer.body.get("error_description") or answer.body.get("msg1") or ""
        said, word = one_line(str(said), self._veil), one_line(code, self._veil)
        if code == _ONCE_A_MINUTE:
            raise BrokerBusy(
                "KIS issues one access token a minute, and one was issued just now.",
                hint=f"Nothing was sent. Retry in {TOKEN_WAIT_SECONDS} s.",
            )
        if code.startswith("EGW001") or code in {"EGW00003", "EGW00004"}:
            raise SettingsError(
                f"KIS does not accept the app key ({word}): {said}",
                hint="Look at the key and secret of this profile: jennie secrets list",
            )
        raise BrokerUnavailable(
            f"KIS did not log us in (HTTP {answer.status}, {word or 'no code'}): {said}",
            hint="Retry later.",
        )


def _logging_in(who: str) -> BrokerBusy:
    return BrokerBusy(f"{who} is logging in to KIS.", hint="Nothing was sent. Retry in a minute.")


def _code(answer: Answer | Silence) -> str:
    """Return the code of a refusal, in either of the two shapes; empty for a success."""
    if isinstance(answer, Silence):
        return ""
    found = answer.body.get("error_code") or answer.body.get("msg_cd")
    return str(found) if found and str(answer.body.get("rt_cd", "1")) != "0" else ""


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=KST) if found.tzinfo is None else found


def _expiry(body: Mapping[str, Any], now: datetime) -> datetime | None:
    """Read the KST text; a host that leaves it out still tells the seconds."""
    told = _moment(body.get("access_token_token_expired"))
    seconds = body.get("expires_in")
    if told is None and isinstance(seconds, int) and 0 < seconds <= 7 * 86_400:
        return now + timedelta(seconds=seconds)
    return told
