"""What the exchange tells after time or an order moved it. `at_ms` counts from KST midnight."""

from dataclasses import dataclass
from enum import StrEnum

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.board import Phase, Vi


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A trade with a member's order in it; trades of the tape alone are asked for in bulk."""

    at_ms: int
    code: str
    price: int
    qty: int
    aggressor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """Shares of one order changed hands; `left` may still trade."""

    at_ms: int
    code: str
    number: str
    owner: str
    side: Side
    price: int
    qty: int
    left: int


class EndReason(StrEnum):
    """Why an order is over."""

    FILLED = "filled"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    UNFILLED = "unfilled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An order is over; `qty` shares of it die with it. UNFILLED: the rest of an IOC or FOK."""

    at_ms: int
    code: str
    number: str
    owner: str
    reason: EndReason
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged:
    """The market as a whole entered a phase of its day."""

    at_ms: int
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ViChanged:
    """A volatility interruption of one stock began or ended."""

    at_ms: int
    code: str
    active: bool
    vi: Vi


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltChanged:
    """One stock was halted, or is traded again."""

    at_ms: int
    code: str
    halted: bool


class BreakerStage(StrEnum):
    """Where a market-wide break stands: everything stands, a call auction, over."""

    HALT = "halt"
    AUCTION = "auction"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerChanged:
    """The market-wide circuit breaker moved on."""

    at_ms: int
    stage: BreakerStage


Happening = Traded | Executed | Ended | PhaseChanged | ViChanged | HaltChanged | BreakerChanged
