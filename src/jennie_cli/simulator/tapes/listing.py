"""What an exchange knows of a stock on one day before anybody trades it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue import PriceLimits, price_limits


class TradingMode(StrEnum):
    """How a stock trades all day.

    SINGLE_PRICE is 단기과열 and LIQUIDATION 정리매매: a call auction every 30 minutes, the latter
    without price limits. HALTED is 거래정지.
    """

    CONTINUOUS = "continuous"
    SINGLE_PRICE = "single_price"
    LIQUIDATION = "liquidation"
    HALTED = "halted"

    @property
    def by_auctions(self) -> bool:
        """Whether the stock trades in auctions every 30 minutes only."""
        return self in {TradingMode.SINGLE_PRICE, TradingMode.LIQUIDATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One stock of a day. `base_price` is won, adjusted on an ex-date.

    `kospi200` narrows the dynamic interruption to 3 %. `unlimited` lifts the daily limits (a first
    day, or a tape that leaves them); liquidation trading has none anyhow.
    """

    code: str
    market: Market
    base_price: int
    kind: SecurityKind = SecurityKind.COMMON
    mode: TradingMode = TradingMode.CONTINUOUS
    kospi200: bool = False
    unlimited: bool = False

    def limits(self, on: date) -> PriceLimits | None:
        """Return the lowest and highest price of the day, None where there are none."""
        if self.unlimited or self.mode is TradingMode.LIQUIDATION:
            return None
        return price_limits(self.base_price, market=self.market, on=on)
