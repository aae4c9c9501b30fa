"""What the broker and the state take from one broker number, to the won as KIS computes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from jennie_cli.engine.model import Market, SecurityKind, Stock
from jennie_cli.engine.venue import broker_fee, broker_fee_bp, sell_tax


def _nothing_listed(_code: str) -> Stock | None:
    return None


def _fund_fee_bp() -> float:
    return broker_fee_bp(SecurityKind.ETF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Fees of both sides and the tax on sales.

    `listing` tells a code's market and kind (a mapping's `get` will do). A code it does not know
    pays as common stock of KOSPI: the full tax.
    """

    listing: Callable[[str], Stock | None] = _nothing_listed
    share_fee_bp: float = field(default_factory=broker_fee_bp)
    fund_fee_bp: float = field(default_factory=_fund_fee_bp)

    def fee(self, code: str, amount: int) -> int:
        """Return the commission on `amount` won that one broker number traded in all."""
        funds = self._kind(code) in {SecurityKind.ETF, SecurityKind.ETN}
        return broker_fee(amount, fee_bp=self.fund_fee_bp if funds else self.share_fee_bp)

    def tax(self, code: str, amount: int, on: date) -> int:
        """Return the tax on `amount` won that one broker number sold in all on a day."""
        stock = self.listing(code)
        market = Market.KOSPI if stock is None else stock.market
        return sell_tax(amount, market=market, on=on, kind=self._kind(code))

    def _kind(self, code: str) -> SecurityKind:
        stock = self.listing(code)
        return SecurityKind.COMMON if stock is None else stock.kind
