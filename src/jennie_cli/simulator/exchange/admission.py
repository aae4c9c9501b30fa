"""Whether the exchange takes an order now."""

from jennie_cli.engine.venue import PriceLimits
from jennie_cli.simulator.exchange.board import Phase
from jennie_cli.simulator.exchange.orders import (
    ExchangeOrder,
    Pricing,
    Rejected,
    RejectReason,
    Remainder,
)
from jennie_cli.simulator.tapes import Listing, TradingMode
from jennie_cli.simulator.tapes.grid import Grid

_CLOSED = {
    Phase.BEFORE: (RejectReason.BEFORE_HOURS, "the exchange takes no orders yet"),
    Phase.AFTER: (RejectReason.AFTER_HOURS, "the exchange takes no orders any more"),
}
_STOPPED = {
    Phase.HALTED: (RejectReason.HALTED, "trading is halted"),
    Phase.BREAK: (RejectReason.BREAKER, "all trading is stopped"),
}
_PLAIN = frozenset({Pricing.LIMIT, Pricing.MARKET})
_GATHERED = _PLAIN | {Pricing.CONDITIONAL}
_KINDS = {
    Phase.OPENING: _GATHERED,
    Phase.VI: _GATHERED,
    Phase.AUCTION: _GATHERED,
    Phase.SINGLE_PRICE: _PLAIN,
    Phase.CLOSING: _PLAIN,
    Phase.CONTINUOUS: frozenset(Pricing),
}


def check_open(code: str, phase: Phase) -> None:
    """Raise Rejected unless orders of a stock may be cancelled now."""
    if phase in _CLOSED:
        reason, text = _CLOSED[phase]
        raise Rejected(reason, f"{code}: {text}")


def check(
    order: ExchangeOrder, listing: Listing, grid: Grid, limits: PriceLimits | None, phase: Phase
) -> None:
    """Raise Rejected unless an order may be entered now."""
    check_open(order.code, phase)
    if phase in _STOPPED:
        reason, text = _STOPPED[phase]
        raise Rejected(reason, f"{order.code}: {text}")
    _check_kind(order, listing, phase)
    for price in (order.price, order.stop):
        if price is None:
            continue
        if limits and not limits.lower <= price <= limits.upper:
            span = f"{limits.lower} to {limits.upper}"
            raise Rejected(RejectReason.LIMITS, f"{order.code}: {price} won is outside {span}")
        if not grid.holds(price):
            raise Rejected(RejectReason.TICK, f"{order.code}: {price} won is off the price steps")


def _check_kind(order: ExchangeOrder, listing: Listing, phase: Phase) -> None:
    unlimited = listing.mode is TradingMode.LIQUIDATION
    if unlimited and order.pricing in {Pricing.MARKET, Pricing.CONDITIONAL}:
        text = f"{order.code}: a stock in liquidation trading takes no market orders"
        raise Rejected(RejectReason.MARKET_ORDER, text)
    kinds = _PLAIN if listing.mode.by_auctions else _KINDS[phase]
    at_once = order.remainder is not Remainder.REST
    if order.pricing not in kinds or (at_once and phase is not Phase.CONTINUOUS):
        kind = f"{order.pricing}/{order.remainder}"
        raise Rejected(RejectReason.KIND, f"{order.code}: {kind} is not taken in {phase}")
