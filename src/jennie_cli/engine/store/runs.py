"""The port to scout runs: everything a run saw, scored, dropped and chose, kept for explain and
for the research that must read the losers too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from jennie_cli.engine.model import (
    Grade,
    LlmStatus,
    Opinion,
    Phase,
    Regime,
    RiskTag,
    SectorTier,
    TradeTier,
    WatchlistEntry,
)
from jennie_cli.engine.rules import Check, RuleCount


class Stage(StrEnum):
    """How far a candidate came; the text names the last stage it reached."""

    ELIGIBILITY = "eligibility"
    SCORE = "score"
    QUANT_CUT = "quant_cut"
    SMART_SKIP = "smart_skip"
    ANALYST = "analyst"
    SELECTION = "selection"
    WATCHLIST = "watchlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScore:
    """One sub-factor: points of its maximum, the input in its unit, and whether it was missing."""

    points: float
    max: float
    input: float | None
    unit: str
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorScore:
    """One factor: points, maximum, its parts by name; `scale_factor` > 1 when renormalised."""

    points: float
    max: float
    parts: Mapping[str, PartScore]
    scale_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Where and by which rule a candidate left the run."""

    stage: Stage
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredStock:
    """All that a run knows of one candidate. Scores are 0..100, None before their stage.

    `opinion` is what a model said, whatever became of it; `llm_failure` how asking one failed.
    `bonus_points` is what a competitor's misfortune added, `quant_ratio` the share
    of the quant score in the hybrid. `price` is the newest close the run
    knew, KRW.
    """

    code: str
    name: str
    market: str
    sector: str
    sector_group: str
    sources: tuple[str, ...] = ()
    stage: Stage = Stage.ELIGIBILITY
    drop: Drop | None = None
    quant_score: float | None = None
    coverage_ratio: float | None = None
    phase: Phase | None = None
    phase_points: float | None = None
    falling_knife: bool | None = None
    factors: Mapping[str, FactorScore] = field(default_factory=dict)
    risk_inputs: Mapping[str, float | bool | None] = field(default_factory=dict)
    llm_raw_score: float | None = None
    llm_score: float | None = None
    llm_status: LlmStatus | None = None
    opinion: Opinion | None = None
    llm_failure: str | None = None
    bonus_points: float | None = None
    quant_ratio: float | None = None
    hybrid_score: float | None = None
    grade: Grade | None = None
    risk_tag: RiskTag | None = None
    trade_tier: TradeTier | None = None
    veto_applied: bool = False
    is_tradable: bool = False
    backfilled: bool = False
    rank: int | None = None
    price: int | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeReading:
    """A market state with its parts. Components are None when their input is missing.

    `components` holds trend, breadth, turnover and the figures a person is shown
    (ma20_gap_pct, advance_pct, turnover_ratio ...).
    """

    regime: Regime
    score_points: float | None
    confidence_ratio: float
    components: Mapping[str, float | None]
    previous: Regime | None = None
    changed_on: date | None = None
    shadow: Regime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorRow:
    """One of the 14 groups in the budget of a run; `held_count` is None with holdings unknown."""

    group: str
    tier: SectorTier
    return_pct: float | None
    stocks: int
    falling_knife_ratio: float
    watchlist_cap: int
    portfolio_cap: int
    effective_cap: int
    held_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutRun:
    """One finished run. `as_of` bounds what it could know; `trade_date` is its session.

    A run is `standing` unless its options narrowed it (one board, another scorer or universe):
    the standing run of the latest session holds the active watchlist, others are for reading.
    """

    run_id: str
    generated_at: datetime
    as_of: datetime
    trade_date: date
    newest_bar: date
    profile: str
    market: str
    scorer: str
    regime: RegimeReading
    counts: Mapping[str, int]
    dropped: Mapping[str, int]
    rules: tuple[RuleCount, ...]
    sectors: tuple[SectorRow, ...]
    data_missing: tuple[tuple[str, str], ...]
    llm: Mapping[str, Any]
    elapsed_s: Mapping[str, float]
    stocks: tuple[ScoredStock, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    standing: bool = True


class RunStore(Protocol):
    """Keeps scout runs; watchlist and history are keyed by run."""

    def save(self, run: ScoutRun, watchlist: tuple[WatchlistEntry, ...]) -> None:
        """Keep the run, every scored stock, the watchlist and the rule counts, all or nothing."""
        ...

    def load(self, run_id: str | None = None) -> ScoutRun:
        """Return a run whole, the newest by default. Raises UnknownRun."""
        ...

    def watchlist(self, run_id: str | None = None) -> tuple[WatchlistEntry, ...]:
        """Return a run's watchlist by rank, the active one by default. Raises UnknownRun.

        Active is that of the standing run of the latest session, the newest such run.
        """
        ...

    def recent(self, limit: int) -> tuple[ScoutRun, ...]:
        """Return the newest runs first, without their stocks."""
        ...

    def run_ids(self, prefix: str) -> tuple[str, ...]:
        """Return the ids of all runs that start with `prefix`, in no order."""
        ...

    def hybrid_scores(
        self, before: datetime, runs: int, *, market: str, scorer: str
    ) -> tuple[Mapping[str, float], ...]:
        """Return code -> hybrid of the last standing run of each of the previous `runs` dates.

        Previous are sessions before the KST day of `before` of this market under this scorer; the
        newest comes first.
        """
        ...

    def rule_totals(self) -> tuple[RuleCount, ...]:
        """Return the rule counts summed over all stored runs."""
        ...
