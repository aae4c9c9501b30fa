"""How a table declares a column: lengths that MariaDB and PostgreSQL accept, days as YYYYMMDD.

Days are whole numbers such as 20250630 (compact, and readable in any SQL shell), moments epoch
seconds UTC, documents JSON text: no database's own idea of dates, zones or JSON can change them.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, String, Text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field

CODE = String(16)
WORD = String(32)
LABEL = String(64)
NAME = String(100)
TITLE = String(500)
LINK = String(1000)
BODY = Text(2**24 - 1)
DAY = Integer()
WHOLE = BigInteger()
REAL = Float(53)
FLAG = Boolean()
PACKED = LargeBinary(2**24 - 1)


def key(kind: TypeEngine[Any], *, numbered: bool = False) -> Any:
    """Return a primary key column; `numbered` lets the database count it."""
    return Field(sa_column=Column(kind, primary_key=True, autoincrement=numbered))


def need(kind: TypeEngine[Any], *, index: bool = False) -> Any:
    """Return a column that must be given."""
    return Field(sa_column=Column(kind, nullable=False, index=index))


def may(kind: TypeEngine[Any], *, index: bool = False) -> Any:
    """Return a column that may be missing."""
    return Field(default=None, sa_column=Column(kind, nullable=True, index=index))
