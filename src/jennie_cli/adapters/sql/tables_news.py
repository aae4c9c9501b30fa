"""The tables of judged news; times are microseconds since 1970 UTC, days YYYYMMDD."""

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


class StockNewsSentiment(SQLModel, table=True):
    """One text of one stock as one profile judged it; `id` is made from its address and stock.

    The columns hold what people ask a database for; `body` is the whole row as JSON and alone is
    read back. The score is missing unless the status is OK.
    """

    __tablename__ = "stock_news_sentiment"

    profile: str = key(WORD)
    market: str = key(WORD)
    id: str = key(LABEL)
    stock_code: str = need(CODE, index=True)
    stock_name: str = need(NAME)
    news_date: int = need(DAY)
    summary: str = need(TITLE)
    article_url: str = need(LINK)
    source: str = need(LABEL)
    published_at: int = need(WHOLE, index=True)
    known_at: int = need(WHOLE)
    judged_at: int = need(WHOLE)
    category: str = need(WORD)
    status: str = need(WORD, index=True)
    sentiment_score: int | None = may(DAY)
    sentiment_reason: str = need(TITLE)
    competitor_risk: str = need(WORD)
    body: str = need(BODY)


class CompetitorBenefitEvents(SQLModel, table=True):
    """What befell one company, and what it is worth to one competitor; `body` as above."""

    __tablename__ = "competitor_benefit_events"

    profile: str = key(WORD)
    market: str = key(WORD)
    id: str = key(LABEL)
    affected_code: str = need(CODE)
    beneficiary_code: str = need(CODE)
    event_type: str = need(WORD)
    benefit_score: float = need(REAL)
    detected_at: int = need(WHOLE, index=True)
    expires_at: int = need(WHOLE)
    status: str = need(WORD)
    actual_return: float | None = may(REAL)
    body: str = need(BODY)
