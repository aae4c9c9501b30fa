"""All that rows and notices say about one broker number, whatever the order they came in.

Every figure is the largest (or, for what remains, the smallest) that any evidence showed, and
equal fill notices count once, so that late, repeated and reordered evidence ends in one picture.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from jennie_cli.engine.model import BrokerOrder, Notice, NoticeKind, OrderType, Side


class NumberKey(NamedTuple):
    """A broker number is unique within its day."""

    day: date
    broker_id: str


NOWHERE = NumberKey(date.min, "")
"""No number at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a broker number looks like from outside, to find the call that made it.

    `price` is None at market; with `bound` it is only the price of a fill, so the limit lies at or
    beyond it. `turn` is the place in the ledger at which we learnt of the number, `at` when the
    broker took it.
    """

    key: NumberKey
    code: str
    side: Side
    qty: int
    price: int | None
    bound: bool
    at: datetime
    turn: int
    original_id: str | None
    cancels: bool
    branch: str
    rowed: bool


@dataclass(slots=True)
class Number:
    """The evidence about one broker number, gathered.

    `children` are the numbers that modifies moved its rest to, `cancels` the shares each cancel
    took back, `call_qty` what the call asked for that made the number.
    """

    key: NumberKey
    turn: int
    row: BrokerOrder | None = None
    request: Notice | None = None
    executions: set[tuple[datetime, int, int]] = field(default_factory=set)
    last_fill: Notice | None = None
    cancels: dict[str, int] = field(default_factory=dict)
    children: set[str] = field(default_factory=set)
    refused: bool = False
    call_qty: int = 0

    def see_row(self, row: BrokerOrder) -> None:
        """Take in a row; figures only ever grow (or, for the rest, shrink)."""
        self.row = row if self.row is None else _later(self.row, row)

    def see_notice(self, notice: Notice) -> None:
        """Take in a notice of this number."""
        if notice.kind is NoticeKind.FILLED:
            self.executions.add((notice.at, notice.price, notice.qty))
            self.last_fill = notice
        elif notice.kind is NoticeKind.REJECTED:
            self.refused = True
        else:
            self.request = notice

    def is_news(self, row: BrokerOrder) -> bool:
        """Whether a row tells more than what is known."""
        return self.row is None or (row != self.row and _later(self.row, row) != self.row)

    def knows(self, notice: Notice) -> bool:
        """Whether a notice like this was taken in before."""
        if notice.kind is NoticeKind.FILLED:
            return (notice.at, notice.price, notice.qty) in self.executions
        return self.refused if notice.kind is NoticeKind.REJECTED else self.request is not None

    @property
    def filled_qty(self) -> int:
        """Shares filled, by whichever evidence shows more."""
        told = sum(qty for _, _, qty in self.executions)
        return told if self.row is None else max(told, self.row.filled_qty)

    @property
    def filled_amount(self) -> int:
        """Won of the fills, by the evidence that shows more shares."""
        told = sum(qty for _, _, qty in self.executions)
        if self.row is not None and self.row.filled_qty > told:
            return self.row.filled_amount
        return sum(price * qty for _, price, qty in self.executions)

    @property
    def cancelled_qty(self) -> int:
        """Shares taken back."""
        told = sum(self.cancels.values())
        return told if self.row is None else max(told, self.row.cancelled_qty)

    @property
    def rejected_qty(self) -> int:
        """Shares turned away; with a rejecting notice, all that did not trade."""
        if self.refused:
            return self.asked_qty - self.filled_qty
        return 0 if self.row is None else self.row.rejected_qty

    @property
    def asked_qty(self) -> int:
        """Shares of the number itself: as the records tell, else a notice, else the call."""
        if self.row is not None:
            return self.row.qty
        if self.request is not None:
            return self.request.qty
        return self.call_qty

    def sighting(self) -> Sighting | None:
        """Return what the number looks like, None when only a change or refusal of it was told."""
        if self.row is not None:
            return _of_row(self.key, self.row, self.turn)
        notice = self.request or self.last_fill
        return None if notice is None else _of_notice(self.key, notice, self.turn)


def _later(known: BrokerOrder, row: BrokerOrder) -> BrokerOrder:
    best = max(known, row, key=lambda r: (r.filled_qty, r.filled_amount))
    return BrokerOrder(
        broker_id=known.broker_id,
        branch=known.branch or row.branch,
        day=known.day,
        ordered_at=known.ordered_at,
        code=known.code,
        side=known.side,
        type=known.type,
        qty=known.qty,
        price=known.price,
        filled_qty=best.filled_qty,
        filled_amount=best.filled_amount,
        remaining_qty=min(known.remaining_qty, row.remaining_qty),
        cancelled_qty=max(known.cancelled_qty, row.cancelled_qty),
        rejected_qty=max(known.rejected_qty, row.rejected_qty),
        original_id=known.original_id or row.original_id,
        cancels=known.cancels or row.cancels,
        venue=known.venue,
    )


def _of_row(key: NumberKey, row: BrokerOrder, turn: int) -> Sighting:
    return Sighting(
        key=key,
        code=row.code,
        side=row.side,
        qty=row.qty,
        price=None if row.type is OrderType.MARKET else row.price,
        bound=False,
        at=row.ordered_at,
        turn=turn,
        original_id=row.original_id,
        cancels=row.cancels,
        branch=row.branch,
        rowed=True,
    )


def _of_notice(key: NumberKey, notice: Notice, turn: int) -> Sighting:
    filled = notice.kind is NoticeKind.FILLED
    return Sighting(
        key=key,
        code=notice.code,
        side=notice.side,
        qty=notice.order_qty if filled else notice.qty,
        price=notice.price or None,
        bound=filled,
        at=notice.at,
        turn=turn,
        original_id=notice.original_id,
        cancels=notice.kind is NoticeKind.CANCELLED,
        branch="",
        rowed=False,
    )
