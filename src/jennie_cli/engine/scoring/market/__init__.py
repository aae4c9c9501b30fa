"""Everything the scorers and the scout need of the market, read from the facts as of a moment."""

from jennie_cli.engine.scoring.market.reader import read_market
from jennie_cli.engine.scoring.market.stocks import find_stock, read_stocks
from jennie_cli.engine.scoring.market.view import MarketView

__all__ = ["MarketView", "find_stock", "read_market", "read_stocks"]
