"""Which function answers which TR; one of the catalogue that is not here has no data here."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jennie_cli.simulator.server import (
    account,
    charts,
    indices,
    ordering,
    people,
    quotes,
    rankings,
    reference,
    trades,
)
from jennie_cli.simulator.server.asked import Asked, Hall
from jennie_cli.simulator.server.envelope import Page

Handler = Callable[[Hall, Asked], Page]

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "balance": account.balance,
        "book": trades.book,
        "buying_power": account.buying_power,
        "day_chart": charts.day_chart,
        "day_orders": account.day_orders,
        "day_prices": charts.day_prices,
        "dividends": reference.dividends,
        "fluctuation_rank": rankings.fluctuation_rank,
        "holidays": reference.holidays,
        "index_day_chart": indices.index_day_chart,
        "index_days": indices.index_days,
        "index_price": indices.index_price,
        "index_times": indices.index_times,
        "investors": people.investors,
        "last_trades": trades.last_trades,
        "many_prices": quotes.many_prices,
        "market_cap_rank": rankings.market_cap_rank,
        "minute_chart": charts.minute_chart,
        "old_orders": account.day_orders,
        "open_orders": account.open_orders,
        "order_buy": ordering.order,
        "order_change": ordering.change,
        "order_sell": ordering.order,
        "past_minute_chart": charts.past_minute_chart,
        "period_trade_profit": account.period_trade_profit,
        "price": quotes.price,
        "price_2": quotes.price,
        "product_info": reference.product_info,
        "sellable": account.sellable,
        "stock_info": reference.stock_info,
        "time_trades": trades.time_trades,
        "vi_status": trades.vi_status,
        "volume_rank": rankings.volume_rank,
    }
)
"""By the catalogue's own names."""
