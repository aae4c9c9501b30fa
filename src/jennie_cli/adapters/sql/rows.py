"""Stored columns of a dataset to database values and back: days as YYYYMMDD, missing as NULL."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import Columns, Schema
from jennie_cli.engine.store.columns import blank, missing, stored
from jennie_cli.engine.store.schema import Kind

Array = NDArray[Any]


def day_numbers(days: Array) -> Array:
    """Return datetime64[D] days as YYYYMMDD; NaT gives a number nobody reads."""
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    year = years.astype("int64") + 1970
    month = (months - years).astype("int64") + 1
    return np.asarray(year * 10000 + month * 100 + (days - months).astype("int64") + 1)


def days_from(numbers: Array) -> Array:
    """Return YYYYMMDD numbers as datetime64[D]."""
    year, rest = np.divmod(numbers.astype("int64"), 10000)
    month, day = np.divmod(rest, 100)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first + (day - 1).astype("timedelta64[D]"))


def to_table(schema: Schema, columns: Columns) -> Array:
    """Return the stored rows as one (rows, columns) object array of database values."""
    names = schema.names()
    out = np.empty((len(columns["known_at"]), len(names)), dtype=object)
    for at, name in enumerate(names):
        values = columns[name]
        out[:, at] = day_numbers(values) if values.dtype.kind == "M" else values
        if values.dtype.kind in "Mf":
            out[missing(values), at] = None
    return out


def from_table(schema: Schema, rows: Iterable[Sequence[Any]], names: Sequence[str]) -> Columns:
    """Return database rows as the stored columns `names`."""
    kinds = schema.kinds()
    found = list(zip(*rows, strict=True))
    if not found:
        return {n: blank(kinds[n], 0) for n in names}
    return {n: _column(kinds[n], v) for n, v in zip(names, found, strict=True)}


def _column(kind: Kind, values: Sequence[Any]) -> Array:
    if kind == "text":
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out
    if kind == "date":
        array = np.array(values, dtype="float64")
        days = blank("date", len(values))
        known = ~np.isnan(array)
        days[known] = days_from(array[known])
        return days
    return stored(kind, np.array(values, dtype="float64" if kind == "float" else None))
