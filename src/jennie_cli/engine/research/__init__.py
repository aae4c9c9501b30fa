"""The past, measured: what rules would have earned, filled as strictly as the market fills."""

from jennie_cli.engine.research.filling import buy_prices, paid, received, sell_prices, stop_reached
from jennie_cli.engine.research.kernel import trade_signals
from jennie_cli.engine.research.path import PATH, Priced, Prices, price_path
from jennie_cli.engine.research.policy import FillPolicy
from jennie_cli.engine.research.trades import NO_ROW, Ending, Trades

__all__ = [
    "NO_ROW",
    "PATH",
    "Ending",
    "FillPolicy",
    "Priced",
    "Prices",
    "Trades",
    "buy_prices",
    "paid",
    "price_path",
    "received",
    "sell_prices",
    "stop_reached",
    "trade_signals",
]
