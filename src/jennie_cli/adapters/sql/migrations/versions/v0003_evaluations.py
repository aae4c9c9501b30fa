"""The tables of evaluations: what sessions judged, and how often each rule was asked."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD = String(32)
NAME = String(100)
DAY = Integer()
WHOLE = BigInteger()
PACKED = LargeBinary(2**24 - 1)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "evaluation",
        Column("id", DAY, primary_key=True, autoincrement=True),
        Column("profile", WORD, nullable=False),
        Column("at", WHOLE, nullable=False),
        Column("kind", WORD, nullable=False),
        Column("body", PACKED, nullable=False),
    )
    op.create_index("ix_evaluation_at", "evaluation", ["at"])
    op.create_table(
        "evaluation_count",
        Column("profile", WORD, primary_key=True, autoincrement=False),
        Column("day", DAY, primary_key=True, autoincrement=False),
        Column("rule", NAME, primary_key=True, autoincrement=False),
        Column("asked", WHOLE, nullable=False),
        Column("fired", WHOLE, nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("evaluation_count")
    op.drop_table("evaluation")
