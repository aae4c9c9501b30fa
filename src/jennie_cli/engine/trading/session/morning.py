"""What is known of a session before its open: the stocks, their past, and what the macro side said.

Live trading and the backtest begin with it; only what happens afterwards differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.macro import MacroPolicy, Told, trading_context
from jennie_cli.engine.model import (
    Market,
    Regime,
    RiskTag,
    SecurityKind,
    Stock,
    StockStatus,
    ThrottleLevel,
    TradeTier,
    TradingContext,
)
from jennie_cli.engine.signals import Candidates
from jennie_cli.engine.venue import Session, price_limits

NO_WATCHLIST = "none saved; every recorded stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A session as it is known before it; columns are the stocks of `candidates.codes`.

    They are the watchlist of that morning and what is held. `days` are the days before it, adjusted
    as of that morning, (days, stocks). `context` is None where no macro context is known. `names`,
    `groups` (sector groups) and `kinds` are by column.

    So are `statuses`, `tiers`, `tags` and `scored_at` (when a model scored the stock), each empty
    where nobody told: then a stock trades as usual, the tier is read off the candidates, no tag is
    known, and no model scored anything. `sector_budget` is the budget as it was published, None
    without one.

    `watchlist` says where the stocks come from: the id of a scout run, NO_WATCHLIST with what was
    assumed of them, or "" where nobody asked. `regime_known` is False where the regime is an
    assumption of the caller.
    """

    day: date
    hours: Session
    candidates: Candidates
    days: DayBars
    names: tuple[str, ...]
    groups: tuple[str, ...]
    kinds: tuple[SecurityKind, ...]
    regime: Regime
    context: TradingContext | None
    tiers: tuple[TradeTier, ...] = ()
    tags: tuple[RiskTag | None, ...] = ()
    statuses: tuple[StockStatus, ...] = ()
    scored_at: tuple[datetime | None, ...] = ()
    sector_budget: Mapping[str, object] | None = None
    watchlist: str = ""
    regime_known: bool = True

    @property
    def markets(self) -> tuple[Market, ...]:
        """The board of each stock."""
        return self.candidates.markets

    def stocks(self) -> tuple[Stock, ...]:
        """Return the stocks by column."""
        return tuple(
            Stock(
                code=code,
                name=self.names[n],
                market=self.markets[n],
                kind=self.kinds[n],
                sector_group=self.groups[n],
                status=self.statuses[n] if self.statuses else StockStatus.NORMAL,
            )
            for n, code in enumerate(self.candidates.codes)
        )

    def tier(self, column: int) -> TradeTier:
        """Return how a stock may be bought."""
        if self.tiers:
            return self.tiers[column]
        if self.candidates.is_blocked[column]:
            return TradeTier.BLOCKED
        return TradeTier.RECON if self.candidates.is_recon[column] else TradeTier.TIER1

    def lower_limits(self) -> FloatArray:
        """Return the lower limits of the day in won, (stocks,), NaN on a day without limits."""
        told = self.candidates
        return np.array(
            [
                price_limits(int(base), market=market, on=self.day).lower
                if base > 0 and upper > 0
                else np.nan
                for base, upper, market in zip(
                    told.base_price, told.upper_limit, told.markets, strict=True
                )
            ]
        )

    def careful_context(self, policy: MacroPolicy) -> TradingContext:
        """Return the macro context, else the careful one that stands where nobody gave any."""
        return self.context or trading_context(
            Told(),
            throttle=ThrottleLevel.NORMAL,
            regime=self.regime,
            now=self.hours.open,
            policy=policy,
        )
