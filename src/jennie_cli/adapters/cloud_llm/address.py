"""Where a key and our words may go: encrypted, or no further than the own network."""

import logging
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from jennie_cli.engine.errors import SettingsError

_log = logging.getLogger(__name__)
_AT_HOME = (".local", ".lan", ".internal", ".home.arpa")


def checked(name: str, url: str, *, own_network: bool) -> str:
    """Return the address of a provider. Raises SettingsError for one that nothing may go to.

    Clear text stays on this machine; with `own_network` also within it, and a warning is logged.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise _refusal(name, "is no address") from None
    if parts.scheme not in {"http", "https"} or not host or len(url.split()) > 1:
        raise _refusal(name, "is no http or https address" if url else "is not set")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _refusal(name, "holds more than host and path")
    if parts.scheme == "http":
        _insist_on_near(name, host, own_network=own_network)
    bare = _bare(parts)
    try:
        httpx.URL(bare)
    except httpx.InvalidURL:
        raise _refusal(name, "is no address") from None
    return bare


def _insist_on_near(name: str, host: str, *, own_network: bool) -> None:
    if _is_here(host):
        return
    if not own_network or not _is_near(host):
        raise _refusal(name, "would carry the key and our words in clear text")
    _log.warning("%s is asked in clear text: who listens in this network reads along", name)


def _refusal(name: str, why: str) -> SettingsError:
    example = "http://localhost:8001/v1" if name == "server" else "https://HOST/PATH"
    return SettingsError(
        f"The setting {name}.url {why}; nothing was sent.",
        hint=f"jennie config set {name}.url {example}",
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_AT_HOME)


def _bare(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
