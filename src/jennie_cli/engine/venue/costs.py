"""What a sale or an order costs: securities transaction tax by trade date, and the broker's fee.

The tax falls due at settlement, so a rate enacted for 1 January holds from the trade that settles
first in the new year; the table gives that trade date.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue.dated import Timeline, table
from jennie_cli.engine.venue.ticks import FUNDS

_WHOLE_BP = 10_000


def sell_tax_bp(market: Market, on: date, *, kind: SecurityKind = SecurityKind.COMMON) -> int:
    """Return transaction plus rural tax on a sale traded `on`, in basis points; funds pay none."""
    return 0 if kind in FUNDS else _taxes()[market].on(on)


def sell_tax(
    amount: int, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> int:
    """Return the tax on a sale of `amount` won traded `on`, cut to whole won."""
    return amount * sell_tax_bp(market, on, kind=kind) // _WHOLE_BP


def broker_fee_bp(kind: SecurityKind = SecurityKind.COMMON) -> float:
    """Return the online commission of one side in basis points, as KIS publishes it today."""
    fee = table("costs.toml")["broker_fee"]
    return float(fee["fund_bp"] if kind in FUNDS else fee["share_bp"])


def broker_fee(amount: int, *, fee_bp: float) -> int:
    """Return the commission on an order of `amount` won, to the nearest won, halves up."""
    exact = amount * Decimal(str(fee_bp)) / _WHOLE_BP
    return int(exact.to_integral_value(ROUND_HALF_UP))


@cache
def _taxes() -> dict[Market, Timeline[int]]:
    rows = table("costs.toml")["sell_tax"]
    return {
        market: Timeline.of(
            f"the sell tax of {market}",
            ((row["since"], sum(row[market.value.lower()].values())) for row in rows),
        )
        for market in Market
    }
