"""The fact tables: one per dataset of `engine.store.schema`, column for column.

Minute bars are not here: they live in Parquet, and `minute_file` says which files count.
"""

from typing import Any

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import (
    BODY,
    CODE,
    DAY,
    LABEL,
    LINK,
    NAME,
    REAL,
    TITLE,
    WHOLE,
    WORD,
    key,
    may,
    need,
)

PACKED: dict[str, Any] = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the key's own tree: half the size, and reads in key order."""


class StockMaster(SQLModel, table=True):
    """Listed and delisted stocks; known_at 0 where only a present-day list is known."""

    __tablename__ = "stock_master"
    __table_args__ = PACKED

    code: str = key(CODE)
    name: str = need(NAME)
    market: str = need(WORD)
    kind: str = need(WORD)
    status: str = need(WORD)
    sector_fine: str | None = may(LABEL)
    sector_source: str | None = may(WORD)
    shares: float | None = may(REAL)
    listed_on: int | None = may(DAY)
    delisted_on: int | None = may(DAY)
    status_since: int | None = may(DAY)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class DailyBars(SQLModel, table=True):
    """Daily bars; a halted day has open = high = low = volume = 0 and the carried close."""

    __tablename__ = "daily_bars"
    __table_args__ = PACKED

    code: str = key(CODE)
    date: int = key(DAY)
    open: int = need(WHOLE)
    high: int = need(WHOLE)
    low: int = need(WHOLE)
    close: int = need(WHOLE)
    volume: int = need(WHOLE)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class MarketCaps(SQLModel, table=True):
    """Whole-market snapshots in prices as traded."""

    __tablename__ = "market_caps"
    __table_args__ = PACKED

    code: str = key(CODE)
    date: int = key(DAY)
    market: str = need(WORD)
    close: int = need(WHOLE)
    volume: int = need(WHOLE)
    value: int = need(WHOLE)
    market_cap: int = need(WHOLE)
    shares: int = need(WHOLE)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class IndexDaily(SQLModel, table=True):
    """Daily index bars."""

    __tablename__ = "index_daily"
    __table_args__ = PACKED

    index_code: str = key(WORD)
    date: int = key(DAY)
    open: float | None = may(REAL)
    high: float | None = may(REAL)
    low: float | None = may(REAL)
    close: float | None = may(REAL)
    volume: float | None = may(REAL)
    value: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class MarketBreadth(SQLModel, table=True):
    """Issues up, flat, down, at new highs and lows."""

    __tablename__ = "market_breadth"
    __table_args__ = PACKED

    market: str = key(WORD)
    date: int = key(DAY)
    up: float | None = may(REAL)
    flat: float | None = may(REAL)
    down: float | None = may(REAL)
    new_highs: float | None = may(REAL)
    new_lows: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class IndexValuation(SQLModel, table=True):
    """Index multiples."""

    __tablename__ = "index_valuation"
    __table_args__ = PACKED

    index_code: str = key(WORD)
    date: int = key(DAY)
    close: float | None = may(REAL)
    per: float | None = may(REAL)
    fwd_per: float | None = may(REAL)
    pbr: float | None = may(REAL)
    div_yield: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class TradingDays(SQLModel, table=True):
    """Days on which the exchange traded."""

    __tablename__ = "trading_days"
    __table_args__ = PACKED

    date: int = key(DAY)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class FlowsStock(SQLModel, table=True):
    """Net buying per stock."""

    __tablename__ = "flows_stock"
    __table_args__ = PACKED

    code: str = key(CODE)
    date: int = key(DAY)
    foreign_net: float | None = may(REAL)
    inst_net: float | None = may(REAL)
    indiv_net: float | None = may(REAL)
    foreign_pct: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class FlowsMarket(SQLModel, table=True):
    """Net buying per market and class."""

    __tablename__ = "flows_market"
    __table_args__ = PACKED

    market: str = key(WORD)
    date: int = key(DAY)
    indiv: float | None = may(REAL)
    foreign: float | None = may(REAL)
    inst: float | None = may(REAL)
    securities: float | None = may(REAL)
    insurance: float | None = may(REAL)
    trust: float | None = may(REAL)
    bank: float | None = may(REAL)
    other_fin: float | None = may(REAL)
    pension: float | None = may(REAL)
    other_corp: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class FinancialsQuarterly(SQLModel, table=True):
    """Single-quarter accounts."""

    __tablename__ = "financials_quarterly"
    __table_args__ = PACKED

    code: str = key(CODE)
    quarter: str = key(CODE)
    rep_type: str | None = may(WORD)
    revenue: float | None = may(REAL)
    op_income: float | None = may(REAL)
    opm: float | None = may(REAL)
    net_income: float | None = may(REAL)
    equity: float | None = may(REAL)
    eps: float | None = may(REAL)
    roe: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class FundamentalsAnnual(SQLModel, table=True):
    """Annual accounts and ratios."""

    __tablename__ = "fundamentals_annual"
    __table_args__ = PACKED

    code: str = key(CODE)
    year: int = key(WHOLE)
    roe: float | None = may(REAL)
    debt_ratio: float | None = may(REAL)
    cur_ratio: float | None = may(REAL)
    op_margin: float | None = may(REAL)
    revenue_yoy: float | None = may(REAL)
    op_income_yoy: float | None = may(REAL)
    net_income: float | None = may(REAL)
    total_equity: float | None = may(REAL)
    total_debt: float | None = may(REAL)
    total_asset: float | None = may(REAL)
    revenue: float | None = may(REAL)
    op_income: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class Consensus(SQLModel, table=True):
    """Analyst consensus of a day."""

    __tablename__ = "consensus"
    __table_args__ = PACKED

    code: str = key(CODE)
    date: int = key(DAY)
    fwd_per: float | None = may(REAL)
    fwd_eps: float | None = may(REAL)
    fwd_roe: float | None = may(REAL)
    foreign_pct: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class Headlines(SQLModel, table=True):
    """News headlines."""

    __tablename__ = "headlines"
    __table_args__ = PACKED

    id: str = key(LABEL)
    published_at: int = need(WHOLE)
    code: str | None = may(CODE)
    title: str = need(TITLE)
    publisher: str | None = may(NAME)
    url: str | None = may(LINK)
    label: str | None = may(WORD)
    importance: float | None = may(REAL)
    sentiment: float | None = may(REAL)
    judged_at: float | None = may(REAL)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class Disclosures(SQLModel, table=True):
    """Company filings."""

    __tablename__ = "disclosures"
    __table_args__ = PACKED

    id: str = key(LABEL)
    disclosed_at: int = need(WHOLE)
    code: str | None = may(CODE)
    report_name: str = need(TITLE)
    category: str | None = may(NAME)
    rcept_no: str | None = may(WORD)
    url: str | None = may(LINK)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)


class ChannelPosts(SQLModel, table=True):
    """Posts of public channels."""

    __tablename__ = "channel_posts"
    __table_args__ = PACKED

    channel: str = key(LABEL)
    post: int = key(WHOLE)
    posted_at: int = need(WHOLE)
    text: str = need(BODY)
    known_at: int = need(WHOLE)
    source: str = need(LABEL)
