"""The tables of the council: the record that stands for a day, and every run behind it."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORD = String(32)
LABEL = String(64)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
BODY = Text(2**24 - 1)

FIGURES = (
    "usd_krw",
    "kospi_index",
    "kosdaq_index",
    "kospi_change_pct",
    "kosdaq_change_pct",
    "kospi_foreign_net",
    "kosdaq_foreign_net",
    "kospi_institutional_net",
    "kospi_retail_net",
)
PARTS = (
    "sector_signals",
    "key_themes",
    "risk_factors",
    "opportunity_factors",
    "key_stocks",
    "risk_stocks",
    "opportunity_stocks",
    "strategies_to_favor",
    "strategies_to_avoid",
    "sectors_to_favor",
    "sectors_to_avoid",
    "trading_reasoning",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "daily_macro_insight",
        Column("profile", WORD, primary_key=True, autoincrement=False),
        Column("market", WORD, primary_key=True, autoincrement=False),
        Column("insight_date", DAY, primary_key=True, autoincrement=False),
        Column("created_at", WHOLE, nullable=False),
        Column("updated_at", WHOLE, nullable=False),
        Column("source_channel", LABEL, nullable=False),
        Column("source_analyst", LABEL, nullable=False),
        Column("sentiment", WORD, nullable=False),
        Column("sentiment_score", DAY, nullable=False),
        Column("regime_hint", LABEL, nullable=False),
        Column("position_size_pct", DAY, nullable=False),
        Column("stop_loss_adjust_pct", DAY, nullable=False),
        *(Column(name, BODY, nullable=False) for name in PARTS),
        Column("political_risk_level", WORD, nullable=True, index=True),
        Column("political_risk_summary", BODY, nullable=False),
        Column("investor_flow_analysis", BODY, nullable=False),
        Column("council_consensus", WORD, nullable=True),
        Column("judge_consensus", WORD, nullable=True),
        Column("vix_value", REAL, nullable=True),
        Column("vix_regime", WORD, nullable=True),
        *(Column(name, REAL, nullable=True) for name in FIGURES),
        Column("data_completeness_pct", DAY, nullable=True),
        Column("raw_message", BODY, nullable=False),
        Column("raw_council_output", BODY, nullable=False),
        Column("council_cost_usd_micro", WHOLE, nullable=False),
        Column("council_cost_krw", WHOLE, nullable=False),
        Column("tokens_in", WHOLE, nullable=False),
        Column("tokens_out", WHOLE, nullable=False),
        Column("models", BODY, nullable=False),
        Column("providers", BODY, nullable=False),
        Column("prompts", BODY, nullable=False),
        Column("degraded", Boolean(), nullable=False),
        Column("failed_steps", BODY, nullable=False),
        Column("dropped_names", BODY, nullable=False),
        Column("simulated", Boolean(), nullable=False),
    )
    op.create_table(
        "council_run",
        Column("id", DAY, primary_key=True, autoincrement=True),
        Column("profile", WORD, nullable=False),
        Column("market", WORD, nullable=False),
        Column("insight_date", DAY, nullable=False, index=True),
        Column("written_at", WHOLE, nullable=False),
        Column("body", BODY, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("council_run")
    op.drop_table("daily_macro_insight")
