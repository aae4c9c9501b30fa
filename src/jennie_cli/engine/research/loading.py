"""Past sessions out of the store, each with what was known on its morning and nothing later.

Everything but the session's own minutes is read as of the second before its open, so that the
store itself keeps back what became known later. Of those minutes one figure goes back into the
morning: a first price that the last close does not allow tells, before any bar can be judged, that
the exchange has set another base price, and the older prices of that stock are left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.macro import InsightSource, MacroPolicy
from jennie_cli.engine.model import Regime, Stock
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.research.loading_bars import (
    DaySummary,
    RecordedDay,
    days_before,
    of_one_scale,
    recorded_day,
)
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.signals import StrategyPolicy
from jennie_cli.engine.store import DailyPanel, Dataset, FactStore, RunStore
from jennie_cli.engine.trading.session import (
    NOTHING_ASSUMED,
    MorningList,
    Roll,
    StandIn,
    Watchlists,
    candidates_of,
    context_on,
    regime_on,
    roll_of,
)
from jennie_cli.engine.venue import Calendar, Session

DAYS = 90
"""Sessions of daily bars before each day."""

PANEL_DAYS = 160
"""Sessions of the whole market before each day, as many as the scout reads."""

_BEFORE_THE_OPEN = timedelta(seconds=1)


def _nothing_held() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMarket:
    """Where the past is read from, and by which settings.

    `market` names the market whose watchlists count. `assumed_regime` stands in where no index of
    the session before is known; without it such a session raises InputError.
    """

    facts: FactStore
    runs: RunStore
    calendar: Calendar
    market: str
    strategies: StrategyPolicy
    regimes: RegimePolicy
    macro: MacroPolicy
    insights: InsightSource | None = None
    assumed_regime: Regime | None = None
    stand_in: StandIn = NOTHING_ASSUMED


def past_sessions(
    market: PastMarket,
    *,
    first: date,
    last: date,
    held: Callable[[], Sequence[str]] = _nothing_held,
) -> Iterator[PastSession]:
    """Yield the sessions with recorded minutes from `first` to `last`, oldest first.

    `held` is asked as each session begins; what it names is among the stocks, bars or not. Where
    no watchlist of the last sessions was known, every stock with minutes and a history stands in.
    Raises InputError for a regime that is not known, UnknownStock for a stock without a master.
    """
    reader = _Reader(market)
    for day in market.calendar.days(first, last):
        hours = market.calendar.session(day)
        if hours is None or not reader.may_hold(day):
            continue
        today = recorded_day(market.facts, hours)
        session = reader.session(hours, today, held()) if today.codes else None
        reader.summaries[day] = today.summary
        if session is not None:
            yield session


@dataclass(frozen=True, slots=True, kw_only=True)
class _Morning:
    """What is known a second before an open."""

    hours: Session
    at: datetime
    stocks: dict[str, Stock]
    panel: DailyPanel
    listed: MorningList | None
    window: tuple[date, ...]


@dataclass(slots=True)
class _Reader:
    """Reads session after session; remembers the days it has seen in one row each."""

    market: PastMarket
    summaries: dict[date, DaySummary] = field(init=False, default_factory=dict)
    _lists: Watchlists = field(init=False)
    _recorded: tuple[date, date] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Ask once which days have minutes and which watchlists there are."""
        self._lists = Watchlists(self.market.runs, self.market.market)
        for held in self.market.facts.coverage():
            if held.dataset is Dataset.MINUTE_BARS and held.first and held.last:
                self._recorded = (held.first, held.last)

    def may_hold(self, day: date) -> bool:
        """Say whether a day lies where minutes were recorded."""
        return self._recorded is not None and self._recorded[0] <= day <= self._recorded[1]

    def session(
        self, hours: Session, today: RecordedDay, held: Sequence[str]
    ) -> PastSession | None:
        """Return a session of these minutes, None where there is no stock to look at."""
        morning = self._morning(hours)
        self._remember(morning)
        roll = self._roll(morning, today, held)
        if not roll.codes:
            return None
        bars = today.of(roll.codes)
        days = of_one_scale(
            days_before(morning.panel, self.summaries, morning.window, roll.codes), bars.open[0]
        )
        regime, known = self._regime(morning)
        told = morning.listed
        return PastSession(
            day=hours.day,
            hours=hours,
            bars=bars,
            candidates=candidates_of(roll, days, hours.day, self.market.strategies),
            days=days,
            names=tuple(s.name for s in roll.stocks),
            groups=tuple(s.sector_group for s in roll.stocks),
            kinds=tuple(s.kind for s in roll.stocks),
            statuses=tuple(s.status for s in roll.stocks),
            regime=regime,
            context=context_on(
                self.market.insights,
                at=morning.at,
                regime=regime if known else None,
                calendar=self.market.calendar,
                policy=self.market.macro,
            ),
            tiers=roll.tiers,
            tags=roll.tags,
            scored_at=roll.scored_at,
            sector_budget=told.budget if told else None,
            watchlist=told.run_id if told else self.market.stand_in.words,
            regime_known=known,
        )

    def _morning(self, hours: Session) -> _Morning:
        facts, calendar = self.market.facts, self.market.calendar
        at = hours.open - _BEFORE_THE_OPEN
        before = hours.day - timedelta(days=1)
        return _Morning(
            hours=hours,
            at=at,
            stocks=read_stocks(facts, as_of=at),
            panel=facts.daily(as_of=at, days=PANEL_DAYS),
            listed=self._lists.on(hours.day, before=at, calendar=calendar),
            window=calendar.days(before - timedelta(days=2 * DAYS), before)[-DAYS:],
        )

    def _remember(self, morning: _Morning) -> None:
        """Sum up the earlier days of which only minutes are known, and forget older ones."""
        calendar = self.market.calendar
        for day in set(morning.window) - set(morning.panel.days) - self.summaries.keys():
            hours = calendar.session(day)
            if hours is not None and self.may_hold(day):
                self.summaries[day] = recorded_day(self.market.facts, hours).summary
        for day in [d for d in self.summaries if d < morning.window[0]]:
            del self.summaries[day]

    def _roll(self, morning: _Morning, today: RecordedDay, held: Sequence[str]) -> Roll:
        """Return the watchlist, or what stands in for it, and what is held."""
        listed, stand_in = morning.listed, self.market.stand_in
        if listed is not None:
            return roll_of(morning.stocks, tuple(listed.entries), held, listed, stand_in)
        history = set(morning.panel.codes).union(*(s.codes for s in self.summaries.values()))
        every = tuple(c for c in today.codes if c in history and c in morning.stocks)
        return roll_of(morning.stocks, every, held, None, stand_in)

    def _regime(self, morning: _Morning) -> tuple[Regime, bool]:
        """Return the regime, and whether it is known rather than assumed."""
        previous = morning.window[-1]
        found = regime_on(
            self.market.facts,
            morning.panel,
            previous=previous,
            as_of=morning.at,
            policy=self.market.regimes,
        )
        if found is not None:
            return found, True
        if self.market.assumed_regime is None:
            raise InputError(
                f"The regime on the morning of {morning.hours.day} is not known:"
                f" no index close of {previous}.",
                hint="Import daily bars and index of that time, or name a regime to assume.",
            )
        return self.market.assumed_regime, False
