"""The briefings that were made."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORD = String(32)
WHOLE = BigInteger()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "daily_briefing_log",
        Column("profile", WORD, primary_key=True),
        Column("market", WORD, primary_key=True),
        Column("briefing_date", Integer(), primary_key=True, autoincrement=False),
        Column("made_at", WHOLE, primary_key=True, autoincrement=False),
        Column("total_asset", WHOLE, nullable=True),
        Column("realised_pnl", WHOLE, nullable=False),
        Column("model", String(64), nullable=True),
        Column("body", Text(2**24 - 1), nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("daily_briefing_log")
