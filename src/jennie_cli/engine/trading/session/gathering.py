"""The morning of today's session: what the stores tell, and the prices of the exchange over it.

The scout makes a new list every hour while the session runs, so whoever drives the session asks
for a new morning whenever the list may have changed. All else is read as of the second before the
open, as the past is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from jennie_cli.engine.errors import InputError, JennieError
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Market, Regime, Stock, TradingContext, WatchlistEntry
from jennie_cli.engine.signals import StrategyPolicy
from jennie_cli.engine.trading.session.known import (
    BEFORE_THE_OPEN,
    Archive,
    Known,
    Sources,
    morning_of,
)
from jennie_cli.engine.trading.session.lists import MorningList, Watchlists, nothing_listed
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.roll import NOTHING_ASSUMED, Roll, candidates_of, roll_of
from jennie_cli.engine.trading.session.weather import context_on
from jennie_cli.engine.trading.stocks import unlisted
from jennie_cli.engine.venue import Session


class NoWatchlist(InputError):
    """No list stands for the session that is to be traded."""

    code = "no_watchlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A morning that lacks the prices of its stocks: quotes of `codes` are to be asked.

    `regime` is what the index of the session before told, else what the list's run read.
    """

    known: Known
    roll: Roll
    regime: Regime
    regime_known: bool
    context: TradingContext | None
    strategies: StrategyPolicy

    @property
    def codes(self) -> tuple[str, ...]:
        """The columns of the morning: the watchlist in its order, then what else is held."""
        return self.roll.codes

    def morning(self, quotes: Mapping[str, Quote]) -> Morning:
        """Return the morning with the base prices, upper limits and statuses of these quotes.

        A stock that has none has no base price either: yesterday's close may not be it.
        """
        told = [quotes.get(code) for code in self.codes]
        base = _prices([quote.base_price if quote else 0 for quote in told])
        days = self.known.days(self.codes, base)
        stocks = candidates_of(self.roll, days, self.known.hours.day, self.strategies)
        upper = _prices([quote.upper_limit if quote else 0 for quote in told])
        return morning_of(
            self.known,
            replace(self.roll, stocks=tuple(map(_as_quoted, self.roll.stocks, told))),
            replace(stocks, base_price=base, upper_limit=upper),
            days,
            regime=self.regime,
            regime_known=self.regime_known,
            context=self.context,
        )


@dataclass(slots=True)
class Mornings:
    """Gathers the mornings of a session day. `trouble` hears of an insight that cannot be read:
    the session then goes by the careful context.
    """

    sources: Sources
    trouble: Callable[[JennieError], None]
    _archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        """Read nothing but which days there are."""
        self._archive = Archive(self.sources.facts, self.sources.calendar)

    def draft(self, hours: Session, *, now: datetime, held: Sequence[str]) -> Draft:
        """Return the list that stands now with what is `held`, a stock without a master as well.

        Without a list what is held is watched all the same, and `trouble` is told; raises
        NoWatchlist where nothing is held either.
        """
        listed = self._listed(hours, now, held)
        at = min(now, hours.open - BEFORE_THE_OPEN)
        known = self._archive.known(hours, at=at, listed=listed)
        stocks = {**_plain(listed, held), **known.stocks}
        regime, is_known = self._regime(known, listed)
        return Draft(
            known=known,
            roll=roll_of(stocks, tuple(listed.entries), held, listed, NOTHING_ASSUMED),
            regime=regime,
            regime_known=is_known,
            context=self._context(now, regime if is_known else None),
            strategies=self.sources.strategies,
        )

    def _listed(self, hours: Session, now: datetime, held: Sequence[str]) -> MorningList:
        """Return the list that stands now; the runs are asked anew, for there may be more."""
        runs = Watchlists(self.sources.runs, self.sources.market)
        listed = runs.on(hours.day, before=now, calendar=self.sources.calendar)
        if listed is not None:
            return listed
        missing = NoWatchlist(
            f"No watchlist stands for the session of {hours.day}.",
            hint="Make one: jennie scout run",
        )
        if not held:
            raise missing
        self.trouble(missing)
        return nothing_listed(now)

    def _regime(self, known: Known, listed: MorningList) -> tuple[Regime, bool]:
        found = known.regime(self.sources.facts, self.sources.regimes)
        if found is not None:
            return found, True
        return listed.regime.regime, listed.regime.score_points is not None

    def _context(self, now: datetime, regime: Regime | None) -> TradingContext | None:
        sources = self.sources
        return context_on(
            sources.insights,
            sources.snapshots,
            at=now,
            regime=regime,
            calendar=sources.calendar,
            policy=sources.macro,
            trouble=self.trouble,
        )


def _plain(listed: MorningList, held: Sequence[str]) -> dict[str, Stock]:
    """Return every stock of the columns as far as it is known without a master."""
    of_list = {code: _listed_stock(entry) for code, entry in listed.entries.items()}
    return {**{code: unlisted(code) for code in held}, **of_list}


def _listed_stock(entry: WatchlistEntry) -> Stock:
    return Stock(
        code=entry.code,
        name=entry.name,
        market=Market(entry.market),
        sector_fine=entry.sector,
        sector_group=entry.sector_group,
    )


def _as_quoted(stock: Stock, quote: Quote | None) -> Stock:
    return stock if quote is None else replace(stock, status=quote.status)


def _prices(won: Sequence[int]) -> FloatArray:
    """Return prices with NaN where a quote has none."""
    prices = np.array(won, dtype=np.float64)
    return np.where(prices > 0.0, prices, np.nan)
