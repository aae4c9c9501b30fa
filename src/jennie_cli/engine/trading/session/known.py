"""What the stores tell of a session on its morning, read alike for today and for the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.macro import InsightSource, MacroPolicy
from jennie_cli.engine.macro.collecting import MacroStore
from jennie_cli.engine.model import Regime, Stock, TradingContext
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.signals import Candidates, StrategyPolicy
from jennie_cli.engine.store import DailyPanel, Dataset, FactStore, RunStore
from jennie_cli.engine.trading.session.lists import MorningList
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.recorded import (
    DaySummary,
    days_before,
    of_one_scale,
    recorded_day,
)
from jennie_cli.engine.trading.session.roll import Roll
from jennie_cli.engine.trading.session.weather import regime_on
from jennie_cli.engine.venue import Calendar, Session

DAYS = 90
"""Sessions of daily bars before each day."""

PANEL_DAYS = 160
"""Sessions of the whole market before each day, as many as the scout reads."""

BEFORE_THE_OPEN = timedelta(seconds=1)
"""How long before its open a session is read, so that nothing of the session itself is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where mornings are read from, and by which settings; watchlists of `market` count."""

    facts: FactStore
    runs: RunStore
    calendar: Calendar
    market: str
    strategies: StrategyPolicy
    regimes: RegimePolicy
    macro: MacroPolicy
    insights: InsightSource | None = None
    snapshots: MacroStore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known `at` a moment before an open; `listed` is the watchlist that stands, if any.

    `window` are the sessions before it; `recorded` tells those that only have minutes.
    """

    hours: Session
    at: datetime
    stocks: Mapping[str, Stock]
    panel: DailyPanel
    listed: MorningList | None
    window: tuple[date, ...]
    recorded: Mapping[date, DaySummary]

    @property
    def history(self) -> frozenset[str]:
        """The codes of which any earlier day is known."""
        return frozenset(self.panel.codes).union(*(s.codes for s in self.recorded.values()))

    def days(self, codes: Sequence[str], price: FloatArray) -> DayBars:
        """Return the sessions before of these stocks, in won that `price`, (stocks,), goes on
        from; NaN where it is not known.
        """
        return of_one_scale(days_before(self.panel, self.recorded, self.window, codes), price)

    def regime(self, facts: FactStore, policy: RegimePolicy) -> Regime | None:
        """Return the regime by the index of the session before, None without it."""
        return regime_on(facts, self.panel, previous=self.window[-1], as_of=self.at, policy=policy)


@dataclass(slots=True)
class Archive:
    """Reads morning after morning; remembers the days of which only minutes are known."""

    facts: FactStore
    calendar: Calendar
    summaries: dict[date, DaySummary] = field(init=False, default_factory=dict)
    _recorded: tuple[date, date] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Ask once which days have minutes."""
        for held in self.facts.coverage():
            if held.dataset is Dataset.MINUTE_BARS and held.first and held.last:
                self._recorded = (held.first, held.last)

    def may_hold(self, day: date) -> bool:
        """Say whether a day lies where minutes were recorded."""
        return self._recorded is not None and self._recorded[0] <= day <= self._recorded[1]

    def known(self, hours: Session, *, at: datetime, listed: MorningList | None) -> Known:
        """Return what was known of a session at a moment before its open."""
        before = hours.day - timedelta(days=1)
        window = self.calendar.days(before - timedelta(days=2 * DAYS), before)[-DAYS:]
        panel = self.facts.daily(as_of=at, days=PANEL_DAYS)
        self._remember(window, panel)
        return Known(
            hours=hours,
            at=at,
            stocks=read_stocks(self.facts, as_of=at),
            panel=panel,
            listed=listed,
            window=window,
            recorded=dict(self.summaries),
        )

    def _remember(self, window: tuple[date, ...], panel: DailyPanel) -> None:
        """Sum up the earlier days of which only minutes are known, and forget older ones."""
        for day in set(window) - set(panel.days) - self.summaries.keys():
            hours = self.calendar.session(day)
            if hours is not None and self.may_hold(day):
                self.summaries[day] = recorded_day(self.facts, hours).summary
        for day in [d for d in self.summaries if d < window[0]]:
            del self.summaries[day]


def morning_of(
    known: Known,
    roll: Roll,
    candidates: Candidates,
    days: DayBars,
    *,
    regime: Regime,
    regime_known: bool,
    context: TradingContext | None,
) -> Morning:
    """Return the morning of these stocks."""
    told = roll.listed
    return Morning(
        day=known.hours.day,
        hours=known.hours,
        candidates=candidates,
        days=days,
        names=tuple(s.name for s in roll.stocks),
        groups=tuple(s.sector_group for s in roll.stocks),
        kinds=tuple(s.kind for s in roll.stocks),
        statuses=tuple(s.status for s in roll.stocks),
        regime=regime,
        context=context,
        tiers=roll.tiers,
        tags=roll.tags,
        scored_at=roll.scored_at,
        sector_budget=told.budget if told else None,
        watchlist=told.run_id if told else roll.stand_in.words,
        regime_known=regime_known,
    )
