"""The tables of evaluations: what a session judged as packed bytes, its counts and stocks by day.

Every profile has its own rows. Times are microseconds since 1970 UTC.
"""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import CODE, DAY, NAME, PACKED, WHOLE, WORD, key, need


class EvaluationRow(SQLModel, table=True):
    """What one kind of rule said of many stocks at one moment; rows are only ever added."""

    __tablename__ = "evaluation"

    id: int | None = key(DAY, numbered=True)
    profile: str = need(WORD)
    at: int = need(WHOLE, index=True)
    kind: str = need(WORD)
    body: bytes = need(PACKED)


class EvaluationCount(SQLModel, table=True):
    """How often a rule was asked and fired on a day."""

    __tablename__ = "evaluation_count"

    profile: str = key(WORD)
    day: int = key(DAY)
    rule: str = key(NAME)
    asked: int = need(WHOLE)
    fired: int = need(WHOLE)


class EvaluatedStock(SQLModel, table=True):
    """The last moment of a day at which a stock was judged or stamped."""

    __tablename__ = "evaluation_stock"

    profile: str = key(WORD)
    code: str = key(CODE)
    day: int = key(DAY)
    at: int = need(WHOLE)
