"""What an account was worth on each day."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WORD = String(32)
DAY = Integer()
WHOLE = BigInteger()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "daily_asset_snapshot",
        Column("profile", WORD, primary_key=True),
        Column("snapshot_date", DAY, primary_key=True, autoincrement=False),
        Column("taken_at", WHOLE, nullable=False),
        Column("total_asset", WHOLE, nullable=False),
        Column("settled_cash", WHOLE, nullable=False),
        Column("orderable_cash", WHOLE, nullable=True),
        Column("stock_value", WHOLE, nullable=False),
        Column("unrealised_pnl", WHOLE, nullable=False),
        Column("position_count", DAY, nullable=False),
        Column("realised_pnl", WHOLE, nullable=False),
        Column("fees", WHOLE, nullable=False),
        Column("taxes", WHOLE, nullable=False),
        Column("costless_sales", DAY, nullable=False),
        Column("realised_at", WHOLE, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("daily_asset_snapshot")
