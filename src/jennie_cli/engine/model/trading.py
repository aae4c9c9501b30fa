"""The nouns of trading: an order, its states, a fill, a position. Won and shares are whole."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Side(StrEnum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order names its price."""

    LIMIT = "limit"
    MARKET = "market"


class Venue(StrEnum):
    """Where an order is to trade."""

    KRX = "KRX"
    NXT = "NXT"
    SOR = "SOR"


class OrderState(StrEnum):
    """Where an order stands. UNKNOWN is left only by the broker's own records."""

    NEW = "NEW"
    SENT = "SENT"
    WORKING = "WORKING"
    PARTIAL = "PARTIAL"
    FILLED = "FILLED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"
    NOT_SENT = "NOT_SENT"
    EXPIRED = "EXPIRED"
    DRY_RUN = "DRY_RUN"

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to the order."""
        return self in _FINAL

    @property
    def fate_open(self) -> bool:
        """Whether it is not known if the broker has the order: no answer came, or not yet."""
        return self in {OrderState.UNKNOWN, OrderState.SENT}


_FINAL = frozenset(
    {
        OrderState.FILLED,
        OrderState.CANCELLED,
        OrderState.REJECTED,
        OrderState.NOT_SENT,
        OrderState.EXPIRED,
        OrderState.DRY_RUN,
    }
)


class Flag(StrEnum):
    """A switch on trading; none lifts itself."""

    PAUSE = "pause"
    STOP = "stop"
    DRY_RUN = "dryrun"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntent:
    """What is wanted before anybody agreed to it; `price` is won, None at market.

    `reason` says who or what asked (MANUAL, a sell reason), `strategy` which rule, if any.
    """

    order_id: str
    code: str
    side: Side
    type: OrderType
    qty: int
    price: int | None = None
    venue: Venue = Venue.KRX
    reason: str = "MANUAL"
    strategy: str | None = None

    def __post_init__(self) -> None:
        """Refuse contradictions at birth."""
        if self.qty < 1:
            raise ValueError(f"{self.order_id}: {self.qty} shares are no order")
        if (self.price is None) is (self.type is OrderType.LIMIT):
            raise ValueError(f"{self.order_id}: a limit order, and only that, names a price")
        if self.price is not None and self.price < 1:
            raise ValueError(f"{self.order_id}: {self.price} won is no price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One of our orders as the ledger tells it. `broker_ids` grow by one with every modify.

    `filled_amount` is won before fee and tax; `note` is what a person must be told, if anything.
    """

    order_id: str
    code: str
    side: Side
    type: OrderType
    qty: int
    price: int | None
    venue: Venue
    state: OrderState
    created_at: datetime
    broker_ids: tuple[str, ...] = ()
    filled_qty: int = 0
    filled_amount: int = 0
    cancelled_qty: int = 0
    reason: str = "MANUAL"
    strategy: str | None = None
    note: str = ""

    @property
    def open_qty(self) -> int:
        """Shares that may still trade; 0 once the state is final."""
        return 0 if self.state.final else max(0, self.qty - self.filled_qty - self.cancelled_qty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Shares that changed hands under one broker number. `amount` is won before fee and tax.

    `key` is the same however often and in whatever order the evidence for the fill arrives.
    `at` has whole seconds, as the broker tells it. `source` says which evidence (notice, total,
    adjustment).
    """

    key: str
    broker_id: str
    order_id: str | None
    code: str
    side: Side
    qty: int
    amount: int
    at: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Shares held and what they cost in all, won, before fees; the average is derived."""

    code: str
    qty: int
    cost: int

    @property
    def average(self) -> Decimal:
        """Average price in won with four decimals, as KIS prints it; 0 with nothing held."""
        if not self.qty:
            return Decimal(0)
        return (Decimal(self.cost) / self.qty).quantize(Decimal("0.0001"))
