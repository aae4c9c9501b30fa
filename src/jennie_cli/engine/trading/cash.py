"""The cash that can be ordered with, which a broker tells for a stock only."""

from jennie_cli.engine.broker import Account, AccountState, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.model import OrderType
from jennie_cli.engine.trading.stocks import StockList


async def orderable_cash(account: Account, state: AccountState, stocks: StockList) -> int | None:
    """Return the won that buy without a receivable, None when the broker does not tell."""
    codes = [h.code for h in state.holdings] or list(stocks.by_code)
    if not codes:
        return None
    try:
        kind = OrderType.MARKET
        return (await account.buying_power(codes[0], type_=kind, price=None)).cash
    except (BrokerRefused, BrokerUnavailable):
        return None
