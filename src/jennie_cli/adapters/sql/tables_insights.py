"""What the council wrote: the record of each day by column, and every run whole.

Days are YYYYMMDD, moments microseconds since 1970 UTC; lists and tables by name are JSON text.
"""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import (
    BODY,
    DAY,
    FLAG,
    LABEL,
    REAL,
    WHOLE,
    WORD,
    key,
    may,
    need,
)


class DailyMacroInsight(SQLModel, table=True):
    """The record that stands for a day."""

    __tablename__ = "daily_macro_insight"

    profile: str = key(WORD)
    market: str = key(WORD)
    insight_date: int = key(DAY)
    created_at: int = need(WHOLE)
    updated_at: int = need(WHOLE)
    source_channel: str = need(LABEL)
    source_analyst: str = need(LABEL)
    sentiment: str = need(WORD)
    sentiment_score: int = need(DAY)
    regime_hint: str = need(LABEL)
    position_size_pct: int = need(DAY)
    stop_loss_adjust_pct: int = need(DAY)
    sector_signals: str = need(BODY)
    key_themes: str = need(BODY)
    risk_factors: str = need(BODY)
    opportunity_factors: str = need(BODY)
    key_stocks: str = need(BODY)
    risk_stocks: str = need(BODY)
    opportunity_stocks: str = need(BODY)
    strategies_to_favor: str = need(BODY)
    strategies_to_avoid: str = need(BODY)
    sectors_to_favor: str = need(BODY)
    sectors_to_avoid: str = need(BODY)
    trading_reasoning: str = need(BODY)
    political_risk_level: str | None = may(WORD, index=True)
    political_risk_summary: str = need(BODY)
    investor_flow_analysis: str = need(BODY)
    council_consensus: str | None = may(WORD)
    judge_consensus: str | None = may(WORD)
    vix_value: float | None = may(REAL)
    vix_regime: str | None = may(WORD)
    usd_krw: float | None = may(REAL)
    kospi_index: float | None = may(REAL)
    kosdaq_index: float | None = may(REAL)
    kospi_change_pct: float | None = may(REAL)
    kosdaq_change_pct: float | None = may(REAL)
    kospi_foreign_net: float | None = may(REAL)
    kosdaq_foreign_net: float | None = may(REAL)
    kospi_institutional_net: float | None = may(REAL)
    kospi_retail_net: float | None = may(REAL)
    data_completeness_pct: int | None = may(DAY)
    raw_message: str = need(BODY)
    raw_council_output: str = need(BODY)
    council_cost_usd_micro: int = need(WHOLE)
    council_cost_krw: int = need(WHOLE)
    tokens_in: int = need(WHOLE)
    tokens_out: int = need(WHOLE)
    models: str = need(BODY)
    providers: str = need(BODY)
    prompts: str = need(BODY)
    degraded: bool = need(FLAG)
    failed_steps: str = need(BODY)
    dropped_names: str = need(BODY)
    simulated: bool = need(FLAG)


class CouncilRun(SQLModel, table=True):
    """One run for a day, whole, so that what stood at a moment can be told later."""

    __tablename__ = "council_run"

    id: int | None = key(DAY, numbered=True)
    profile: str = need(WORD)
    market: str = need(WORD)
    insight_date: int = need(DAY, index=True)
    written_at: int = need(WHOLE)
    body: str = need(BODY)
