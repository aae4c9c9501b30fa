"""The won that buy without a receivable."""

from jennie_cli.engine.broker import Account, AccountState, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.model import OrderType
from jennie_cli.engine.trading.stocks import StockList


async def orderable_cash(account: Account, state: AccountState, stocks: StockList) -> int | None:
    """Return what the broker tells for a stock held, else for any: it tells it for a stock only.

    None where it tells nothing.
    """
    codes = [h.code for h in state.holdings] or list(stocks.by_code)
    if not codes:
        return None
    try:
        return (await account.buying_power(codes[0], type_=OrderType.MARKET, price=None)).cash
    except (BrokerRefused, BrokerUnavailable):
        return None
