"""The watchlist that stands, or stood, on the morning of a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.model import LlmStatus, Regime, WatchlistEntry
from jennie_cli.engine.sectors import budget_payload
from jennie_cli.engine.store import RegimeReading, RunStore, ScoutRun
from jennie_cli.engine.venue import Calendar

LIST_DAYS = 5
"""Sessions for which a list, and the day a stock came on it, is remembered."""

_A_MONTH = timedelta(days=31)
_EVERY_RUN = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningList:
    """A watchlist by code, in its order; `listed_on` is the first session of each of its stocks.

    `as_of` bounds what the list knew, `budget` is the sector budget published with it, `regime`
    what its run read.
    """

    run_id: str
    as_of: datetime
    entries: Mapping[str, WatchlistEntry]
    listed_on: Mapping[str, date]
    budget: Mapping[str, object]
    regime: RegimeReading

    def scored_at(self, code: str) -> datetime | None:
        """Return when a model scored a stock, None if none did."""
        scored = self.entries[code].llm_status is not LlmStatus.FALLBACK
        return self.as_of if scored else None


def nothing_listed(at: datetime) -> MorningList:
    """Return the list of a session without one: nothing may be bought, and no regime was read."""
    unread = RegimeReading(
        regime=Regime.NEUTRAL, score_points=None, confidence_ratio=0.0, components={}
    )
    return MorningList(run_id="", as_of=at, entries={}, listed_on={}, budget={}, regime=unread)


@dataclass(slots=True)
class Watchlists:
    """The standing lists of one market, each read once.

    A run counts by what it could know, whenever it was made: a list made years later from what
    was known on a morning is the list of that morning.
    """

    runs: RunStore
    market: str
    _standing: tuple[ScoutRun, ...] = field(init=False)
    _entries: dict[str, tuple[WatchlistEntry, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Look up which runs there are, oldest knowledge first."""
        every = self.runs.recent(_EVERY_RUN)
        alike = [r for r in every if r.standing and r.market == self.market]
        self._standing = tuple(sorted(alike, key=lambda r: (r.as_of, r.generated_at, r.run_id)))

    def on(self, day: date, *, before: datetime, calendar: Calendar) -> MorningList | None:
        """Return the last list that knew nothing later than `before`, None without a fresh one."""
        oldest = calendar.days(day - _A_MONTH, day)[-1 - LIST_DAYS :][0]
        known = [r for r in self._standing if r.as_of <= before and oldest <= r.trade_date <= day]
        if not known:
            return None
        last = known[-1]
        listed_on: dict[str, date] = {}
        for run in known:
            for entry in self._of(run):
                first = listed_on.get(entry.code, run.trade_date)
                listed_on[entry.code] = min(first, run.trade_date)
        return MorningList(
            run_id=last.run_id,
            as_of=last.as_of,
            entries={e.code: e for e in self._of(last)},
            listed_on=listed_on,
            budget=budget_payload(last.sectors, last.run_id, last.as_of),
            regime=last.regime,
        )

    def named(self, *, before: datetime) -> frozenset[str]:
        """Return the stocks on any list that knew nothing later than `before`."""
        known = [r for r in self._standing if r.as_of <= before]
        return frozenset(entry.code for run in known for entry in self._of(run))

    def _of(self, run: ScoutRun) -> tuple[WatchlistEntry, ...]:
        if run.run_id not in self._entries:
            self._entries[run.run_id] = self.runs.watchlist(run.run_id)
        return self._entries[run.run_id]
