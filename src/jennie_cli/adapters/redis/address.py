"""Where a server is, and what of it may be said aloud."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from redis.asyncio import Redis, UnixDomainSocketConnection
from redis.asyncio.connection import ConnectionPool, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from jennie_cli.engine.errors import SettingsError

_OURS = {
    "decode_responses": True,
    "encoding_errors": "replace",
    "protocol": 2,
    "socket_timeout": None,
    "socket_connect_timeout": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server by the place that people may read; what opens it is never shown."""

    place: str
    options: Mapping[str, Any] = field(repr=False)

    def client(self, name: str) -> Redis:
        """Return a client that tries once and is known to the server by `name`."""
        once = Retry(NoBackoff(), 0)  # redis-py would try a refused connection for seconds
        options = {**self.options, **_OURS, "retry": once, "client_name": name}
        return Redis.from_pool(ConnectionPool(**options))

    def hide(self, text: str) -> str:
        """Return the text without the login."""
        for word in ("password", "username"):
            secret = self.options.get(word)
            for form in {secret, quote(secret, safe="")} if secret else ():
                text = text.replace(form, "***")
        return text


async def asked(client: Redis, *command: str | int) -> Any:
    """Return the answer to one command."""
    return await client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py


def at_socket(path: Path) -> Address:
    """Return the address of a server on a socket of this machine."""
    options = {"connection_class": UnixDomainSocketConnection, "path": str(path)}
    return Address(place=str(path), options=options)


def read_url(url: str) -> Address:
    """Return the address in a redis://, rediss:// or unix:// URL.

    Raises SettingsError, which does not repeat the URL: a password may be anywhere in a wrong one.
    """
    try:
        options = dict(parse_url(url))
        place = str(options.get("path") or f"{options['host']}:{options.get('port', 6379)}")
    except (ValueError, KeyError):
        raise SettingsError(
            "The URL of the Redis server cannot be read.",
            hint="Use redis://[user:password@]host:port/0, rediss://... or unix:///path; "
            "write signs like # / ? @ in a password as %23 %2F %3F %40.",
        ) from None
    return Address(place=place, options=options)
