"""What was made of each text of news, events that competitors profit from, and since when a
headline's sentiment is known.

Headlines of before came with their sentiment: none was judged here.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Integer, String, Text

revision = "0011"
down_revision = "0010"
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


def upgrade() -> None:
    """Create the tables and add the column."""
    op.create_table(
        "stock_news_sentiment",
        Column("profile", WORD, primary_key=True),
        Column("market", WORD, primary_key=True),
        Column("id", LABEL, primary_key=True),
        Column("stock_code", CODE, nullable=False, index=True),
        Column("stock_name", NAME, nullable=False),
        Column("news_date", DAY, nullable=False),
        Column("summary", TITLE, nullable=False),
        Column("article_url", LINK, nullable=False),
        Column("source", LABEL, nullable=False),
        Column("published_at", WHOLE, nullable=False, index=True),
        Column("known_at", WHOLE, nullable=False),
        Column("judged_at", WHOLE, nullable=False),
        Column("category", WORD, nullable=False),
        Column("status", WORD, nullable=False, index=True),
        Column("sentiment_score", DAY, nullable=True),
        Column("sentiment_reason", TITLE, nullable=False),
        Column("competitor_risk", WORD, nullable=False),
        Column("body", BODY, nullable=False),
    )
    op.create_table(
        "competitor_benefit_events",
        Column("profile", WORD, primary_key=True),
        Column("market", WORD, primary_key=True),
        Column("id", LABEL, primary_key=True),
        Column("affected_code", CODE, nullable=False),
        Column("beneficiary_code", CODE, nullable=False),
        Column("event_type", WORD, nullable=False),
        Column("benefit_score", REAL, nullable=False),
        Column("detected_at", WHOLE, nullable=False, index=True),
        Column("expires_at", WHOLE, nullable=False),
        Column("status", WORD, nullable=False),
        Column("actual_return", REAL, nullable=True),
        Column("body", BODY, nullable=False),
    )
    op.add_column("headlines", Column("judged_at", REAL, nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("headlines", "judged_at")
    for table in ("competitor_benefit_events", "stock_news_sentiment"):
        op.drop_table(table)
