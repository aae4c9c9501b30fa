"""The tables of trading: a projection of the journal for queries, and the flags.

Every profile has its own account, journal and rows. Times of this page are microseconds since 1970
UTC; amounts are won before fee and tax.
"""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import (
    BODY,
    CODE,
    DAY,
    FLAG,
    LABEL,
    NAME,
    REAL,
    TITLE,
    WHOLE,
    WORD,
    key,
    may,
    need,
)


class LedgerEventRow(SQLModel, table=True):
    """One event of the journal; order, number and code it speaks of, where known.

    `derived` is false while the rows made of the code's events do not know of this one.
    """

    __tablename__ = "ledger_event"

    profile: str = key(WORD)
    number: int = key(WHOLE)
    at: int = need(WHOLE)
    kind: str = need(WORD, index=True)
    order_id: str | None = may(LABEL, index=True)
    day: int | None = may(DAY)
    broker_id: str | None = may(WORD, index=True)
    code: str | None = may(CODE, index=True)
    body: str = need(BODY)
    derived: bool = need(FLAG, index=True)


class OrderRow(SQLModel, table=True):
    """One of our orders as the events so far tell it; `broker_ids` is a JSON list."""

    __tablename__ = "orders"

    profile: str = key(WORD)
    order_id: str = key(LABEL)
    created_at: int = need(WHOLE, index=True)
    code: str = need(CODE, index=True)
    side: str = need(WORD)
    type: str = need(WORD)
    venue: str = need(WORD)
    qty: int = need(WHOLE)
    price: int | None = may(WHOLE)
    state: str = need(WORD, index=True)
    filled_qty: int = need(WHOLE)
    filled_amount: int = need(WHOLE)
    broker_ids: str = need(BODY)
    reason: str = need(LABEL)
    strategy: str | None = may(LABEL)
    note: str = need(BODY)


class FillRow(SQLModel, table=True):
    """A fill with its share of fee and tax; `cost` and `profit` of a sale, where known."""

    __tablename__ = "fills"

    profile: str = key(WORD)
    fill_key: str = key(NAME)
    day: int = need(DAY, index=True)
    broker_id: str = need(WORD)
    order_id: str | None = may(LABEL, index=True)
    code: str = need(CODE, index=True)
    side: str = need(WORD)
    qty: int = need(WHOLE)
    amount: int = need(WHOLE)
    filled_at: int = need(WHOLE)
    source: str = need(WORD)
    fee: int = need(WHOLE)
    tax: int = need(WHOLE)
    cost: int | None = may(WHOLE)
    profit: int | None = may(WHOLE)


class TradeLog(SQLModel, table=True):
    """What one order, or one number of somebody else's, traded in all; `price` is the average.

    `trade_timestamp` is the last fill, `key_metrics` the checks of the stamp as JSON.
    """

    __tablename__ = "tradelog"

    profile: str = key(WORD)
    log_id: str = key(NAME)
    stock_code: str = need(CODE, index=True)
    trade_type: str = need(WORD)
    quantity: int = need(WHOLE)
    price: float = need(REAL)
    amount: int = need(WHOLE)
    fee: int = need(WHOLE)
    tax: int = need(WHOLE)
    profit: int | None = may(WHOLE)
    reason: str = need(LABEL)
    trade_timestamp: int = need(WHOLE, index=True)
    strategy_signal: str | None = may(LABEL)
    key_metrics: str = need(BODY)


class TradingFlag(SQLModel, table=True):
    """Where a flag stands, who put it there, when and why."""

    __tablename__ = "trading_flag"

    flag: str = key(WORD)
    up: bool = need(FLAG)
    who: str = need(LABEL)
    changed_at: int = need(WHOLE)
    reason: str = need(TITLE)


class TradingFlagChange(SQLModel, table=True):
    """One change of a flag."""

    __tablename__ = "trading_flag_change"

    id: int | None = key(DAY, numbered=True)
    flag: str = need(WORD, index=True)
    up: bool = need(FLAG)
    who: str = need(LABEL)
    changed_at: int = need(WHOLE)
    reason: str = need(TITLE)
