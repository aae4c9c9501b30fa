"""What KIS says about a call, sorted by what may be done next."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from jennie_cli.kis_wire.catalogue import table
from jennie_cli.kis_wire.text import masked


class MessageKind(StrEnum):
    """What an answer allows.

    OK: done. EMPTY: done, nothing to show. RETRY_READ: ask again, but only what reads. RATE: wait,
    then again, orders too. TOKEN: not let in; new token, again, orders too. FATAL: key, secret or
    account is wrong. FIX: the call is wrong and was not taken. REFUSED: a business no. UNKNOWN: it
    may have been taken.
    """

    OK = "ok"
    EMPTY = "empty"
    RETRY_READ = "retry_read"
    RATE = "rate"
    TOKEN = "token"  # noqa: S105  # a kind of message
    FATAL = "fatal"
    FIX = "fix"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One code as the host sends it: HTTP status, result code of the envelope, words."""

    code: str
    kind: MessageKind
    rt_cd: str
    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an envelope means. `text` is one line and masked; `reason` is why it was refused."""

    code: str
    kind: MessageKind
    text: str
    reason: str | None = None


def _messages() -> Iterator[Message]:
    for group in table("messages.toml")["group"]:
        for code, text in group["codes"].items():
            yield Message(
                code=code,
                kind=MessageKind(group["kind"]),
                rt_cd=group["rt_cd"],
                status=group["status"],
                text=text,
            )


MESSAGES: Mapping[str, Message] = MappingProxyType({m.code: m for m in _messages()})
"""Every code on record."""

REASONS: tuple[str, ...] = tuple(table("messages.toml")["reasons"])
"""The reasons of refusal that `refusal` can say."""

_HTTP_OK = 200
_DONE = frozenset({MessageKind.OK, MessageKind.EMPTY})
_GATEWAY = ("EGW", "IGW", "OPSQ")
_SAYS_NO = frozenset({"1", "2", "7"})
_OF_A_BROKERAGE = re.compile(r"AP[A-Z]{2}[0-9]{4}|[0-9]{8}")
"""How the codes look by which a brokerage answers: those of the real host and of paper trading."""

_TOLD_BY_WORDS: Mapping[str, Mapping[str, str]] = {
    row["code"]: row["tells"] for row in table("messages.toml")["words"]
}


def refusal(reason: str, *, paper: bool) -> Message:
    """Return how a host says no for one of REASONS; KeyError for another word."""
    row = table("messages.toml")["reasons"][reason]
    host = "paper" if paper else "real"
    message = MESSAGES[row[host]]
    return replace(message, text=row.get(f"{host}_text", message.text))


def meaning(code: str, text: str = "", *, rt_cd: str, status: int = 200) -> Meaning:
    """Return what an envelope means that came with an HTTP status.

    A success with a failure's code or status, or the reverse, is UNKNOWN. A code not on record is
    a refusal only where a brokerage's own answer says no: what a gateway, a proxy or a shape never
    seen says is UNKNOWN.
    """
    code, words = code.strip(), masked(text)
    known = MESSAGES.get(code)
    kind = _agreed(known.kind, rt_cd, status) if known else _unlisted(code, rt_cd, status)
    said = words or (known.text if known else "")
    reason = _reason(code, words) if kind is MessageKind.REFUSED else None
    return Meaning(code=code, kind=kind, text=said, reason=reason)


def _agreed(kind: MessageKind, rt_cd: str, status: int) -> MessageKind:
    """Return the kind of a code unless the result code or the status says the opposite."""
    if kind in _DONE and status != _HTTP_OK:
        return MessageKind.UNKNOWN
    if kind is MessageKind.EMPTY or (kind is MessageKind.OK) == (rt_cd == "0"):
        return kind
    return MessageKind.UNKNOWN


def _unlisted(code: str, rt_cd: str, status: int) -> MessageKind:
    if status != _HTTP_OK or code.startswith(_GATEWAY):
        return MessageKind.UNKNOWN
    if rt_cd == "0":
        return MessageKind.OK
    refused = rt_cd in _SAYS_NO and _OF_A_BROKERAGE.fullmatch(code)
    return MessageKind.REFUSED if refused else MessageKind.UNKNOWN


def _reason(code: str, words: str) -> str | None:
    """Return why, from the words of this very reason first, from the code if it has one reason."""
    for sign, reason in _TOLD_BY_WORDS.get(code, {}).items():
        if sign in words:
            return reason
    said = [
        reason
        for reason in REASONS
        for paper in (False, True)
        if (message := refusal(reason, paper=paper)).code == code and message.text == words
    ]
    if said:
        return said[0]
    having = {r for r in REASONS for p in (False, True) if refusal(r, paper=p).code == code}
    return having.pop() if len(having) == 1 else None
