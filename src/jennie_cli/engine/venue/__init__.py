"""What the Korea Exchange holds to be true, and since when: days, hours, ticks, limits, costs."""

from jennie_cli.engine.venue.calendar import Calendar, DayState, default_calendar
from jennie_cli.engine.venue.costs import broker_fee, broker_fee_bp, sell_tax, sell_tax_bp
from jennie_cli.engine.venue.limits import PriceLimits, limit_prices, price_limits
from jennie_cli.engine.venue.overrides import (
    DayKind,
    DayOverride,
    format_overrides,
    parse_overrides,
)
from jennie_cli.engine.venue.session import Session, SessionPhase
from jennie_cli.engine.venue.ticks import (
    ceil_prices,
    floor_prices,
    round_down,
    round_up,
    tick_size,
    tick_sizes,
)

__all__ = [
    "Calendar",
    "DayKind",
    "DayOverride",
    "DayState",
    "PriceLimits",
    "Session",
    "SessionPhase",
    "broker_fee",
    "broker_fee_bp",
    "ceil_prices",
    "default_calendar",
    "floor_prices",
    "format_overrides",
    "limit_prices",
    "parse_overrides",
    "price_limits",
    "round_down",
    "round_up",
    "sell_tax",
    "sell_tax_bp",
    "tick_size",
    "tick_sizes",
]
