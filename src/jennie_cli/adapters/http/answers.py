"""What a server answers when it is asked for a file, or for the rest of one."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from jennie_cli.engine.errors import InputError, OutsideError

MOST_REDIRECTS = 5
ELSEWHERE = "It was deleted. Check the address, or pull again."

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
_MOST_DIGITS = 15
_ETAG_CHARS = 256


class DownloadFailed(OutsideError):
    """The server did not give the file; what came so far is kept."""

    code = "download_failed"


class WrongFile(OutsideError):
    """What came is not the file that was wanted; it was thrown away."""

    code = "wrong_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response to be read: where it starts, how long the whole is, what it says it is.

    `etag` is empty unless it is a strong one. A `complete` one says that nothing is left to send.
    """

    response: httpx.Response
    start: int
    total: int | None
    etag: str
    sha256: str | None
    complete: bool = False


def insist_safe(url: str) -> None:
    """Raise InputError unless the address is https, or http to this machine itself."""
    parts = httpx.URL(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.host)):
        return
    raise InputError(
        f"'{url[:200]}' is not a safe address: only https is used.",
        hint="Give an address that begins with https://",
    )


@contextmanager
def followed(
    client: httpx.Client, url: str, headers: Mapping[str, str]
) -> Iterator[tuple[httpx.Response, str | None]]:
    """Open an address through its redirects; with it the checksum that any step told."""
    sha256 = None
    for _ in range(MOST_REDIRECTS + 1):
        with client.stream("GET", url, headers=headers, follow_redirects=False) as response:
            sha256 = _linked(response) or sha256
            if response.next_request is None:
                yield response, sha256
                return
            url = str(response.next_request.url)
        _insist_safe_step(url)
    raise DownloadFailed("The server sends from one place to the next.", hint="Check the address.")


def read_answer(response: httpx.Response, sha256: str | None, asked: int) -> Answer | None:
    """Return what a response means when bytes from `asked` on were wanted.

    None says that it cannot go on from there. Raises DownloadFailed when nothing is given,
    httpx.ReadError when it may be given later.
    """
    told = _RANGE.fullmatch(response.headers.get("content-range", ""))
    code = response.status_code
    if code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and asked:
        whole = told is not None and told.group(2) == str(asked)
        return _answer(response, sha256, asked, asked, complete=True) if whole else None
    _insist_given(response)
    if code != httpx.codes.PARTIAL_CONTENT:
        return _answer(response, sha256, 0, _number(response.headers.get("content-length", "")))
    if told is None or told.group(1) != str(asked):
        return None
    return _answer(response, sha256, asked, _number(told.group(2)))


def _answer(
    response: httpx.Response,
    sha256: str | None,
    start: int,
    total: int | None,
    *,
    complete: bool = False,
) -> Answer:
    etag = response.headers.get("etag", "")
    strong = etag.startswith('"') and len(etag) <= _ETAG_CHARS
    return Answer(
        response=response,
        start=start,
        total=total,
        etag=etag if strong else "",
        sha256=sha256,
        complete=complete,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _linked(response: httpx.Response) -> str | None:
    """Return the sha256 by which a store of large files knows this one."""
    told = response.headers.get("x-linked-etag", "").strip('"').lower()
    return told if _SHA256.fullmatch(told) else None


def _insist_safe_step(url: str) -> None:
    try:
        insist_safe(url)
    except InputError:
        raise DownloadFailed(
            f"The server sends to '{url[:200]}', which is not a safe address.",
            hint="Check the address.",
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _insist_given(response: httpx.Response) -> None:
    code, host = response.status_code, response.url.host
    if code in {401, 403}:
        raise DownloadFailed(
            f"{host} answers {code}: the file is not given to everybody.",
            hint="Accept its licence in a browser, fetch it there and set llm.model_file.",
        )
    if code >= 500 or code == httpx.codes.TOO_MANY_REQUESTS:
        raise httpx.ReadError(f"the server answers {code}")
    if code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise DownloadFailed(f"{host} answers {code}.", hint="Check the address.")
    coding = response.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise DownloadFailed(
            f"{host} packs the file ({coding[:20]}), though it was asked not to.",
            hint="Fetch it with a browser and set llm.model_file.",
        )
