"""What a person asked for, what would be sent, and what came of it, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jennie_cli.engine.broker import Holding
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Order, OrderIntent, Side, Stock, Venue
from jennie_cli.engine.risk import Refusal


class Note(StrEnum):
    """What a person is told beside the figures; the words are `trade.note.<value>`."""

    UNWATCHED = "unwatched"
    DRY_RUN = "dry_run"
    PAUSED = "paused"
    STOPPED = "stopped"
    FLAGS_UNKNOWN = "flags_unknown"
    AUCTION = "auction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An order as a person names it; without `qty` the desk sizes it, without `price` (won) it
    goes at market.
    """

    side: Side
    stock: Stock
    qty: int | None = None
    price: int | None = None
    venue: Venue = Venue.KRX


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent now, after a stamp that is asked again before it is.

    `unit_price` is the won a share it is judged by (limit, expected or last price), `worth` that
    times the shares. `cash_left` can still be ordered with after
    a buy, `shares_left` can be sold after a sale. `repeated_s` are the seconds
    since an order like it, when that needs a yes. `reserved` is the won that a buy locks
    before its fee: its limit, or the upper limit at market. `auction_end` is when a
    running auction trades.
    """

    intent: OrderIntent
    stock: Stock
    quote: Quote
    unit_price: int
    worth: int
    dry_run: bool
    cash_left: int | None = None
    shares_left: int | None = None
    reserved: int | None = None
    auction_end: datetime | None = None
    repeated_s: int | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """A new limit price in won for the `qty` shares of an order that still wait."""

    order: Order
    stock: Stock
    quote: Quote
    price: int
    qty: int
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenPlan:
    """What leaving the market means now: orders to take back, holdings to sell at market."""

    cancels: tuple[Order, ...]
    sells: tuple[Holding, ...]
    worth: int
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One part of leaving the market that did not work: which code, and what was said.

    `order_id` is the order that was not taken back, empty when it is a sale that failed.
    """

    code: str
    order_id: str = ""
    refusal: Refusal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flattened:
    """What leaving the market did: orders taken back, sales made, and what did not work."""

    cancelled: tuple[Order, ...] = ()
    sold: tuple[Order, ...] = ()
    failures: tuple[Failure, ...] = field(default=())
