"""What a broker tells of an order: a row of its records, a notice it pushes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jennie_cli.engine.model.trading import OrderType, Side, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOrder:
    """One row of the broker's own order book of a day.

    `broker_id` is unique within `day`, without leading zeros. `original_id` is set on the row of
    a modify or cancel. `remaining_qty` can still trade. A modify moves the rest of the old number
    to a new one: the old row keeps its fills and has nothing remaining. Quantities are shares,
    amounts won.
    """

    broker_id: str
    branch: str
    day: date
    ordered_at: datetime
    code: str
    side: Side
    type: OrderType
    qty: int
    price: int | None
    filled_qty: int
    filled_amount: int
    remaining_qty: int
    cancelled_qty: int = 0
    rejected_qty: int = 0
    original_id: str | None = None
    cancels: bool = False
    venue: Venue = Venue.KRX


class NoticeKind(StrEnum):
    """What a notice tells."""

    ACCEPTED = "accepted"
    FILLED = "filled"
    MODIFIED = "modified"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice of one order number. `at` has whole seconds.

    FILLED: `qty` and `price` of this execution alone. MODIFIED, CANCELLED: `broker_id` is the
    request's own number, `original_id` the order it changed, `qty` what was changed.
    """

    kind: NoticeKind
    broker_id: str
    original_id: str | None
    code: str
    side: Side
    qty: int
    price: int
    order_qty: int
    at: datetime
