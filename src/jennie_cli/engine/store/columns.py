"""The two shapes of a column: as stored and joined (numpy's own types) and as handed to readers.

Stored: text object, date datetime64[D] with NaT, int and moment int64, float float64 with NaN,
bool numpy bool. Read: the same, but dates are object arrays of datetime.date or None.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.facts import Columns
from jennie_cli.engine.store.schema import Kind, Schema

Array = NDArray[Any]
_KST_SECONDS = 9 * 3600
_STORED: dict[Kind, str] = {
    "text": "O",
    "date": "datetime64[D]",
    "int": "int64",
    "float": "float64",
    "bool": "bool",
    "moment": "int64",
}


def stored(kind: Kind, values: Array) -> Array:
    """Return the column in its stored type; a value that does not fit raises ValueError."""
    array = np.asarray(values)
    if kind == "date" and array.dtype.kind == "O" and len(array):
        # a column repeats its days; looking each up is ten times faster than converting each
        seen: dict[Any, int] = {}
        place = np.fromiter((seen.setdefault(v, len(seen)) for v in array), np.int64, len(array))
        return np.array(list(seen), dtype="datetime64[D]")[place]
    return array.astype(_STORED[kind], copy=False)


def stored_columns(schema: Schema, columns: Columns) -> dict[str, Array]:
    """Return every column of the schema, stored; an absent optional one is all missing."""
    rows = len(next(iter(columns.values()), ()))
    kinds = schema.kinds()
    absent = [n for n in schema.required() if n not in columns]
    if absent:
        raise ValueError(f"batch without {', '.join(absent)}")
    return {n: stored(k, columns[n]) if n in columns else blank(k, rows) for n, k in kinds.items()}


def blank(kind: Kind, rows: int) -> Array:
    """Return a stored column in which every value is missing (zero where nothing can be)."""
    empty: dict[Kind, Any] = {"text": None, "date": np.datetime64("NaT", "D"), "float": np.nan}
    return np.full(rows, empty.get(kind, 0), dtype=_STORED[kind])


def missing(values: Array) -> NDArray[np.bool_]:
    """Return where a stored column has no value."""
    if values.dtype.kind == "O":
        return np.fromiter((v is None for v in values), dtype=bool, count=len(values))
    if values.dtype.kind == "M":
        return np.isnat(values)
    if values.dtype.kind == "f":
        return np.isnan(values)
    return np.zeros(len(values), dtype=bool)


def presented(schema: Schema, columns: Columns) -> dict[str, Array]:
    """Return stored columns as readers get them."""
    return {
        n: dates_of(columns[n]) if kind == "date" else columns[n]
        for n, kind in schema.kinds().items()
    }


def dates_of(values: Array) -> Array:
    """Return datetime64[D] values as an object array of dates, None for NaT."""
    days, index = np.unique(values, return_inverse=True)
    known = days.astype(object)
    return np.asarray(known, dtype=object)[index] if len(values) else np.empty(0, dtype=object)


def epoch(moment: datetime) -> int:
    """Return the whole epoch second of an aware time; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("an as-of must be aware")
    return int(moment.timestamp() // 1)


def kst_days(seconds: NDArray[np.int64]) -> Array:
    """Return the KST calendar day of epoch seconds as datetime64[D]."""
    return (
        (np.asarray(seconds, dtype="int64") + _KST_SECONDS)
        .astype("datetime64[s]")
        .astype("datetime64[D]")
    )


def kst_midnight(day: date) -> int:
    """Return the epoch second at which a KST day begins."""
    return int((day - date(1970, 1, 1)) / timedelta(seconds=1)) - _KST_SECONDS


def select(
    schema: Schema,
    columns: Columns,
    *,
    as_of: datetime,
    codes: Sequence[str] | None,
    since: date | None,
) -> dict[str, Array]:
    """Return the stored rows known at `as_of` that the reader asked for, in their order."""
    keep = columns["known_at"] <= epoch(as_of)
    if codes is not None:
        wanted = set(codes)
        subject = columns[schema.subject or schema.key[0]]
        keep &= np.fromiter((v in wanted for v in subject), dtype=bool, count=len(subject))
    if since is not None:
        keep &= days_of(schema, columns) >= np.datetime64(since)
    return {n: v[keep] for n, v in columns.items()}


def days_of(schema: Schema, columns: Columns) -> Array:
    """Return the day each row is about: its date, or the KST day of its moment or known_at."""
    values = columns[schema.when]
    return values if values.dtype.kind == "M" else kst_days(values)
