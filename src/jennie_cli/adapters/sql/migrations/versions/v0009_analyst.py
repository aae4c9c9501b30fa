"""What a decision rests on in the ledger: who judged, by which text, why, and at what cost.

Decisions of before have none of it: no model was asked.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LABEL = String(64)
NAME = String(100)
TITLE = String(500)
WORD = String(32)

COLUMNS = (
    ("reason", TITLE),
    ("provider", LABEL),
    ("model", NAME),
    ("prompt_sha256", LABEL),
    ("reply_key", LABEL),
    ("usd_micro", BigInteger()),
    ("fact_check", WORD),
    ("failure", WORD),
)


def upgrade() -> None:
    """Add the columns."""
    for name, kind in COLUMNS:
        op.add_column("llm_decision_ledger", Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for name, _ in COLUMNS:
        op.drop_column("llm_decision_ledger", name)
