"""A message of a stream, and how old it is by the time that it tells itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: the stream's own id, flat text fields, how often it was handed out."""

    id: str
    fields: Mapping[str, str]
    delivered: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Messages parted by an age limit, each part in the order given."""

    fresh: tuple[Message, ...]
    stale: tuple[Message, ...]


def told_at(message: Message, field: str) -> datetime | None:
    """Return the aware time in `field`; None if it is absent, unreadable or without a zone."""
    try:
        told = datetime.fromisoformat(message.fields.get(field, ""))
    except ValueError:
        return None
    return None if told.tzinfo is None else told


def by_age(messages: Iterable[Message], *, field: str, now: datetime, limit_s: float) -> Aged:
    """Part messages by the age of what `field` tells; without a time a message is stale.

    One from further ahead than `limit_s` is stale too: its clock cannot be believed.
    """
    parts: tuple[list[Message], list[Message]] = ([], [])
    for message in messages:
        told = told_at(message, field)
        stale = told is None or abs((now - told).total_seconds()) > limit_s
        parts[stale].append(message)
    return Aged(fresh=tuple(parts[False]), stale=tuple(parts[True]))
