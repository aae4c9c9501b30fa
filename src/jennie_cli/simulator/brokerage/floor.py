"""What the brokerage knows of one trading day: the exchange, its listings, when a trade settles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.model import Side
from jennie_cli.engine.venue import broker_fee_bp, sell_tax_bp, tick_size
from jennie_cli.simulator.brokerage.divisions import division
from jennie_cli.simulator.brokerage.records import Valuation
from jennie_cli.simulator.brokerage.tickets import Reason, Rejection
from jennie_cli.simulator.exchange import (
    Exchange,
    Listing,
    Phase,
    Pricing,
    RejectReason,
)

_UNLIMITED_RESERVE = 4

REASONS: Mapping[RejectReason, Reason] = {
    RejectReason.UNKNOWN_CODE: Reason.UNKNOWN_CODE,
    RejectReason.UNKNOWN_ORDER: Reason.UNKNOWN_ORIGINAL,
    RejectReason.BEFORE_HOURS: Reason.BEFORE_OPEN,
    RejectReason.AFTER_HOURS: Reason.AFTER_CLOSE,
    RejectReason.HALTED: Reason.HALTED,
    RejectReason.BREAKER: Reason.HALTED,
    RejectReason.KIND: Reason.DIVISION_NOW,
    RejectReason.MARKET_ORDER: Reason.DIVISION_NOW,
    RejectReason.NO_PRICE: Reason.DIVISION_NOW,
    RejectReason.TICK: Reason.TICK,
    RejectReason.LIMITS: Reason.LIMITS,
    RejectReason.NOTHING_LEFT: Reason.NOTHING_LEFT,
    RejectReason.OVER_REDUCE: Reason.OVER_CHANGE,
}
"""What a refusal of the exchange is to the customer."""

LATE = frozenset({RejectReason.NO_PRICE, RejectReason.BREAKER})
"""What no broker can know beforehand: the order gets its number, the refusal comes as a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One trading day. What trades today settles on `settles` (D+2); `next_day` is D+1."""

    day: date
    next_day: date
    settles: date
    exchange: Exchange
    listings: Mapping[str, Listing]
    names: Mapping[str, str]

    def listing(self, code: str) -> Listing:
        """Return a stock of today."""
        if code not in self.listings:
            raise Rejection(Reason.UNKNOWN_CODE)
        return self.listings[code]

    def check_price(self, code: str, pricing: Pricing, price: int, trigger: int) -> None:
        """Refuse a price that the exchange does not know today."""
        if not pricing.names_price:
            return
        listing = self.listing(code)
        named = (price, trigger) if pricing is Pricing.STOP_LIMIT else (price,)
        for won in named:
            if won < 1:
                raise Rejection(Reason.PRICE)
            if won % tick_size(won, market=listing.market, on=self.day, kind=listing.kind):
                raise Rejection(Reason.TICK)
        limits = listing.limits(self.day)
        if limits and any(not limits.lower <= won <= limits.upper for won in named):
            raise Rejection(Reason.LIMITS)

    def check_session(self, code: str, *, awake: bool, halts: bool = True) -> None:
        """Refuse what comes outside the hours, and new orders for a halted stock."""
        if not awake:
            raise Rejection(Reason.NO_TRADING_DAY)
        if self.exchange.phase is Phase.BEFORE:
            raise Rejection(Reason.BEFORE_OPEN)
        if self.exchange.phase is Phase.AFTER:
            raise Rejection(Reason.AFTER_CLOSE)
        if halts and self.exchange.board(code).halted:
            raise Rejection(Reason.HALTED)

    def reserve(self, code: str, order_kind: str, price: int) -> int:
        """Return the won a share that a buy holds back: its price, or the upper limit where the
        order may pay more.
        """
        pricing, _ = division(order_kind)
        if pricing in {Pricing.LIMIT, Pricing.STOP_LIMIT}:
            return price
        listing = self.listing(code)
        limits = listing.limits(self.day)
        return limits.upper if limits else listing.base_price * _UNLIMITED_RESERVE

    def fee_bp(self, code: str) -> float:
        """Return the commission on a code."""
        return broker_fee_bp(self.listing(code).kind)

    def tax_bp(self, code: str, side: Side) -> int:
        """Return the tax on a sale of a code today, 0 on a buy."""
        if side is Side.BUY:
            return 0
        listing = self.listing(code)
        return sell_tax_bp(listing.market, self.day, kind=listing.kind)

    def worth(self, code: str, last: Valuation | None) -> Valuation:
        """Return what a share is worth now; a code that is gone keeps its `last` price."""
        if code in self.listings:
            board = self.exchange.board(code)
            return Valuation(name=self.names[code], price=board.last, base=board.base_price)
        return last or Valuation(name=code, price=0, base=0)
