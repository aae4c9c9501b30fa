"""The tables of trading: events, orders, fills, trades and flags."""

from collections.abc import Iterator, Mapping
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODE = String(16)
WORD = String(32)
LABEL = String(64)
NAME = String(100)
TITLE = String(500)
BODY = Text(2**24 - 1)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
FLAG = Boolean()


def key(kind: TypeEngine[Any], name: str, *, counted: bool = False) -> Column[Any]:
    """Return a primary key column; the database counts it if `counted`."""
    return Column(name, kind, primary_key=True, autoincrement=counted)


def need(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return columns that must be given."""
    return (Column(n, kind, nullable=False) for n in names.split())


def may(kind: TypeEngine[Any], names: str) -> Iterator[Column[Any]]:
    """Return columns that may be missing."""
    return (Column(n, kind, nullable=True) for n in names.split())


TABLES: Mapping[str, tuple[Column[Any], ...]] = {
    "ledger_event": (
        key(WORD, "profile"),
        key(WHOLE, "number"),
        *need(WHOLE, "at"),
        *need(WORD, "kind"),
        *may(LABEL, "order_id"),
        *may(DAY, "day"),
        *may(WORD, "broker_id"),
        *may(CODE, "code"),
        *need(BODY, "body"),
        *need(FLAG, "derived"),
    ),
    "orders": (
        key(WORD, "profile"),
        key(LABEL, "order_id"),
        *need(WHOLE, "created_at"),
        *need(CODE, "code"),
        *need(WORD, "side type venue"),
        *need(WHOLE, "qty"),
        *may(WHOLE, "price"),
        *need(WORD, "state"),
        *need(WHOLE, "filled_qty filled_amount"),
        *need(BODY, "broker_ids"),
        *need(LABEL, "reason"),
        *may(LABEL, "strategy"),
        *need(BODY, "note"),
    ),
    "fills": (
        key(WORD, "profile"),
        key(NAME, "fill_key"),
        *need(DAY, "day"),
        *need(WORD, "broker_id"),
        *may(LABEL, "order_id"),
        *need(CODE, "code"),
        *need(WORD, "side"),
        *need(WHOLE, "qty amount filled_at"),
        *need(WORD, "source"),
        *need(WHOLE, "fee tax"),
        *may(WHOLE, "cost profit"),
    ),
    "tradelog": (
        key(WORD, "profile"),
        key(NAME, "log_id"),
        *need(CODE, "stock_code"),
        *need(WORD, "trade_type"),
        *need(WHOLE, "quantity"),
        *need(REAL, "price"),
        *need(WHOLE, "amount fee tax"),
        *may(WHOLE, "profit"),
        *need(LABEL, "reason"),
        *need(WHOLE, "trade_timestamp"),
        *may(LABEL, "strategy_signal"),
        *need(BODY, "key_metrics"),
    ),
    "trading_flag": (
        key(WORD, "flag"),
        *need(FLAG, "up"),
        *need(LABEL, "who"),
        *need(WHOLE, "changed_at"),
        *need(TITLE, "reason"),
    ),
    "trading_flag_change": (
        key(DAY, "id", counted=True),
        *need(WORD, "flag"),
        *need(FLAG, "up"),
        *need(LABEL, "who"),
        *need(WHOLE, "changed_at"),
        *need(TITLE, "reason"),
    ),
}

INDEXES = {
    "ledger_event": ("kind", "order_id", "broker_id", "code", "derived"),
    "orders": ("created_at", "code", "state"),
    "fills": ("day", "order_id", "code"),
    "tradelog": ("stock_code", "trade_timestamp"),
    "trading_flag_change": ("flag",),
}


def upgrade() -> None:
    """Create every table."""
    for name, columns in TABLES.items():
        op.create_table(name, *columns)
    for name, indexed in INDEXES.items():
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])


def downgrade() -> None:
    """Drop every table."""
    for name in reversed([*TABLES]):
        op.drop_table(name)
