"""The table of macro snapshots: one day of one market as one profile knows it."""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Integer, String, Text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = String(32)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
BODY = Text(2**24 - 1)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "enhanced_macro_snapshot",
        Column("profile", WORD, primary_key=True, autoincrement=False),
        Column("market", WORD, primary_key=True, autoincrement=False),
        Column("day", DAY, primary_key=True, autoincrement=False),
        Column("at", WHOLE, nullable=False, index=True),
        Column("fed_rate", REAL, nullable=True),
        Column("treasury_2y", REAL, nullable=True),
        Column("treasury_10y", REAL, nullable=True),
        Column("treasury_spread", REAL, nullable=True),
        Column("vix", REAL, nullable=True),
        Column("vix_regime", WORD, nullable=True),
        Column("usd_krw", REAL, nullable=True),
        Column("bok_rate", REAL, nullable=True),
        Column("rate_differential", REAL, nullable=True),
        Column("kospi_index", REAL, nullable=True),
        Column("kospi_change_pct", REAL, nullable=True),
        Column("kosdaq_index", REAL, nullable=True),
        Column("kosdaq_change_pct", REAL, nullable=True),
        Column("kospi_foreign_net", REAL, nullable=True),
        Column("kosdaq_foreign_net", REAL, nullable=True),
        Column("kospi_institutional_net", REAL, nullable=True),
        Column("kospi_retail_net", REAL, nullable=True),
        Column("global_news_sentiment", REAL, nullable=True),
        Column("korea_news_sentiment", REAL, nullable=True),
        Column("political_risk_score", DAY, nullable=True),
        Column("political_risk_level", WORD, nullable=True),
        Column("political_alert_count", DAY, nullable=True),
        Column("data_freshness", REAL, nullable=False),
        Column("completeness_score", REAL, nullable=False),
        Column("body", BODY, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("enhanced_macro_snapshot")
