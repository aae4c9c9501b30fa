"""From evidence to fills: the same set of evidence, in any order and however often, tells the same.

A broker gives executions no id. Its notices give single executions, some of which may be lost; its
records give sums, which are exact. Both are parts of the truth, so the larger one is nearer to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import BrokerOrder, Fill, Notice, NoticeKind, Side
from jennie_cli.engine.store import Evidence, Foreign, LedgerEvent, NoticeSeen, RowSeen, Taken

Number = tuple[date, str]
"""A broker number is unique within its day only."""

FROM_NOTICE, FROM_TOTAL = "notice", "total"
_LAST_CLOSE = time(20, 0)
"""When the last venue of a day closes (NXT): what a later day learns of it traded before."""

_TRUST = {Evidence.REPLY: 0, Evidence.NOTICE: 1, Evidence.RECORDS: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFill:
    """A fill, the trading day of its number, and when the first evidence of it came to us.

    It traded in a second from `since` to `fill.at`: in that very one when a notice told it, and
    after its number was taken when only a total did.
    """

    fill: Fill
    day: date
    seen: datetime
    since: datetime


@dataclass(slots=True)
class _Numbered:
    """What is known of one broker number."""

    notices: dict[str, tuple[Notice, datetime]] = field(default_factory=dict)
    best: tuple[BrokerOrder, datetime] | None = None
    claim: tuple[int, datetime, str] | None = None
    foreign: bool = False

    @property
    def booked(self) -> bool:
        """Whether it is settled whose fills these are."""
        return self.foreign or self.claim is not None


class FillBook:
    """Evidence gathered number by number; grows with every event."""

    def __init__(self, events: Iterable[LedgerEvent] = ()) -> None:
        """Start with what is known."""
        self._numbers: dict[Number, _Numbered] = {}
        for event in events:
            self.add(event)

    def add(self, event: LedgerEvent) -> None:
        """Take in an event; those that say nothing of fills or numbers are passed over."""
        match event:
            case NoticeSeen() if event.notice.kind is NoticeKind.FILLED:
                self._hear(event.notice, event.at)
            case RowSeen() if event.row.filled_qty:
                self._read(event.row, event.at)
            case Taken():
                known = self._at((event.day, event.broker_id))
                claim = (_TRUST[event.how], event.at, event.order_id)
                known.claim = min(known.claim or claim, claim)
            case Foreign():
                self._at((event.day, event.broker_id)).foreign = True

    def fills(self) -> tuple[Fill, ...]:
        """Return the fills of all numbers known to be ours or foreign, in the order of trading."""
        return tuple(found.fill for found in self.found())

    def found(self) -> list[FoundFill]:
        """Return the same fills with their days and first evidence."""
        every = (f for n, known in self._numbers.items() if known.booked for f in _found(n, known))
        return sorted(every, key=lambda found: trading_order(found.fill))

    def _at(self, number: Number) -> _Numbered:
        return self._numbers.setdefault(number, _Numbered())

    def _hear(self, notice: Notice, at: datetime) -> None:
        day = notice.at.astimezone(KST).date()
        known = self._at((day, notice.broker_id))
        key = _notice_key(day, notice)
        earlier = known.notices.get(key)
        if earlier is None or at < earlier[1]:
            known.notices[key] = (notice, at)

    def _read(self, row: BrokerOrder, at: datetime) -> None:
        known = self._at((row.day, row.broker_id))
        if known.best is None or _better((row, at), known.best):
            known.best = (row, at)


def fills_of(events: Iterable[LedgerEvent]) -> tuple[Fill, ...]:
    """Return every fill the evidence proves, in the order of trading.

    A fill belongs to the order whose chain took its number; `order_id` is None on those made
    elsewhere. Evidence of a number that is neither claimed nor found foreign is held out.
    """
    return FillBook(events).fills()


def trading_order(fill: Fill) -> tuple[Any, ...]:
    """Return what fills are sorted by: second, buys first, broker number, key."""
    number = (len(fill.broker_id), fill.broker_id)
    return (fill.at, fill.side is Side.SELL, number, fill.key)


def _notice_key(day: date, notice: Notice) -> str:
    second = notice.at.astimezone(KST).strftime("%H%M%S")
    return f"{day}:{notice.broker_id}:{second}:{notice.price}:{notice.qty}"


def _better(one: tuple[BrokerOrder, datetime], other: tuple[BrokerOrder, datetime]) -> bool:
    mine = (one[0].filled_qty, one[0].filled_amount)
    theirs = (other[0].filled_qty, other[0].filled_amount)
    return mine > theirs or (mine == theirs and one[1] < other[1])


def _found(number: Number, known: _Numbered) -> Iterator[FoundFill]:
    day, broker_id = number
    order_id = known.claim[2] if known.claim else None
    told_qty = told_amount = 0
    for key, (notice, seen) in known.notices.items():
        amount = notice.qty * notice.price
        told_qty, told_amount = told_qty + notice.qty, told_amount + amount
        fill = Fill(
            key=key,
            broker_id=broker_id,
            order_id=order_id,
            code=notice.code,
            side=notice.side,
            qty=notice.qty,
            amount=amount,
            at=notice.at.replace(microsecond=0),
            source=FROM_NOTICE,
        )
        yield FoundFill(fill=fill, day=day, seen=seen, since=fill.at)
    if known.best and known.best[0].filled_qty > told_qty:
        row, seen = known.best
        over = datetime.combine(day, _LAST_CLOSE, KST)
        fill = Fill(
            key=f"{day}:{broker_id}:{FROM_TOTAL}",
            broker_id=broker_id,
            order_id=order_id,
            code=row.code,
            side=row.side,
            qty=row.filled_qty - told_qty,
            amount=row.filled_amount - told_amount,
            at=min(seen, over).replace(microsecond=0),
            source=FROM_TOTAL,
        )
        since = min(fill.at, row.ordered_at.replace(microsecond=0))
        yield FoundFill(fill=fill, day=day, seen=seen, since=since)
