"""The record tables: what the program did, chose and was told, and the state of the facts."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import (
    BODY,
    CODE,
    DAY,
    FLAG,
    LABEL,
    NAME,
    REAL,
    TITLE,
    WHOLE,
    WORD,
    key,
    may,
    need,
)


class ScoutRunRow(SQLModel, table=True):
    """One finished scout run without its stocks."""

    __tablename__ = "scout_run"

    run_id: str = key(LABEL)
    generated_at: int = need(WHOLE, index=True)
    as_of: int = need(WHOLE)
    trade_date: int = need(DAY, index=True)
    newest_bar: int = need(DAY)
    profile: str = need(WORD)
    market: str = need(WORD)
    scorer: str = need(WORD)
    standing: bool = need(FLAG)
    regime: str = need(WORD)
    detail: str = need(BODY)


class DailyQuantScore(SQLModel, table=True):
    """Every candidate of a run: scores, how far it came, and the rule that dropped it."""

    __tablename__ = "daily_quant_score"

    run_id: str = key(LABEL)
    code: str = key(CODE)
    score_date: int = need(DAY, index=True)
    name: str = need(NAME)
    market: str = need(WORD)
    sector_group: str = need(WORD)
    market_regime: str = need(WORD)
    stage: str = need(WORD)
    drop_stage: str | None = may(WORD)
    drop_rule: str | None = may(LABEL)
    total_quant_score: float | None = may(REAL)
    momentum_score: float | None = may(REAL)
    quality_score: float | None = may(REAL)
    value_score: float | None = may(REAL)
    technical_score: float | None = may(REAL)
    news_stat_score: float | None = may(REAL)
    supply_demand_score: float | None = may(REAL)
    coverage_ratio: float | None = may(REAL)
    llm_score: float | None = may(REAL)
    hybrid_score: float | None = may(REAL)
    trade_tier: str | None = may(WORD)
    risk_tag: str | None = may(WORD)
    is_tradable: bool = need(FLAG)
    list_rank: int | None = may(DAY)
    position: int = need(DAY)
    detail: str = need(BODY)


class ShadowRadarLog(SQLModel, table=True):
    """A name that a run rejected: where, by which rule, at which figure, at what price."""

    __tablename__ = "shadow_radar_log"

    run_id: str = key(LABEL)
    code: str = key(CODE)
    logged_at: int = need(WHOLE, index=True)
    name: str = need(NAME)
    rejection_stage: str = need(WORD)
    rejection_rule: str = need(LABEL)
    rule_value: str | None = may(NAME)
    rule_limit: str | None = may(NAME)
    unit: str = need(WORD)
    quant_score: float | None = may(REAL)
    price: int | None = may(WHOLE)


class LlmDecisionLedger(SQLModel, table=True):
    """What the analyst and the tiers made of a stock; FALLBACK means no model's word counted.

    `reply_key` finds the exchange in the reply log, `final_reason` is the rule that dropped it.
    """

    __tablename__ = "llm_decision_ledger"

    run_id: str = key(LABEL)
    code: str = key(CODE)
    logged_at: int = need(WHOLE, index=True)
    name: str = need(NAME)
    market_regime: str = need(WORD)
    quant_score: float | None = may(REAL)
    llm_raw_score: float | None = may(REAL)
    llm_score: float | None = may(REAL)
    hybrid_score: float | None = may(REAL)
    llm_status: str = need(WORD)
    gate_result: str = need(WORD)
    final_decision: str = need(WORD)
    final_reason: str | None = may(LABEL)
    reason: str | None = may(TITLE)
    provider: str | None = may(LABEL)
    model: str | None = may(NAME)
    prompt_sha256: str | None = may(LABEL)
    reply_key: str | None = may(LABEL)
    usd_micro: int | None = may(WHOLE)
    fact_check: str | None = may(WORD)
    failure: str | None = may(WORD)


class Watchlist(SQLModel, table=True):
    """The watchlist of the newest run."""

    __tablename__ = "watchlist"

    run_id: str = key(LABEL)
    code: str = key(CODE)
    list_rank: int = need(DAY)
    name: str = need(NAME)
    is_tradable: bool = need(FLAG)
    trade_tier: str = need(WORD)
    hybrid_score: float = need(REAL)
    detail: str = need(BODY)


class WatchlistHistory(SQLModel, table=True):
    """The watchlists of every run."""

    __tablename__ = "watchlist_history"

    run_id: str = key(LABEL)
    code: str = key(CODE)
    snapshot_date: int = need(DAY, index=True)
    list_rank: int = need(DAY)
    name: str = need(NAME)
    is_tradable: bool = need(FLAG)
    trade_tier: str = need(WORD)
    hybrid_score: float = need(REAL)
    detail: str = need(BODY)


class RuleCountRow(SQLModel, table=True):
    """How often a rule was asked and fired in a run."""

    __tablename__ = "rule_count"

    run_id: str = key(LABEL)
    rule: str = key(LABEL)
    asked: int = need(WHOLE)
    fired: int = need(WHOLE)


class Config(SQLModel, table=True):
    """A setting changed at run time."""

    __tablename__ = "config"

    config_key: str = key(NAME)
    config_value: str = need(BODY)
    changed_at: int = need(WHOLE)
    changed_by: str = need(LABEL)


class ConfigChange(SQLModel, table=True):
    """One change of a setting: who, when, from what, to what."""

    __tablename__ = "config_change"

    id: int | None = key(DAY, numbered=True)
    config_key: str = need(NAME, index=True)
    old_value: str | None = may(BODY)
    new_value: str | None = may(BODY)
    changed_at: int = need(WHOLE)
    changed_by: str = need(LABEL)


class ImportLedger(SQLModel, table=True):
    """A file that was imported, by the hash of its content."""

    __tablename__ = "import_ledger"

    sha256: str = key(LABEL)
    name: str = need(TITLE)
    dataset: str = need(WORD)
    accepted: int = need(WHOLE)
    rejected: str = need(BODY)
    imported_at: int = need(WHOLE)


class FactState(SQLModel, table=True):
    """What a dataset holds, and the stamp that the derived panels must carry to be current."""

    __tablename__ = "fact_state"

    dataset: str = key(WORD)
    version: int = need(WHOLE)
    stamp: str = need(WORD)
    held: int = need(WHOLE)
    codes: int = need(WHOLE)
    first_day: int | None = may(DAY)
    last_day: int | None = may(DAY)


class MinuteFileRow(SQLModel, table=True):
    """The Parquet file that holds one day's minute bars."""

    __tablename__ = "minute_file"

    date: int = key(DAY)
    file: str = need(NAME)
    held: int = need(WHOLE)
