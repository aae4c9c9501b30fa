"""Reading fact tables as stored columns."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain

import numpy as np
import sqlalchemy as sql
from sqlalchemy import Connection, TableClause

from jennie_cli.adapters.sql.rows import days_from, from_table
from jennie_cli.engine.store import SCHEMAS, Columns, Dataset, Schema
from jennie_cli.engine.store.columns import epoch, kst_midnight, select
from jennie_cli.engine.store.grid import GRID_FIELDS, Grid, empty_grid, lay

_NAMED = 500
"""Codes named in a statement; more are filtered after reading everything."""
_PIECE = 50_000
"""Rows fetched at a time when a whole table is read."""
_NULL = -1e300
"""Stands for NULL on its way into an array of floats; no price, share or moment is that."""


def read_rows(
    connection: Connection,
    dataset: Dataset,
    *,
    as_of: datetime,
    codes: Sequence[str] | None,
    since: date | None,
) -> Columns:
    """Return the stored rows known at `as_of`, ordered by key."""
    schema, rows = SCHEMAS[dataset], fact_table(dataset)
    query = sql.select(*rows.c).where(rows.c.known_at <= epoch(as_of))
    if since is not None:
        query = query.where(rows.c[schema.when] >= _bound(schema, since))
    if codes is not None and len(codes) <= _NAMED:
        query = query.where(rows.c[schema.subject or schema.key[0]].in_(codes))
    found = connection.execute(query.order_by(*(rows.c[k] for k in schema.key)))
    columns = from_table(schema, found.all(), schema.names())
    return select(schema, columns, as_of=as_of, codes=codes, since=since)


def fact_table(dataset: Dataset) -> TableClause:
    """Return a dataset's table, light enough that reading needs no models."""
    return sql.table(dataset.value, *(sql.column(n) for n in SCHEMAS[dataset].names()))


def read_grid(connection: Connection, dataset: Dataset) -> Grid:
    """Return the grid of a whole table: about three times faster than rows of Python values."""
    rows = fact_table(dataset)
    names = ("date", *GRID_FIELDS[dataset], "known_at")
    runs = sql.select(rows.c.code, sql.func.count()).group_by(rows.c.code).order_by(rows.c.code)
    given = [sql.func.coalesce(rows.c[n], sql.literal(_NULL)) for n in names]
    cells = sql.select(*given).order_by(rows.c.code, rows.c.date)
    found = connection.execute(runs).all()
    codes = np.array([code for code, _ in found], dtype=object)
    streamed = connection.execution_options(yield_per=_PIECE).execute(cells)
    flat = np.fromiter(chain.from_iterable(streamed), dtype=np.float64)
    table = flat.reshape(-1, len(names))
    table[table == _NULL] = np.nan
    kinds = SCHEMAS[dataset].kinds()
    columns = {n: table[:, at] for at, n in enumerate(names)}
    held = {n: v if kinds[n] == "float" else v.astype("int64") for n, v in columns.items()}
    held["date"] = days_from(held["date"])
    held["code"] = np.repeat(codes, [count for _, count in found])
    return lay(empty_grid(dataset), held)


def _bound(schema: Schema, since: date) -> int:
    """Return the first day in the terms of the column that `since` bounds."""
    if schema.when == "date":
        return since.year * 10000 + since.month * 100 + since.day
    return kst_midnight(since)
