"""One HTTP exchange with a provider, bounded in time and size, and what was said in it."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx
import orjson

from jennie_cli.adapters.cloud_llm.dialect import Dialect
from jennie_cli.adapters.cloud_llm.failing import Trouble, refused
from jennie_cli.adapters.cloud_llm.framing import DONE
from jennie_cli.adapters.cloud_llm.said import Said
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm import FailureKind

LARGEST = 4 * 1024 * 1024
"""Bytes of an answer that are read at most."""

AFTERWORD_S = 1.0
"""How long a stream that said why it ends is waited for: its counts may follow, or nothing."""

_CONNECT_S = 10.0
_TOO_LARGE = Trouble(kind=FailureKind.SERVER, words="the answer does not end")
_NO_JSON = Trouble(kind=FailureKind.NOT_JSON, words="the answer is no JSON object")
_AFTERWARDS = frozenset({FailureKind.CONNECT, FailureKind.TIMEOUT})
_CUT = Trouble(kind=FailureKind.CONNECT, words="the answer broke off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request, ready to leave. `deadline_s` bounds the whole exchange, in real seconds."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    stream: bool
    deadline_s: float


class Line:
    """The HTTP client of one provider."""

    def __init__(self, url: str, dialect: Dialect, *, steady: Clock) -> None:
        """`url` is that of the API; `steady` tells what date it is, for those who ask to wait."""
        for chatty in ("httpx", "httpcore"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._dialect = dialect
        self._steady = steady
        self._client = httpx.AsyncClient(
            base_url=url,
            verify=_trust(url),
            trust_env=False,
            follow_redirects=False,
            # a compressed answer would have no bound that is worth its name
            headers={"accept-encoding": "identity", "content-type": "application/json"},
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    async def exchange(self, asking: Asking, said: Said) -> Trouble | None:
        """Send a request and gather the answer in `said`; None unless something went wrong.

        What goes wrong after the last word spoils nothing.
        """
        trouble = await self._tried(asking, said)
        return None if said.ended and trouble and trouble.kind in _AFTERWARDS else trouble

    async def _tried(self, asking: Asking, said: Said) -> Trouble | None:
        patience = httpx.Timeout(None, connect=max(0.0, min(_CONNECT_S, asking.deadline_s)))
        try:
            async with (
                asyncio.timeout(asking.deadline_s) as bound,
                self._client.stream(
                    "POST",
                    asking.path,
                    headers=dict(asking.headers),
                    content=asking.body,
                    timeout=patience,
                    extensions={"trace": _watching(said)},
                ) as response,
            ):
                return await self._heard(response, said, bound, stream=asking.stream)
        except httpx.ConnectTimeout:
            return Trouble(
                kind=FailureKind.TIMEOUT, words=f"no connection within {patience.connect:g} s"
            )
        except (TimeoutError, httpx.TimeoutException):
            return Trouble(
                kind=FailureKind.TIMEOUT, words=f"no whole answer within {asking.deadline_s:g} s"
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Trouble(kind=FailureKind.CONNECT, words=type(error).__name__)
        except (OSError, RuntimeError) as error:  # TLS and sockets have failures httpx lets pass
            return Trouble(kind=FailureKind.CONNECT, words=type(error).__name__)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _heard(
        self, response: httpx.Response, said: Said, bound: asyncio.Timeout, *, stream: bool
    ) -> Trouble | None:
        if response.headers.get("content-encoding", "identity") != "identity":
            return Trouble(kind=FailureKind.SERVER, words="the answer is compressed, unasked")
        if response.status_code != httpx.codes.OK:
            said.sent = False
            return refused(
                response.status_code,
                await _start_of(response),
                retry_after=response.headers.get("retry-after"),
                now=self._steady.now(),
            )
        mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if mime == "application/json" or not stream:
            return await self._whole(response, said)
        return await self._streamed(response, said, bound)

    async def _whole(self, response: httpx.Response, said: Said) -> Trouble | None:
        raw = bytearray()
        async for piece in response.aiter_raw():
            raw += piece
            if len(raw) > LARGEST:
                return _TOO_LARGE
        return self._take(bytes(raw), said, whole=True)

    async def _streamed(
        self, response: httpx.Response, said: Said, bound: asyncio.Timeout
    ) -> Trouble | None:
        framing, size, ends = self._dialect.framing(), 0, False
        async for piece in response.aiter_raw():
            size += len(piece)
            if size > LARGEST:
                return _TOO_LARGE
            done, trouble = self._records(framing.feed(piece), said)
            if done or trouble:
                return trouble
            if said.ended and not ends:
                ends = True
                _hasten(bound)
        _, broken = self._records(framing.end(), said)
        return _CUT if broken or not (said.ended or said.error) else None

    def _records(self, records: list[bytes], said: Said) -> tuple[bool, Trouble | None]:
        """Take records. The flag says that nothing more is to be waited for."""
        for record in records:
            if record.strip() == DONE:
                said.ended = True
                return True, None
            trouble = self._take(record, said, whole=False)
            if trouble or said.error or said.complete:
                return True, trouble
        return False, None

    def _take(self, raw: bytes, said: Said, *, whole: bool) -> Trouble | None:
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return _NO_JSON
        if not isinstance(document, dict):
            return _NO_JSON
        (self._dialect.whole if whole else self._dialect.part)(document, said)
        return None


def _watching(said: Said) -> Callable[[str, object], Awaitable[None]]:
    """Return what the HTTP library tells each step to, to know when all has been sent."""

    async def step(name: str, _: object) -> None:
        if name.endswith("send_request_body.complete"):
            said.sent = True

    return step


def _hasten(bound: asyncio.Timeout) -> None:
    """Leave no more time than for what may follow the last word."""
    soon = asyncio.get_running_loop().time() + AFTERWORD_S
    bound.reschedule(min(soon, bound.when() or soon))


async def _start_of(response: httpx.Response) -> bytes:
    """Return enough of a refusal to tell what it is about."""
    raw = bytearray()
    async for piece in response.aiter_raw():
        raw += piece
        if len(raw) > 64 * 1024:
            break
    return bytes(raw)


def _trust(url: str) -> ssl.SSLContext | bool:
    """Load the world's certificates only where there is something to verify."""
    if url.startswith("https:"):
        return True
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
