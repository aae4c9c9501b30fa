"""Rows of one shape into a table, whatever the database and the names of the columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Connection


def insert_rows(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns; none is no statement."""
    if rows:
        into = sql.table(table, *(sql.column(name) for name in rows[0]))
        connection.execute(sql.insert(into), list(rows))
