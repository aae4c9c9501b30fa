"""What a customer asks for and what he is told: orders, changes, answers, notices, refusals."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jennie_cli.engine.model import NoticeKind, Side


class Reason(StrEnum):
    """Why the brokerage refuses; the wire gives each a code of its own."""

    ACCOUNT = "account"
    PENSION_ACCOUNT = "pension_account"
    VENUE = "venue"
    UNKNOWN_CODE = "unknown_code"
    QUANTITY = "quantity"
    DIVISION = "division"
    DIVISION_NOW = "division_now"
    AFTER_MARKET = "after_market"
    PRICE = "price"
    TICK = "tick"
    LIMITS = "limits"
    NO_TRADING_DAY = "no_trading_day"
    BEFORE_OPEN = "before_open"
    AFTER_CLOSE = "after_close"
    HALTED = "halted"
    CASH = "cash"
    NO_HOLDING = "no_holding"
    SELLABLE = "sellable"
    UNKNOWN_ORIGINAL = "unknown_original"
    NOTHING_LEFT = "nothing_left"
    OVER_CHANGE = "over_change"


class Rejection(Exception):
    """The brokerage said no; nothing was changed and no number was spent."""

    def __init__(self, reason: Reason) -> None:
        """`reason` is all that is known; the words are the wire's."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A new order. `division` is the wire's order kind (ORD_DVSN), `price` and `trigger` won,
    0 where the kind names none; `venue` as the wire names it.
    """

    code: str
    side: Side
    qty: int
    division: str = "00"
    price: int = 0
    trigger: int = 0
    venue: str = "KRX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request to cancel, or (with `price` and `division`) to modify, the rest of an order.

    `qty` counts only where `whole` is False.
    """

    original: int
    cancels: bool
    whole: bool = True
    qty: int = 0
    division: str = "00"
    price: int = 0
    trigger: int = 0
    venue: str = "KRX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The request has a number, unique within its day; `at_ms` counts from KST midnight."""

    number: int
    branch: str
    day: date
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNotice:
    """What the customer is told of one number, in the order in which it came about.

    FILLED: `qty` and `price` of this execution. MODIFIED and CANCELLED: `number` is that of the
    request, `original` the order it changed, `qty` what was changed. `automatic` marks what the
    exchange itself took back: the rest of an IOC or FOK order.
    """

    kind: NoticeKind
    account: str
    branch: str
    day: date
    at_ms: int
    number: int
    original: int | None
    code: str
    name: str
    side: Side
    division: str
    qty: int
    price: int
    order_qty: int
    order_price: int
    trigger: int = 0
    automatic: bool = False
