"""The port to what the council wrote: one whole record a day, and every run behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from jennie_cli.engine.model import MacroInsight, Outlook, PoliticalRisk, Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilRecord:
    """One run of the council: what it decided, from which figures, by which models, at what cost.

    `created_at` is when the day's first run wrote, `updated_at` when this one did. The score is
    0..100, the percentages are of a normal position and stop; net flows are 100 million won, the
    indices points, changes percent against the last close. What nobody knew is None. `models` and
    `providers` name who really spoke, `raw_council_output` keeps each one's JSON whole, `prompts`
    the hash of each text, all by role. `failed_steps` names the roles nobody spoke for;
    `dropped_names` are groups and strategies that do not exist.
    """

    profile: str
    market: str
    insight_date: date
    created_at: datetime
    updated_at: datetime
    source_channel: str
    source_analyst: str
    sentiment: str
    sentiment_score: int
    regime_hint: str
    position_size_pct: int
    stop_loss_adjust_pct: int
    sector_signals: Mapping[str, Outlook] = field(default_factory=dict)
    key_themes: tuple[str, ...] = ()
    risk_factors: tuple[str, ...] = ()
    opportunity_factors: tuple[str, ...] = ()
    key_stocks: tuple[str, ...] = ()
    risk_stocks: tuple[str, ...] = ()
    opportunity_stocks: tuple[str, ...] = ()
    strategies_to_favor: tuple[str, ...] = ()
    strategies_to_avoid: tuple[str, ...] = ()
    sectors_to_favor: tuple[str, ...] = ()
    sectors_to_avoid: tuple[str, ...] = ()
    trading_reasoning: str = ""
    political_risk_level: PoliticalRisk | None = None
    political_risk_summary: str = ""
    investor_flow_analysis: str = ""
    council_consensus: str | None = None
    judge_consensus: str | None = None
    vix_value: float | None = None
    vix_regime: str | None = None
    usd_krw: float | None = None
    kospi_index: float | None = None
    kosdaq_index: float | None = None
    kospi_change_pct: float | None = None
    kosdaq_change_pct: float | None = None
    kospi_foreign_net: float | None = None
    kosdaq_foreign_net: float | None = None
    kospi_institutional_net: float | None = None
    kospi_retail_net: float | None = None
    data_completeness_pct: int | None = None
    raw_message: str = ""
    raw_council_output: Mapping[str, str] = field(default_factory=dict)
    council_cost_usd_micro: int = 0
    council_cost_krw: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    models: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    degraded: bool = False
    failed_steps: tuple[str, ...] = ()
    dropped_names: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def world(self) -> tuple[str, str]:
        """Profile and market: a record of another world says nothing of this one."""
        return self.profile, self.market

    @property
    def insight(self) -> MacroInsight:
        """What the rooms read of it."""
        return MacroInsight(
            day=self.insight_date,
            at=self.updated_at,
            sentiment_score=self.sentiment_score,
            size_pct=self.position_size_pct,
            stop_pct=self.stop_loss_adjust_pct,
            regime_hint=self.regime_hint,
            favour=frozenset(map(Strategy, self.strategies_to_favor)),
            avoid=frozenset(map(Strategy, self.strategies_to_avoid)),
            favour_sectors=frozenset(self.sectors_to_favor),
            avoid_sectors=frozenset(self.sectors_to_avoid),
            sector_outlook=self.sector_signals,
            political=self.political_risk_level,
            vix_points=self.vix_value,
            reasoning=self.trading_reasoning,
        )


class InsightStore(Protocol):
    """Keeps the council's records of one profile and market. Every call raises OutsideError."""

    def save(self, record: CouncilRecord) -> None:
        """Keep a record as its day's, and the run beside the day's earlier ones, or neither."""
        ...

    def on(self, day: date) -> CouncilRecord | None:
        """Return the record of a day, None without one."""
        ...

    def newest(self, at: datetime) -> CouncilRecord | None:
        """Return what stood at a moment: of the latest day until then, the run written last by
        then. A run for a day still to come is not among them.
        """
        ...

    def runs(self, day: date) -> tuple[CouncilRecord, ...]:
        """Return every run for a day, oldest first."""
        ...
