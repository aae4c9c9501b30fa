"""What a member may send to the exchange, and why the exchange sends it back."""

from dataclasses import dataclass
from enum import StrEnum

from jennie_cli.engine.errors import Refused
from jennie_cli.engine.model import Side


class Pricing(StrEnum):
    """How an order names its price.

    LIMIT (00), MARKET (01), CONDITIONAL (02: market from the closing auction on), BEST (03: the
    opposite best at arrival), PRIORITY (04: the own best), STOP_LIMIT (22: a limit order once a
    print reaches `stop`).
    """

    LIMIT = "limit"
    MARKET = "market"
    CONDITIONAL = "conditional"
    BEST = "best"
    PRIORITY = "priority"
    STOP_LIMIT = "stop_limit"

    @property
    def names_price(self) -> bool:
        """Whether an order of this kind carries its own price."""
        return self in {Pricing.LIMIT, Pricing.CONDITIONAL, Pricing.STOP_LIMIT}


class Remainder(StrEnum):
    """What becomes of shares that do not trade on arrival."""

    REST = "rest"
    IOC = "ioc"
    FOK = "fok"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOrder:
    """One order as the exchange takes it. `number` is unique in the day, `owner` an account.

    `price` is won where the pricing names one, else None; `stop` only for STOP_LIMIT.
    """

    number: str
    owner: str
    code: str
    side: Side
    qty: int
    pricing: Pricing = Pricing.LIMIT
    price: int | None = None
    stop: int | None = None
    remainder: Remainder = Remainder.REST

    def __post_init__(self) -> None:
        """Refuse contradictions at birth."""
        if self.qty < 1:
            raise ValueError(f"{self.number}: {self.qty} shares are no order")
        if (self.price is not None) is not self.pricing.names_price:
            raise ValueError(f"{self.number}: {self.pricing} and price {self.price}")
        if (self.stop is not None) is not (self.pricing is Pricing.STOP_LIMIT):
            raise ValueError(f"{self.number}: {self.pricing} and stop {self.stop}")


class RejectReason(StrEnum):
    """Why the exchange takes an order or a change not."""

    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_ORDER = "unknown_order"
    DUPLICATE_NUMBER = "duplicate_number"
    BEFORE_HOURS = "before_hours"
    AFTER_HOURS = "after_hours"
    HALTED = "halted"
    BREAKER = "breaker"
    KIND = "kind"
    MARKET_ORDER = "market_order"
    TICK = "tick"
    LIMITS = "limits"
    NO_PRICE = "no_price"
    NOTHING_LEFT = "nothing_left"
    OVER_REDUCE = "over_reduce"


class Rejected(Refused):
    """The exchange said no; nothing changed."""

    code = "exchange_rejected"

    def __init__(self, reason: RejectReason, message: str) -> None:
        """`reason` is for machines, `message` names the value that broke the rule."""
        super().__init__(message)
        self.reason = reason
