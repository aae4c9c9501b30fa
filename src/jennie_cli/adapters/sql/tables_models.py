"""The tables of what was asked of models and what it took; times are microseconds since 1970."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import (
    BODY,
    DAY,
    FLAG,
    LABEL,
    NAME,
    REAL,
    WHOLE,
    WORD,
    key,
    may,
    need,
)


class ReplyLogRow(SQLModel, table=True):
    """One question, by the hash of what was asked, and how it ended."""

    __tablename__ = "reply_log"

    id: int | None = key(DAY, numbered=True)
    content_key: str = need(LABEL, index=True)
    at: int = need(WHOLE, index=True)
    service: str = need(WORD)
    tier: str = need(WORD)
    prompt_name: str = need(LABEL)
    prompt_version: str = need(WORD)
    prompt_sha256: str = need(LABEL)
    asked: str = need(BODY)
    text: str = need(BODY)
    provider: str = need(WORD)
    model: str = need(NAME)
    tokens_in: int = need(WHOLE)
    tokens_out: int = need(WHOLE)
    usd_micro: int = need(WHOLE)
    latency_s: float = need(REAL)
    attempts: int = need(DAY)
    simulated: bool = need(FLAG)
    failure: str | None = may(LABEL)
    failure_text: str = need(BODY)
    run: str = need(LABEL)


class LlmUsageDaily(SQLModel, table=True):
    """What a Korean day's calls of one service to one model used."""

    __tablename__ = "llm_usage_daily"

    date: int = key(DAY)
    service: str = key(WORD)
    provider: str = key(WORD)
    model: str = key(NAME)
    calls: int = need(WHOLE)
    tokens_in: int = need(WHOLE)
    tokens_out: int = need(WHOLE)
    usd_micro: int = need(WHOLE)
    errors: int = need(WHOLE)
    failovers: int = need(WHOLE)
    latency_ms_sum: int = need(WHOLE)
