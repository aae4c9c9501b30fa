"""Reads KIS answers strictly: what is needed is there and is a number, or the failure is named."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from jennie_cli.adapters.kis.caller import Caller, Reply
from jennie_cli.engine.broker import BrokerBusy, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.kis_wire import Meaning, MessageKind, Tr, meaning
from jennie_cli.kis_wire.text import blank, day_of, exact, moment_of, whole

_MOST_PAGES = 200
_MORE_FOLLOWS = "KIOK0500"


class UnreadableAnswer(BrokerUnavailable):
    """KIS answered, but what is needed is missing or is no number."""

    code = "broker_unreadable"


def checked(tr: Tr, reply: Reply) -> Meaning:
    """Return what a good answer means; raise what any other one is for this call."""
    body = reply.body
    told = meaning(
        str(body.get("msg_cd") or body.get("error_code") or ""),
        str(body.get("msg1") or body.get("error_description") or ""),
        rt_cd=str(body.get("rt_cd", "")),
        status=reply.status,
    )
    if told.kind in {MessageKind.OK, MessageKind.EMPTY}:
        return told
    words = f"KIS ({told.code or 'no code'}): {told.text or f'HTTP {reply.status}'}"
    if told.kind is MessageKind.RATE:
        raise BrokerBusy(words, hint="Wait a moment and try again.")
    if told.kind is MessageKind.TOKEN:
        raise BrokerUnavailable(words, hint="The token was turned away: jennie doctor")
    if tr.places_order:
        _fail_order(told, words)
    hint = "Check key, secret and account: jennie doctor"
    raise BrokerUnavailable(words, hint=hint if told.kind is MessageKind.FATAL else "")


def _fail_order(told: Meaning, words: str) -> NoReturn:
    if told.kind in {MessageKind.REFUSED, MessageKind.FIX, MessageKind.FATAL}:
        raise BrokerRefused(words, broker_code=told.code)
    raise OutcomeUnknown(words, hint="The broker's records decide: jennie trade reconcile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One object of an answer, read by name; UnreadableAnswer for what is not as it must be."""

    tr: Tr
    fields: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """Return a field that may be blank but must be there."""
        value = self.fields.get(name, self.fields.get(name.lower()))
        if not isinstance(value, str):
            self.fail(name, "is missing" if value is None else "is no text")
        return value.strip()

    def optional(self, name: str) -> str:
        """Return a field, blank where the answer has none."""
        value = self.fields.get(name, self.fields.get(name.lower()))
        return value.strip() if isinstance(value, str) else ""

    def word(self, name: str) -> str:
        """Return a field that must not be blank."""
        value = self.text(name)
        if blank(value):
            self.fail(name, "is blank")
        return value

    def whole(self, name: str) -> int:
        """Return a whole number that must be there."""
        try:
            value = whole(self.text(name))
        except ValueError:
            self.fail(name, "is no whole number")
        if value is None:
            self.fail(name, "is blank")
        return value

    def count(self, name: str) -> int:
        """Return a whole number that cannot be negative."""
        value = self.whole(name)
        if value < 0:
            self.fail(name, "is negative")
        return value

    def optional_won(self, name: str) -> float | None:
        """Return won that may have decimals and cannot be negative, None for a blank."""
        try:
            value = exact(self.text(name))
        except ValueError:
            self.fail(name, "is no amount")
        if value is not None and value < 0:
            self.fail(name, "is negative")
        return None if value is None else float(value)

    def day(self, name: str) -> date:
        """Return a day written YYYYMMDD."""
        try:
            return day_of(self.text(name))
        except ValueError:
            self.fail(name, "is no day")

    def moment(self, name: str, day: date) -> datetime:
        """Return the moment of HHMMSS on a day, in KST."""
        try:
            return moment_of(day, self.text(name))
        except ValueError:
            self.fail(name, "is no time of day")

    def fail(self, name: str, what: str) -> NoReturn:
        """Raise UnreadableAnswer for a field."""
        raise UnreadableAnswer(f"KIS answered {self.tr.name}, but {name} {what}.")


def rows(tr: Tr, reply: Reply, *names: str) -> tuple[Row, ...]:
    """Return the rows of the first output that is there; an object counts as one row.

    None at all is UnreadableAnswer, except in an answer that says there is nothing to show.
    """
    for name in names:
        told = reply.body.get(name)
        if told is not None and told != "":
            return tuple(Row(tr=tr, fields=f) for f in _objects(tr, told, name) if f)
    if checked(tr, reply).kind is MessageKind.EMPTY:
        return ()
    raise UnreadableAnswer(f"KIS answered {tr.name} without {' or '.join(names)}.")


def only_row(tr: Tr, reply: Reply, *names: str) -> Row:
    """Return the one row of an output; UnreadableAnswer if there is none or more."""
    found = rows(tr, reply, *names)
    if len(found) != 1:
        raise UnreadableAnswer(f"KIS answered {tr.name} with {len(found)} rows instead of one.")
    return found[0]


def _objects(tr: Tr, value: Any, name: str) -> Sequence[Mapping[str, Any]]:
    listed = [value] if isinstance(value, Mapping) else value
    if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
        raise UnreadableAnswer(f"KIS answered {tr.name}, but {name} is no table.")
    return listed


async def pages(caller: Caller, tr: Tr, query: Mapping[str, str]) -> AsyncIterator[Reply]:
    """Yield the good answers of every page.

    UnreadableAnswer when there is no end to them, and when an answer says that more follows but
    not where: half a list is never taken for the whole.
    """
    if tr.paging is None:
        raise ValueError(f"{tr.name} has no pages")
    keys = tr.paging.keys
    cursors = dict.fromkeys(keys, "")
    for page in range(_MOST_PAGES):
        reply = await caller.call(tr, query={**query, **cursors}, next_page=page > 0)
        more = checked(tr, reply).code == _MORE_FOLLOWS or reply.more
        yield reply
        if not more:
            return
        told = {key: str(reply.body.get(key.lower(), "")).strip() for key in keys}
        if told == cursors or told[keys[1]] in {"", "^^"}:
            raise UnreadableAnswer(f"KIS answered {tr.name} with a page but no way to the next.")
        cursors = told
    raise UnreadableAnswer(f"KIS answered {tr.name} with more than {_MOST_PAGES} pages.")


def ordered(tr: Tr, query: Mapping[str, str]) -> dict[str, str]:
    """Return a query or body with every key of the TR, in its order, unused ones blank.

    ValueError for a key that the TR does not have.
    """
    keys = tr.body or tr.query
    unknown = query.keys() - set(keys)
    if unknown:
        raise ValueError(f"{tr.name} has no {sorted(unknown)}")
    return {key: query.get(key, "") for key in keys}
