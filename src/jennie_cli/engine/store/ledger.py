"""The port to the order ledger: evidence about orders and fills, appended and never changed.

Orders, fills, positions, cash and profit are folds over these events, so evidence may come twice,
late or out of order and still tell one story. Intents are on disk before a call is made.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.model import BrokerOrder, Notice, OrderIntent
from jennie_cli.engine.rules import Check


class Act(StrEnum):
    """What a call to the broker asks for."""

    PLACE = "place"
    MODIFY = "modify"
    CANCEL = "cancel"


class Evidence(StrEnum):
    """How we came to know a thing."""

    REPLY = "reply"
    NOTICE = "notice"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """An order was stamped and is to be sent; `checks` are what it passed.

    With `dry_run` it is journalled and never sent.
    """

    at: datetime
    intent: OrderIntent
    checks: tuple[Check, ...]
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A call is about to be made. `call_id` is unique; `target` is the broker id it changes.

    `qty` and `price` are what the call asks for (the price of a cancel is None).
    """

    at: datetime
    order_id: str
    call_id: str
    act: Act
    qty: int
    price: int | None
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The broker took a call and gave it this number, unique within `day`."""

    at: datetime
    order_id: str
    call_id: str
    act: Act
    broker_id: str
    branch: str
    day: date
    how: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """The broker refused a call, or it surely never arrived (`broker_code` empty)."""

    at: datetime
    order_id: str
    call_id: str
    act: Act
    broker_code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A call was made and its outcome is not known."""

    at: datetime
    order_id: str
    call_id: str
    act: Act
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverSent:
    """The broker's records, read for long enough, do not hold a lost call. It is not sent again."""

    at: datetime
    order_id: str
    call_id: str
    act: Act
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSeen:
    """A notice arrived."""

    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSeen:
    """A row of the broker's records was read; only rows that tell something new are kept."""

    at: datetime
    row: BrokerOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A broker number that none of our calls explains: its fills are EXTERNAL."""

    at: datetime
    broker_id: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """Something about an order that a person must be told (such as: two rows fit)."""

    at: datetime
    order_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnded:
    """The session of a day is over and its records were read: day orders left are EXPIRED."""

    at: datetime
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CashSet:
    """Cash was taken over from the broker (`amount` won, settled): a start or a correction."""

    at: datetime
    amount: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionSet:
    """A position was taken over from the broker or rescaled: a start, a correction, a split."""

    at: datetime
    code: str
    qty: int
    cost: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSeen:
    """The broker's own cost of a position (won), read while its shares agreed with the ledger's.

    It says what fills came to whose order nobody told; shares that differ make it say nothing.
    """

    at: datetime
    code: str
    qty: int
    cost: int


LedgerEvent = (
    Intended
    | Sending
    | Taken
    | TurnedDown
    | Lost
    | NeverSent
    | NoticeSeen
    | RowSeen
    | Foreign
    | Flagged
    | DayEnded
    | CashSet
    | PositionSet
    | CostSeen
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its place in the ledger; numbers start at 1 and have no gaps."""

    number: int
    event: LedgerEvent


class Ledger(Protocol):
    """Keeps the events of one account, for every process of the home."""

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events, in order, on disk when this returns.

        Raises StorageFull or HomeNotWritable; then nothing of them was kept and no call may be
        made that needed them.
        """
        ...

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """Return the events later than number `after`, those of other processes included.

        An event whose writer was killed in the middle of it was never told to anybody and is
        left out. Raises BadFile for damage that a kill cannot explain.
        """
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the account's orders for this process while rows are matched; others wait."""
        ...


class Projection(Protocol):
    """Tables derived from a ledger for queries. Each method raises OutsideError when it fails."""

    def last(self) -> Recorded | None:
        """Return the last event laid, None if there is none."""
        ...

    def lay(self, recorded: Sequence[Recorded]) -> None:
        """Lay events that follow without a gap; those laid before change nothing.

        With or without events, what an earlier call left unfinished is finished.
        """
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...
