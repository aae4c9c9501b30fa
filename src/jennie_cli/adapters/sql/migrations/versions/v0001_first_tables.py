"""The first tables: fifteen datasets of facts, and the records of runs, settings and imports."""

from collections.abc import Iterator, Mapping
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CODE = String(16)
WORD = String(32)
LABEL = String(64)
NAME = String(100)
TITLE = String(500)
LINK = String(1000)
BODY = Text(2**24 - 1)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
FLAG = Boolean()


def key(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return primary key columns whose values are given."""
    return (Column(n, kind, primary_key=True, autoincrement=False) for n in names.split())


def count(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return primary key columns that the database counts."""
    return (Column(n, kind, primary_key=True, autoincrement=True) for n in names.split())


def need(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return columns that must be given."""
    return (Column(n, kind, nullable=False) for n in names.split())


def may(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return columns that may be missing."""
    return (Column(n, kind, nullable=True) for n in names.split())


FACTS: Mapping[str, tuple[Column[Any], ...]] = {
    "stock_master": (
        *key(CODE, "code"),
        *need(NAME, "name"),
        *need(WORD, "market kind status"),
        *may(LABEL, "sector_fine"),
        *may(WORD, "sector_source"),
        *may(REAL, "shares"),
        *may(DAY, "listed_on delisted_on status_since"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "daily_bars": (
        *key(CODE, "code"),
        *key(DAY, "date"),
        *need(WHOLE, "open high low close volume known_at"),
        *need(LABEL, "source"),
    ),
    "market_caps": (
        *key(CODE, "code"),
        *key(DAY, "date"),
        *need(WORD, "market"),
        *need(WHOLE, "close volume value market_cap shares known_at"),
        *need(LABEL, "source"),
    ),
    "index_daily": (
        *key(WORD, "index_code"),
        *key(DAY, "date"),
        *may(REAL, "open high low close volume value"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "market_breadth": (
        *key(WORD, "market"),
        *key(DAY, "date"),
        *may(REAL, "up flat down new_highs new_lows"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "index_valuation": (
        *key(WORD, "index_code"),
        *key(DAY, "date"),
        *may(REAL, "close per fwd_per pbr div_yield"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "trading_days": (
        *key(DAY, "date"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "flows_stock": (
        *key(CODE, "code"),
        *key(DAY, "date"),
        *may(REAL, "foreign_net inst_net indiv_net foreign_pct"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "flows_market": (
        *key(WORD, "market"),
        *key(DAY, "date"),
        *may(
            REAL, "indiv foreign inst securities insurance trust bank other_fin pension other_corp"
        ),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "financials_quarterly": (
        *key(CODE, "code quarter"),
        *may(WORD, "rep_type"),
        *may(REAL, "revenue op_income opm net_income equity eps roe"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "fundamentals_annual": (
        *key(CODE, "code"),
        *key(WHOLE, "year"),
        *may(
            REAL,
            "roe debt_ratio cur_ratio op_margin revenue_yoy op_income_yoy"
            " net_income total_equity total_debt total_asset revenue op_income",
        ),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "consensus": (
        *key(CODE, "code"),
        *key(DAY, "date"),
        *may(REAL, "fwd_per fwd_eps fwd_roe foreign_pct"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "headlines": (
        *key(LABEL, "id"),
        *need(WHOLE, "published_at"),
        *may(CODE, "code"),
        *need(TITLE, "title"),
        *may(NAME, "publisher"),
        *may(LINK, "url"),
        *may(WORD, "label"),
        *may(REAL, "importance sentiment"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "disclosures": (
        *key(LABEL, "id"),
        *need(WHOLE, "disclosed_at"),
        *may(CODE, "code"),
        *need(TITLE, "report_name"),
        *may(NAME, "category"),
        *may(WORD, "rcept_no"),
        *may(LINK, "url"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
    "channel_posts": (
        *key(LABEL, "channel"),
        *key(WHOLE, "post"),
        *need(WHOLE, "posted_at"),
        *need(BODY, "text"),
        *need(WHOLE, "known_at"),
        *need(LABEL, "source"),
    ),
}

RECORDS: Mapping[str, tuple[Column[Any], ...]] = {
    "scout_run": (
        *key(LABEL, "run_id"),
        *need(WHOLE, "generated_at as_of"),
        *need(DAY, "trade_date newest_bar"),
        *need(WORD, "profile market scorer"),
        *need(FLAG, "standing"),
        *need(WORD, "regime"),
        *need(BODY, "detail"),
    ),
    "daily_quant_score": (
        *key(LABEL, "run_id"),
        *key(CODE, "code"),
        *need(DAY, "score_date"),
        *need(NAME, "name"),
        *need(WORD, "market sector_group market_regime stage"),
        *may(WORD, "drop_stage"),
        *may(LABEL, "drop_rule"),
        *may(
            REAL,
            "total_quant_score momentum_score quality_score"
            " value_score technical_score news_stat_score supply_demand_score",
        ),
        *may(REAL, "coverage_ratio llm_score hybrid_score"),
        *may(WORD, "trade_tier risk_tag"),
        *need(FLAG, "is_tradable"),
        *may(DAY, "list_rank"),
        *need(DAY, "position"),
        *need(BODY, "detail"),
    ),
    "shadow_radar_log": (
        *key(LABEL, "run_id"),
        *key(CODE, "code"),
        *need(WHOLE, "logged_at"),
        *need(NAME, "name"),
        *need(WORD, "rejection_stage"),
        *need(LABEL, "rejection_rule"),
        *may(NAME, "rule_value rule_limit"),
        *need(WORD, "unit"),
        *may(REAL, "quant_score"),
        *may(WHOLE, "price"),
    ),
    "llm_decision_ledger": (
        *key(LABEL, "run_id"),
        *key(CODE, "code"),
        *need(WHOLE, "logged_at"),
        *need(NAME, "name"),
        *need(WORD, "market_regime"),
        *may(REAL, "quant_score llm_raw_score llm_score hybrid_score"),
        *need(WORD, "llm_status gate_result final_decision"),
        *may(LABEL, "final_reason"),
    ),
    "watchlist": (
        *key(LABEL, "run_id"),
        *key(CODE, "code"),
        *need(DAY, "list_rank"),
        *need(NAME, "name"),
        *need(FLAG, "is_tradable"),
        *need(WORD, "trade_tier"),
        *need(REAL, "hybrid_score"),
        *need(BODY, "detail"),
    ),
    "watchlist_history": (
        *key(LABEL, "run_id"),
        *key(CODE, "code"),
        *need(DAY, "snapshot_date list_rank"),
        *need(NAME, "name"),
        *need(FLAG, "is_tradable"),
        *need(WORD, "trade_tier"),
        *need(REAL, "hybrid_score"),
        *need(BODY, "detail"),
    ),
    "rule_count": (
        *key(LABEL, "run_id rule"),
        *need(WHOLE, "asked fired"),
    ),
    "config": (
        *key(NAME, "config_key"),
        *need(BODY, "config_value"),
        *need(WHOLE, "changed_at"),
        *need(LABEL, "changed_by"),
    ),
    "config_change": (
        *count(DAY, "id"),
        *need(NAME, "config_key"),
        *may(BODY, "old_value new_value"),
        *need(WHOLE, "changed_at"),
        *need(LABEL, "changed_by"),
    ),
    "import_ledger": (
        *key(LABEL, "sha256"),
        *need(TITLE, "name"),
        *need(WORD, "dataset"),
        *need(WHOLE, "accepted"),
        *need(BODY, "rejected"),
        *need(WHOLE, "imported_at"),
    ),
    "fact_state": (
        *key(WORD, "dataset"),
        *need(WHOLE, "version"),
        *need(WORD, "stamp"),
        *need(WHOLE, "held codes"),
        *may(DAY, "first_day last_day"),
    ),
    "minute_file": (
        *key(DAY, "date"),
        *need(NAME, "file"),
        *need(WHOLE, "held"),
    ),
}

INDEXES = {
    "scout_run": ("generated_at", "trade_date"),
    "daily_quant_score": ("score_date",),
    "shadow_radar_log": ("logged_at",),
    "llm_decision_ledger": ("logged_at",),
    "watchlist_history": ("snapshot_date",),
    "config_change": ("config_key",),
}


def upgrade() -> None:
    """Create every table; on SQLite the facts are kept in the tree of their key."""
    for name, columns in FACTS.items():
        op.create_table(name, *columns, sqlite_with_rowid=False)
    for name, columns in RECORDS.items():
        op.create_table(name, *columns)
    for name, indexed in INDEXES.items():
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])


def downgrade() -> None:
    """Drop every table."""
    for name in reversed([*FACTS, *RECORDS]):
        op.drop_table(name)
