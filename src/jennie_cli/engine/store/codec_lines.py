"""A ledger event as one line of JSON with its number and a checksum, and back.

The names of the kinds are part of the file format: they stay when a class is renamed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zlib import crc32

import orjson

from jennie_cli.engine.store.codec import from_plain, to_bytes
from jennie_cli.engine.store.ledger import (
    CashSet,
    CostSeen,
    DayEnded,
    Flagged,
    Foreign,
    Intended,
    LedgerEvent,
    Lost,
    NeverSent,
    NoticeSeen,
    PositionSet,
    Recorded,
    RowSeen,
    Sending,
    Taken,
    TurnedDown,
)

KINDS: Mapping[str, type[LedgerEvent]] = MappingProxyType(
    {
        "intended": Intended,
        "sending": Sending,
        "taken": Taken,
        "turned_down": TurnedDown,
        "lost": Lost,
        "never_sent": NeverSent,
        "notice": NoticeSeen,
        "row": RowSeen,
        "foreign": Foreign,
        "flagged": Flagged,
        "day_ended": DayEnded,
        "cash_set": CashSet,
        "position_set": PositionSet,
        "cost_seen": CostSeen,
    }
)
_NAMES = {kind: name for name, kind in KINDS.items()}
_START = b'{"number":'
_SUM = b',"sum":"%08x"}\n'
_SUM_LENGTH = len(_SUM % 0)


def kind_of(event: LedgerEvent) -> str:
    """Return the name of an event's kind in files and tables."""
    return _NAMES[type(event)]


def event_to_json(event: LedgerEvent) -> str:
    """Return the fields of an event as JSON text, without kind and number."""
    return to_bytes(event).decode()


def event_from_json(kind: str, document: str) -> LedgerEvent:
    """Return the event that `event_to_json` wrote. Raises ValueError for an unknown kind."""
    return _event(kind, orjson.loads(document))


def to_line(recorded: Recorded) -> bytes:
    """Return one JSON line, newline included; the checksum covers all that stands before it."""
    kind, data = kind_of(recorded.event).encode(), to_bytes(recorded.event)
    head = b'%b%d,"event":"%b","data":%b' % (_START, recorded.number, kind, data)
    return head + _SUM % crc32(head)


def check_line(line: bytes) -> int:
    """Return the number of a whole line without reading its event; ValueError as `from_line`."""
    head = _checked(line)
    return int(head[len(_START) : head.index(b",")])


def from_line(line: bytes) -> Recorded:
    """Return what `to_line` wrote. Raises ValueError saying what is wrong with the line."""
    plain = orjson.loads(_checked(line) + b"}")
    return Recorded(number=plain["number"], event=_event(plain["event"], plain["data"]))


def _checked(line: bytes) -> bytes:
    head = line[:-_SUM_LENGTH]
    if line[-_SUM_LENGTH:] != _SUM % crc32(head):
        raise ValueError("its checksum does not fit")
    return head


def _event(name: str, plain: Any) -> LedgerEvent:
    kind: Any = KINDS.get(name)
    if kind is None:
        raise ValueError(f"it tells of '{name}', which this version does not know")
    event: LedgerEvent = from_plain(kind, plain)
    return event
