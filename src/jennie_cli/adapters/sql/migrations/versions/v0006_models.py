"""The tables of what was asked of models: the reply log and a day's use."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORD = String(32)
LABEL = String(64)
NAME = String(100)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
BODY = Text(2**24 - 1)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "reply_log",
        Column("id", DAY, primary_key=True, autoincrement=True),
        *(
            Column(name, kind, nullable=False)
            for name, kind in (
                ("content_key", LABEL),
                ("at", WHOLE),
                ("service", WORD),
                ("tier", WORD),
                ("prompt_name", LABEL),
                ("prompt_version", WORD),
                ("prompt_sha256", LABEL),
                ("asked", BODY),
                ("text", BODY),
                ("provider", WORD),
                ("model", NAME),
                ("tokens_in", WHOLE),
                ("tokens_out", WHOLE),
                ("usd_micro", WHOLE),
                ("latency_s", REAL),
                ("attempts", DAY),
                ("simulated", Boolean()),
            )
        ),
        Column("failure", LABEL, nullable=True),
        Column("failure_text", BODY, nullable=False),
        Column("run", LABEL, nullable=False),
    )
    op.create_index("ix_reply_log_content_key", "reply_log", ["content_key"])
    op.create_index("ix_reply_log_at", "reply_log", ["at"])
    op.create_table(
        "llm_usage_daily",
        *(
            Column(name, kind, primary_key=True, autoincrement=False)
            for name, kind in (
                ("date", DAY),
                ("service", WORD),
                ("provider", WORD),
                ("model", NAME),
            )
        ),
        *(
            Column(name, WHOLE, nullable=False)
            for name in (
                "calls",
                "tokens_in",
                "tokens_out",
                "usd_micro",
                "errors",
                "failovers",
                "latency_ms_sum",
            )
        ),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("llm_usage_daily")
    op.drop_table("reply_log")
