"""Pages over HTTP: allowances, retries that end, bounds of size and time, errors without keys."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import numpy as np

from jennie_cli.adapters.http.budget import Budgets
from jennie_cli.adapters.http.charset import decoded
from jennie_cli.adapters.http.pages import KeptPage, Pages
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.feed import Ask, BudgetUse, Fetched, FetchFailed, FetchKind

_log = logging.getLogger(__name__)
_HIDDEN = "***"
_MOVES = frozenset({301, 302, 303, 307, 308})
_MOST_MOVES = 3
_AGAIN = frozenset(
    {FetchKind.TIMEOUT, FetchKind.UNREACHABLE, FetchKind.SERVER, FetchKind.RATE_LIMITED}
)
_KINDS = {401: FetchKind.BLOCKED, 403: FetchKind.BLOCKED, 404: FetchKind.GONE, 410: FetchKind.GONE}
_HINTS = {
    FetchKind.BLOCKED: "Is the key right, and allowed to ask this? jennie secrets list",
    FetchKind.GONE: "The address may have moved: look at its setting in jennie config show",
    FetchKind.RATE_LIMITED: "Ask less often, or later.",
    FetchKind.BAD_REQUEST: "The host does not understand the question; its API may have changed.",
}
_MOST_COOKIES, _LONGEST_COOKIE = 20, 4_096
_COOKIE = re.compile(r"[!#-'*+\-.0-9A-Z^-z|~]+=[!-:<-~]+")
_DEFAULT_HINT = "Try again later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a fetcher behaves: seconds of one try, how many tries and the wait between, the longest
    wait a host may ask for, the longest answer in bytes, and what it calls itself.
    """

    timeout_s: float = 10.0
    tries: int = 3
    wait_s: float = 1.0
    longest_wait_s: float = 20.0
    most_bytes: int = 4_000_000
    agent: str = "jennie-cli"


class HttpFetcher:
    """Gets pages. The transport is used without a client: a client logs whole addresses."""

    def __init__(
        self,
        manners: Manners,
        *,
        budgets: Budgets,
        pages: Pages,
        steady: Clock,
        rng: np.random.Generator,
        verify: Any = True,
    ) -> None:
        """`steady` is the machine's clock, `rng` spreads the waits, `verify` as httpx takes it."""
        self._manners = manners
        self._budgets = budgets
        self._pages = pages
        self._steady = steady
        self._rng = rng
        self._transport = httpx.AsyncHTTPTransport(verify=verify, retries=0)

    async def get(self, ask: Ask) -> Fetched:
        """Return the page; tries again what may pass by itself."""
        _check(ask)
        for left in reversed(range(self._manners.tries)):
            try:
                await self._allowed(ask)
                return await self._once(ask)
            except FetchFailed as error:
                wait = self._wait_before(error, tried=self._manners.tries - left)
                if not left or error.kind not in _AGAIN or wait is None:
                    raise
                _log.info("%s Trying again in %.1f s.", error.message, wait)
                await self._steady.sleep(wait)
        raise AssertionError("a try either returns or raises")

    def used(self) -> tuple[BudgetUse, ...]:
        """Return how much of each allowance is used."""
        return self._budgets.used()

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _allowed(self, ask: Ask) -> None:
        """Wait for the allowance of the minute."""
        while wait := self._budgets.wait_s(ask.budget or _host(ask.url)):
            if wait > self._manners.longest_wait_s:
                raise FetchFailed(
                    f"The minute's allowance of {ask.budget or _host(ask.url)} is used up.",
                    kind=FetchKind.BUDGET,
                    hint=f"Try again in {wait:.0f} seconds.",
                )
            await self._steady.sleep(wait)

    def _wait_before(self, error: FetchFailed, *, tried: int) -> float | None:
        """Return the seconds before the next try, None where the host asks for too many."""
        if error.retry_after_s is not None:
            short = error.retry_after_s <= self._manners.longest_wait_s
            return error.retry_after_s if short else None
        return float(self._manners.wait_s * tried * self._rng.uniform(0.75, 1.25))

    async def _once(self, ask: Ask) -> Fetched:
        shown = masked(str(httpx.URL(ask.url, params={**ask.query})), ask.secrets)
        try:
            async with asyncio.timeout(self._manners.timeout_s):
                return await self._answer(ask, shown)
        except (TimeoutError, httpx.TimeoutException):
            raise FetchFailed(
                f"{shown} gave no answer within {self._manners.timeout_s:g} seconds.",
                kind=FetchKind.TIMEOUT,
                hint=_DEFAULT_HINT,
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # the text of the error is not told: it may hold the address
            raise FetchFailed(
                f"{shown} cannot be reached ({type(error).__name__}).",
                kind=FetchKind.UNREACHABLE,
                hint="Is this machine on the internet, and the address right?",
            ) from None

    async def _answer(self, ask: Ask, shown: str) -> Fetched:
        url = httpx.URL(ask.url, params={**httpx.URL(ask.url).params, **ask.query})
        known = self._pages.find(str(url)) if ask.form is None else None
        headers = {"user-agent": self._manners.agent, "accept": "*/*", **ask.headers}
        if known is not None:
            headers.update(known.conditions())
        response, body = await self._followed(url, headers, ask, shown)
        if response.status_code == httpx.codes.NOT_MODIFIED and known is not None:
            return self._fetched(shown, known.text, known.content_type, response, unchanged=True)
        content_type = response.headers.get("content-type", "")
        if response.status_code != httpx.codes.OK:
            raise self._refused(response, shown)
        text = decoded(body, content_type, ask.charset)
        page = KeptPage(
            etag=response.headers.get("etag", ""),
            modified=response.headers.get("last-modified", ""),
            content_type=content_type,
            text=text,
        )
        if ask.form is None:
            self._pages.keep(str(url), page)
        return self._fetched(shown, text, content_type, response)

    def _fetched(
        self,
        shown: str,
        text: str,
        content_type: str,
        response: httpx.Response,
        *,
        unchanged: bool = False,
    ) -> Fetched:
        return Fetched(
            shown=shown,
            text=text,
            content_type=content_type,
            at=self._steady.now(),
            unchanged=unchanged,
            cookies=cookies_of(response.headers.get_list("set-cookie")),
        )

    async def _followed(
        self, url: httpx.URL, headers: Mapping[str, str], ask: Ask, shown: str
    ) -> tuple[httpx.Response, bytes]:
        """Return answer and body, a few moves further; an address with a key is not taken along."""
        for _ in range(_MOST_MOVES + 1):
            response, body = await self._sent(url, headers, ask.form, shown)
            if response.status_code not in _MOVES:
                return response, body
            moved = _moved(url, response.headers.get("location", ""))
            if moved is None or ask.secrets or ask.form is not None:
                break
            url = moved
        raise FetchFailed(
            f"{shown} sends us elsewhere.", kind=FetchKind.GONE, hint=_HINTS[FetchKind.GONE]
        )

    async def _sent(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        shown: str,
    ) -> tuple[httpx.Response, bytes]:
        seconds = self._manners.timeout_s
        limits = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
        request = httpx.Request(
            "GET" if form is None else "POST",
            url,
            headers=headers,
            data=None if form is None else dict(form),
            extensions={"timeout": limits},
        )
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            body = b""
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > self._manners.most_bytes:
                    raise FetchFailed(
                        f"{shown} answers with more than {self._manners.most_bytes:,} bytes.",
                        kind=FetchKind.TOO_LARGE,
                        hint=_HINTS[FetchKind.BAD_REQUEST],
                    )
        finally:
            await response.aclose()
        return response, body

    def _refused(self, response: httpx.Response, shown: str) -> FetchFailed:
        status = response.status_code
        retry = None
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
            retry = retry_after(response.headers.get("retry-after", ""), self._steady.now)
        kind = _kind_of(status)
        return FetchFailed(
            f"{shown} answered HTTP {status}.",
            kind=kind,
            hint=_HINTS.get(kind, _DEFAULT_HINT),
            retry_after_s=retry,
        )


def masked(url: str, secrets: tuple[str, ...]) -> str:
    """Return an address to be shown: no query, and no secret in what is left."""
    shown = url.split("?", maxsplit=1)[0]
    for secret in secrets:
        for form in filter(None, (secret, quote(secret), quote(secret, safe=""))):
            shown = shown.replace(form, _HIDDEN)
    return "".join(c for c in shown if c.isprintable())[:200]


def cookies_of(lines: Sequence[str]) -> Mapping[str, str]:
    """Return the cookies that a host sets, by name; one that it takes back has no value."""
    found: dict[str, str] = {}
    for line in lines[:_MOST_COOKIES]:
        name, _, value = line[:_LONGEST_COOKIE].partition(";")[0].partition("=")
        told = f"{name.strip()}={value.strip()}"
        if _COOKIE.fullmatch(told):
            found[name.strip()] = value.strip()
    return found


def retry_after(said: str, now: Callable[[], datetime]) -> float | None:
    """Return the seconds that a Retry-After asks for, as a number or as a date; None for none."""
    if said.strip().isdecimal():
        return float(said.strip()[:9])
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now()).total_seconds())


def _kind_of(status: int) -> FetchKind:
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return FetchKind.RATE_LIMITED
    if status >= 500:
        return FetchKind.SERVER
    return _KINDS.get(status, FetchKind.BAD_REQUEST)


def _check(ask: Ask) -> None:
    """Raise FetchFailed for what is no address."""
    try:
        _host(str(httpx.URL(ask.url)))
    except (httpx.InvalidURL, ValueError):
        raise FetchFailed(
            f"{masked(ask.url, ask.secrets)} is no address.",
            kind=FetchKind.BAD_REQUEST,
            hint="Look at its setting: jennie config show",
        ) from None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _moved(url: httpx.URL, location: str) -> httpx.URL | None:
    """Return where a page has moved, None where that is nowhere we go: into the clear, or inside.

    A host that is named by number, or by a name without a dot, is only followed from itself.
    """
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        return None
    if target.scheme not in {url.scheme, "https"} or not target.host:
        return None
    inside = "." not in target.host or target.host.replace(".", "").isdigit() or ":" in target.host
    return None if inside and target.host != url.host else target
