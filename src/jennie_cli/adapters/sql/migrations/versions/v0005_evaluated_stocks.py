"""The table of stocks judged: when each day had its last word of a stock, found without a search.

Days judged before this step have no rows here, so their stocks are found by a moment only.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CODE = String(16)
WORD = String(32)
DAY = Integer()
WHOLE = BigInteger()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "evaluation_stock",
        Column("profile", WORD, primary_key=True, autoincrement=False),
        Column("code", CODE, primary_key=True, autoincrement=False),
        Column("day", DAY, primary_key=True, autoincrement=False),
        Column("at", WHOLE, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("evaluation_stock")
