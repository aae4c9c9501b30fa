"""The tables of what a person asked the session to do."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORD = String(32)
LABEL = String(64)
WHOLE = BigInteger()
BODY = Text(2**24 - 1)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "standing_ask",
        *(
            Column(name, kind, primary_key=True, autoincrement=False)
            for name, kind in (("profile", WORD), ("kind", WORD), ("same", LABEL))
        ),
        Column("number", WHOLE, nullable=False),
        Column("body", BODY, nullable=False),
    )
    op.create_table(
        "standing_change",
        Column("id", Integer(), primary_key=True, autoincrement=True),
        Column("profile", WORD, nullable=False),
        Column("kind", WORD, nullable=False),
        Column("same", LABEL, nullable=False),
        Column("put", Boolean(), nullable=False),
        Column("who", LABEL, nullable=False),
        Column("changed_at", WHOLE, nullable=False),
        Column("body", BODY, nullable=False),
    )
    op.create_index("ix_standing_change_same", "standing_change", ["same"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("standing_change")
    op.drop_table("standing_ask")
