"""What a provider's refusal means, by HTTP status and by the words of its error object."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from jennie_cli.adapters.cloud_llm.said import first, mapping
from jennie_cli.engine.llm import FailureKind

_STATUS = {
    400: FailureKind.REFUSED_REQUEST,
    401: FailureKind.UNAUTHORISED,
    402: FailureKind.PAYMENT,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.GONE,
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER,
    410: FailureKind.GONE,
    413: FailureKind.REFUSED_REQUEST,
    422: FailureKind.REFUSED_REQUEST,
    425: FailureKind.SERVER,
    429: FailureKind.RATE_LIMITED,
}
_STRONGER = {
    "insufficient_quota": FailureKind.PAYMENT,
    "context_length_exceeded": FailureKind.CONTEXT_FULL,
    "model_not_found": FailureKind.GONE,
    "model_decommissioned": FailureKind.GONE,
}
"""Codes that say more than the status they come with."""

_NAMES = {
    "authentication_error": FailureKind.UNAUTHORISED,
    "invalid_api_key": FailureKind.UNAUTHORISED,
    "billing_error": FailureKind.PAYMENT,
    "permission_error": FailureKind.FORBIDDEN,
    "permission_denied": FailureKind.FORBIDDEN,
    "not_found_error": FailureKind.GONE,
    "not_found": FailureKind.GONE,
    "timeout_error": FailureKind.TIMEOUT,
    "deadline_exceeded": FailureKind.TIMEOUT,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "resource_exhausted": FailureKind.RATE_LIMITED,
    "invalid_request_error": FailureKind.REFUSED_REQUEST,
    "invalid_argument": FailureKind.REFUSED_REQUEST,
}
_PHRASES = (
    ("api key not valid", FailureKind.UNAUTHORISED),
    ("api_key_invalid", FailureKind.UNAUTHORISED),
    ("credit balance is too low", FailureKind.PAYMENT),
    ("maximum context length", FailureKind.CONTEXT_FULL),
    ("not a valid model", FailureKind.GONE),
    ("model not exist", FailureKind.GONE),
    ("decommissioned", FailureKind.GONE),
    ("usage limit", FailureKind.PAYMENT),
    ("location is not supported", FailureKind.FORBIDDEN),
)
"""Refusals that some providers send as 400 though the request was right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no answer. `words` may quote the provider and are not yet cleaned."""

    kind: FailureKind
    words: str
    retry_after_s: float | None = None


def refused(status: int, raw: bytes, *, retry_after: str | None, now: datetime) -> Trouble:
    """Return what an answer with another status than 200 means."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        found = raw.decode(errors="replace")
    error = _error_in(found)
    return Trouble(
        kind=_kind(status, error),
        words=f"HTTP {status} {_words(error)}",
        retry_after_s=seconds(retry_after, now=now),
    )


def reported(error: Any) -> Trouble:
    """Return what an error in place of words means, in an answer of status 200."""
    code = mapping(error).get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else None
    return Trouble(kind=_kind(status, error), words=_words(error))


def seconds(retry_after: str | None, *, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date.

    `now` is aware. None without a header and for one that is neither.
    """
    told = (retry_after or "").strip()
    if told.isascii() and told.replace(".", "", 1).isdigit():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _error_in(found: Any) -> Any:
    """Return the error object of an answer; Gemini wraps it in a list, some servers in nothing."""
    holder = first(found) if isinstance(found, list) else mapping(found)
    return holder.get("error") or holder or found


def _words(error: Any) -> str:
    holder = mapping(error)
    for name in ("message", "detail", "error"):
        if holder.get(name):
            return _text(holder[name])
    return error if isinstance(error, str) else ""


def _text(value: Any) -> str:
    """Return a value in words; one too deep to be written has none."""
    try:
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""


def _kind(status: int | None, error: Any) -> FailureKind:
    names = _names(error)
    for name in names:
        if name in _STRONGER:
            return _STRONGER[name]
    if status in {400, None}:
        said = _text(error).lower()
        for phrase, kind in _PHRASES:
            if phrase in said:
                return kind
    if status is not None:
        return _by_status(status)
    return next((_NAMES[name] for name in names if name in _NAMES), FailureKind.SERVER)


def _names(error: Any) -> tuple[str, ...]:
    found = (mapping(error).get(name) for name in ("code", "type", "status"))
    return tuple(name.lower() for name in found if isinstance(name, str))


def _by_status(status: int) -> FailureKind:
    if status >= 500:
        return FailureKind.SERVER
    if 300 <= status < 400:
        return FailureKind.GONE
    # only 400, 413 and 422 say that the request itself is at fault: another may take it
    return _STATUS.get(status, FailureKind.SERVER)
