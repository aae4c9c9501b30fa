"""One HTTP exchange, bounded in time and size; what went wrong says whether anything was sent."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

LARGEST = 8 * 1024 * 1024
"""Bytes of a body that are read at most; the largest true answer has about 100 kB."""

_ONE_WAIT = 0.95
"""Part of the time that one wait may take: httpx closes what it gives up itself."""

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON object came back; header names are in lower case."""

    status: int
    head: Mapping[str, str] = field(repr=False)
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing readable came back. `sent` is False only where surely nothing left."""

    sent: bool
    why: str


Leaving = Callable[[], Awaitable[None]]
"""Called when the first byte is about to go out; what it raises keeps the request here."""


async def _let_go() -> None:
    """Let the request go out."""


class _Progress:
    """Notes how far a request got; a transport that reports nothing leaves `told` False."""

    def __init__(self, leaving: Leaving) -> None:
        self.told = False
        self.left = False
        self._leaving = leaving

    async def __call__(self, event: str, _info: Mapping[str, Any]) -> None:
        self.told = True
        if event.endswith("send_request_headers.started"):
            await self._leaving()
            self.left = True


class Line:
    """The HTTP client of one host."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`url` is that of the host; `transport` stands in for the network."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs account numbers in URLs
        self._client = httpx.AsyncClient(
            base_url=url,
            transport=transport,
            verify=_trust(url),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        )

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        timeout_s: float,
        leaving: Leaving = _let_go,
    ) -> Answer | Silence:
        """Send one request and read its answer within `timeout_s` of real time, all in all.

        Raises what `leaving` raises, and then nothing has left.
        """
        progress = _Progress(leaving)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(
                    method,
                    path,
                    params=dict(query) if query else None,
                    content=orjson.dumps(dict(body)) if body is not None else None,
                    headers=dict(headers),
                    timeout=_ONE_WAIT * timeout_s,
                    extensions={"trace": progress},
                )
        except TimeoutError:
            return Silence(sent=progress.left or not progress.told, why="no answer in time")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            sent = progress.left or not isinstance(error, _NEVER_SENT)
            return Silence(sent=sent, why=type(error).__name__)
        except (OSError, RuntimeError) as error:  # TLS and sockets have failures httpx lets pass
            sent = progress.left or not progress.told
            return Silence(sent=sent, why=type(error).__name__)

    async def _exchange(self, method: str, path: str, **request: Any) -> Answer | Silence:
        async with self._client.stream(method, path, **request) as response:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > LARGEST:
                    return Silence(sent=True, why=f"HTTP {response.status_code}, endless body")
        try:
            found = orjson.loads(bytes(raw))
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            return Silence(sent=True, why=f"HTTP {response.status_code} without a JSON object")
        head = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, head=head, body=found)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _trust(url: str) -> ssl.SSLContext | bool:
    """Load the world's certificates only where there is something to verify."""
    if url.startswith("https:"):
        return True
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
