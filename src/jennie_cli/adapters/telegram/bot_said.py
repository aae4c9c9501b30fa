"""What the Bot API says, before anybody believes it: its answers, and the updates in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jennie_cli.engine.bot import Said, Update
from jennie_cli.engine.feed import lines
from jennie_cli.engine.notify import MOST

_LARGEST_ID = 2**63
_NOT_THEIR_OWN = ("edit_date", "forward_origin", "via_bot")
"""Fields of a text that was changed since, or that somebody else wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `code` is that of HTTP, or what the service says in its place.

    `said`, its words against a request, are not cleaned yet. `wait_s` is how long it asks us to
    wait, `moved_to` the new id of a chat that has another one now.
    """

    code: int
    ok: bool
    result: Any = None
    said: str = ""
    wait_s: float | None = None
    moved_to: int | None = None


def read_answer(status: int, raw: bytes) -> Answer | None:
    """Return an answer, None for what is none of the Bot API."""
    told = _json(raw)
    if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
        return None
    details = _mapping(told.get("parameters"))
    wait, code = whole(details.get("retry_after")), whole(told.get("error_code"))
    return Answer(
        code=status if code is None or status != 200 else code,
        ok=status == 200 and told["ok"],
        result=told.get("result"),
        said=_text(told.get("description")),
        wait_s=None if wait is None else float(wait),
        moved_to=whole(details.get("migrate_to_chat_id")),
    )


def read_updates(found: Sequence[Any], after: int | None) -> Iterator[Update]:
    """Yield what can be told apart by its number; one that cannot be read has nothing said."""
    for told in found:
        number = whole(_mapping(told).get("update_id"))
        if number is not None and (after is None or number > after):
            yield Update(id=number, said=_said(_mapping(told.get("message"))))


def user_name(result: Any) -> str:
    """Return the name of the bot itself without its @, empty where none is told."""
    name = _text(_mapping(result).get("username"))
    return name if name.isascii() and name.isidentifier() and len(name) <= 64 else ""


def whole(value: Any) -> int | None:
    """Return a whole number that fits 64 bits, None for anything else."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_ID
    return value if fits else None


def _said(message: Mapping[str, Any]) -> Said | None:
    """Return the new text of a message, None where it has none that its sender wrote."""
    chat, at = whole(_mapping(message.get("chat")).get("id")), _moment(message.get("date"))
    words = _text(message.get("text"))
    text = lines(words, MOST) if len(words) <= MOST else ""
    if chat is None or at is None or not text or any(name in message for name in _NOT_THEIR_OWN):
        return None
    hidden = "sender_chat" in message  # an admin without a name, or a channel
    user = None if hidden else whole(_mapping(message.get("from")).get("id"))
    return Said(chat=chat, user=user, at=at, text=text)


def _moment(seconds: Any) -> datetime | None:
    """Return seconds since 1970 as a moment."""
    number = whole(seconds)
    try:
        return None if number is None else datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _json(raw: bytes) -> Any:
    """Return a document, None for none. A half character in it does not spoil the rest."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a text that can be written as UTF-8."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
