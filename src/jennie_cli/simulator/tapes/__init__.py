"""The prints of a stock's day, made from a daily bar or from real minute bars."""

from jennie_cli.simulator.tapes.generated import generated_prints
from jennie_cli.simulator.tapes.listing import Listing, TradingMode
from jennie_cli.simulator.tapes.minutes import minute_prints
from jennie_cli.simulator.tapes.prints import AUCTION, BUY, SELL, Ints, Prints, no_prints

__all__ = [
    "AUCTION",
    "BUY",
    "SELL",
    "Ints",
    "Listing",
    "Prints",
    "TradingMode",
    "generated_prints",
    "minute_prints",
    "no_prints",
]
