"""The price that an automatic buy names, and when a price is too near its upper limit."""

from datetime import date

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Signal, Stock
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.signals import MOMENTUM_FAMILY
from jennie_cli.engine.venue import round_down

_MILLION = 1_000_000
_CENTI = 10_000


def part(won: int, share_pct: float) -> int:
    """Return a part of some won, cut to the won; the percentage counts to two decimals."""
    return won * round(share_pct * 100) // _CENTI


def entry_price(signal: Signal, stock: Stock, policy: AutoPolicy) -> int:
    """Return the limit of a buy in won, cut down to the price step; 0 if there is none.

    The momentum family pays 0.3 % above its signal at most, everything else 1 %: a limit the
    exchange holds, where a market order would reserve the upper limit of the day.
    """
    near = policy.momentum_limit and signal.strategy in MOMENTUM_FAMILY
    above_ratio = policy.momentum_premium_ratio if near else policy.chase_pct / 100
    most = signal.price * (_MILLION + round(above_ratio * _MILLION)) // _MILLION
    day = signal.at.astimezone(KST).date()
    return round_down(most, market=stock.market, on=day, kind=stock.kind) if most > 0 else 0


def top_price(quote: Quote, stock: Stock, day: date, policy: AutoPolicy) -> int | None:
    """Return the price in won from which a stock is too near its upper limit.

    None on a day without limits.
    """
    price = quote.upper_limit
    for _ in range(policy.top_ticks):
        if price > 1:
            price = round_down(price - 1, market=stock.market, on=day, kind=stock.kind)
    return price or None
