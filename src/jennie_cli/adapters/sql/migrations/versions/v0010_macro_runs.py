"""Every run of a macro snapshot: the moment joins the key, and the rows there are stay.

A key cannot be changed in place on every database, so the table is made anew.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Integer, String, Text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORD = String(32)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
BODY = Text(2**24 - 1)

NAME = "enhanced_macro_snapshot"
BEFORE = "macro_snapshot_before"
AT = "ix_enhanced_macro_snapshot_at"
KEYS = (("profile", WORD), ("market", WORD), ("day", DAY))
FIGURES = (
    ("fed_rate", REAL),
    ("treasury_2y", REAL),
    ("treasury_10y", REAL),
    ("treasury_spread", REAL),
    ("vix", REAL),
    ("vix_regime", WORD),
    ("usd_krw", REAL),
    ("bok_rate", REAL),
    ("rate_differential", REAL),
    ("kospi_index", REAL),
    ("kospi_change_pct", REAL),
    ("kosdaq_index", REAL),
    ("kosdaq_change_pct", REAL),
    ("kospi_foreign_net", REAL),
    ("kosdaq_foreign_net", REAL),
    ("kospi_institutional_net", REAL),
    ("kospi_retail_net", REAL),
    ("global_news_sentiment", REAL),
    ("korea_news_sentiment", REAL),
    ("political_risk_score", DAY),
    ("political_risk_level", WORD),
    ("political_alert_count", DAY),
)
REST = (("data_freshness", REAL), ("completeness_score", REAL), ("body", BODY))
COLUMNS = ", ".join(name for name, _ in (*KEYS, ("at", WHOLE), *FIGURES, *REST))


def upgrade() -> None:
    """Make the table anew with the moment in its key."""
    op.drop_index(AT, table_name=NAME)
    op.rename_table(NAME, BEFORE)
    _create(Column("at", WHOLE, primary_key=True, autoincrement=False))
    op.execute(f"INSERT INTO {NAME} ({COLUMNS}) SELECT {COLUMNS} FROM {BEFORE}")  # noqa: S608  # names of ours
    op.drop_table(BEFORE)


def downgrade() -> None:
    """Keep the last run of each day."""
    op.rename_table(NAME, BEFORE)
    _create(Column("at", WHOLE, nullable=False, index=True))
    op.execute(
        f"INSERT INTO {NAME} ({COLUMNS}) SELECT {COLUMNS} FROM {BEFORE} b WHERE at ="  # noqa: S608  # names of ours
        f" (SELECT MAX(o.at) FROM {BEFORE} o"
        " WHERE o.profile = b.profile AND o.market = b.market AND o.day = b.day)"
    )
    op.drop_table(BEFORE)


def _create(at: Column[int]) -> None:
    op.create_table(
        NAME,
        *(Column(name, kind, primary_key=True, autoincrement=False) for name, kind in KEYS),
        at,
        *(Column(name, kind, nullable=True) for name, kind in FIGURES),
        *(Column(name, kind, nullable=False) for name, kind in REST),
    )
