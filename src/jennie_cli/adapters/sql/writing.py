"""Laying a batch over its table inside the caller's transaction, counting exactly what changed.

SQLite takes many rows a statement and an upsert that touches only differing rows (twice as fast as
one row a statement). Any other database reads the rows of the batch's codes, compares and writes.
"""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import numpy as np
from sqlalchemy import Connection, MetaData, Table, bindparam, insert, select, update

from jennie_cli.adapters.sql.rows import from_table, to_table
from jennie_cli.engine.store import SCHEMAS, Columns, Dataset, Schema, WriteCount
from jennie_cli.engine.store.merge import Merged, merge, row_keys

_PARAMETERS = 900
"""Bound values a statement; older SQLite builds stop at 999."""
_CHUNK = 50_000
"""Rows turned into Python values at a time, to bound memory."""
_COMPARED = 5_000
"""Rows compared at a time where the database is asked what it already holds."""


def lay_rows(connection: Connection, dataset: Dataset, rows: Columns) -> WriteCount:
    """Insert or update stored rows and return the counts."""
    schema = SCHEMAS[dataset]
    order = np.argsort(row_keys([rows[k] for k in schema.key]), kind="stable")
    if (order[1:] < order[:-1]).any():
        # ascending keys append to the tree instead of splitting its pages
        rows = {n: v[order] for n, v in rows.items()}
    write = _lay_sqlite if connection.dialect.name == "sqlite" else lay_compared
    new, changed = write(connection, dataset, rows)
    total = len(order)
    return WriteCount(dataset=dataset, new=new, changed=changed, unchanged=total - new - changed)


def _lay_sqlite(connection: Connection, dataset: Dataset, rows: Columns) -> tuple[int, int]:
    # an open cursor would keep the database open after a failure, and its log with it
    with closing(connection.connection.cursor()) as raw:
        return _upserted(raw, dataset, rows)


def _upserted(raw: Any, dataset: Dataset, rows: Columns) -> tuple[int, int]:
    count = f"SELECT count(*) FROM {dataset}"  # noqa: S608  # an enum of ours
    before, touched = raw.execute(count).fetchone()[0], _changes(raw)
    width = len(rows)
    many = max(_PARAMETERS // width, 1)
    statement = upsert(dataset, many)
    total = len(rows["known_at"])
    for start in range(0, total, _CHUNK):
        chunk = {n: v[start : start + _CHUNK] for n, v in rows.items()}
        flat = to_table(SCHEMAS[dataset], chunk).ravel().tolist()
        whole = len(flat) - len(flat) % (many * width)
        for at in range(0, whole, many * width):
            raw.execute(statement, flat[at : at + many * width])
        if rest := flat[whole:]:
            raw.execute(upsert(dataset, len(rest) // width), rest)
    new = raw.execute(count).fetchone()[0] - before
    return new, _changes(raw) - touched - new


def _changes(raw: Any) -> int:
    return int(raw.execute("SELECT total_changes()").fetchone()[0])


def upsert(dataset: Dataset, many: int) -> str:
    """Return SQLite's statement for `many` rows: a missing value never overwrites a known one."""
    schema = SCHEMAS[dataset]
    # some columns, such as foreign, are words of SQL
    names, values = _quoted(schema.names()), _quoted(schema.values())
    row = f"({','.join('?' * len(names))})"
    kept = [f"{n}=coalesce(excluded.{n},{n})" for n in values]
    kept += ["known_at=min(excluded.known_at,known_at)", "source=excluded.source"]
    differs = [f"coalesce(excluded.{n},{n}) IS NOT {n}" for n in values]
    differs.append("excluded.known_at<known_at")
    return (
        f"INSERT INTO {dataset} ({','.join(names)}) VALUES {','.join([row] * many)}"  # noqa: S608  # names come from our schema
        f" ON CONFLICT ({','.join(_quoted(schema.key))}) DO UPDATE SET {','.join(kept)}"
        f" WHERE {' OR '.join(differs)}"
    )


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{n}"' for n in names]


def lay_compared(connection: Connection, dataset: Dataset, rows: Columns) -> tuple[int, int]:
    """Lay rows through any dialect: read what the batch meets, compare, insert and update."""
    schema = SCHEMAS[dataset]
    table = Table(dataset.value, MetaData(), autoload_with=connection)
    lead = table.c[schema.key[0]]
    new = changed = 0
    for start in range(0, len(rows["known_at"]), _COMPARED):
        chunk = {n: v[start : start + _COMPARED] for n, v in rows.items()}
        met = set(to_table(schema, chunk)[:, schema.names().index(lead.name)].tolist())
        columns = [table.c[n] for n in schema.names()]
        found = connection.execute(select(*columns).where(lead.in_(met))).all()
        merged = merge(schema, from_table(schema, found, schema.names()), chunk)
        if merged.is_new.any():
            added = {n: v[merged.is_new] for n, v in chunk.items()}
            connection.execute(insert(table), _records(schema, added))
        if merged.is_changed.any():
            _update(connection, table, schema, _same_keys(schema, merged, chunk))
        new += int(merged.is_new.sum())
        changed += int(merged.is_changed.sum())
    return new, changed


def _same_keys(schema: Schema, merged: Merged, chunk: Columns) -> Columns:
    """Return the merged rows whose keys the batch changed."""
    keys = {n: chunk[n][merged.is_changed] for n in schema.key}
    both = row_keys([np.concatenate([merged.columns[n], keys[n]]) for n in schema.key])
    rows = len(merged.columns["known_at"])
    keep = np.isin(both[:rows], both[rows:])
    return {n: v[keep] for n, v in merged.columns.items()}


def _update(connection: Connection, table: Table, schema: Schema, rows: Columns) -> None:
    mine = [table.c[k] == bindparam(f"key_{k}") for k in schema.key]
    records = [
        {f"key_{n}" if n in schema.key else n: v for n, v in record.items()}
        for record in _records(schema, rows)
    ]
    connection.execute(update(table).where(*mine), records)


def _records(schema: Schema, rows: Columns) -> list[dict[str, Any]]:
    names = schema.names()
    return [dict(zip(names, row, strict=True)) for row in to_table(schema, rows).tolist()]
