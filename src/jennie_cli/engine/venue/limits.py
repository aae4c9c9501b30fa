"""Daily price limits (상한가, 하한가) of shares.

The width is the base price times the rate, cut to the step of the base price; the upper limit is
then cut down, the lower raised, to the step valid there. A day without limits (liquidation
trading) or with others (first day of a listing, leveraged funds) is not known here.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from jennie_cli.engine.model import Market
from jennie_cli.engine.venue.dated import Timeline, table
from jennie_cli.engine.venue.ticks import (
    IntArray,
    ceil_prices,
    floor_prices,
    round_down,
    round_up,
    tick_size,
    tick_sizes,
)

_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLimits:
    """The lowest and the highest price an order may name on a day, in won."""

    lower: int
    upper: int


def price_limits(base_price: int, *, market: Market, on: date) -> PriceLimits:
    """Return the limits around a base price (the last close, adjusted on an ex-date), in won.

    Up to 3 won the width is less than one won and both limits are the base price.
    """
    step = tick_size(base_price, market=market, on=on)
    width = base_price * _rates().on(on) // _WHOLE_BP
    width -= width % step
    return PriceLimits(
        lower=round_up(base_price - width, market=market, on=on),
        upper=round_down(base_price + width, market=market, on=on),
    )


def limit_prices(base_prices: IntArray, *, market: Market, on: date) -> tuple[IntArray, IntArray]:
    """Return (lower, upper) limits of every base price; any shape, won."""
    width = base_prices * _rates().on(on) // _WHOLE_BP
    width -= width % tick_sizes(base_prices, market=market, on=on)
    return (
        ceil_prices(base_prices - width, market=market, on=on),
        floor_prices(base_prices + width, market=market, on=on),
    )


@cache
def _rates() -> Timeline[int]:
    rows = table("prices.toml")["limits"]
    return Timeline.of("the price limit", ((row["since"], row["rate_bp"]) for row in rows))
