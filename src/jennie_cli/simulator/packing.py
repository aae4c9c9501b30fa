"""How rows become batches: columns in the order of the schema, moments, provenance."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset
from jennie_cli.engine.venue import Calendar, Session

SOURCE = "generated"
EVENING = time(18, 0)


def pack(dataset: Dataset, **columns: Any) -> Batch:
    """Return a batch with the columns of its schema; what the generator lacks is missing.

    `known_at` must be given.
    """
    rows = len(columns["known_at"])
    filled = {"source": objects([SOURCE] * rows), **columns}
    schema = SCHEMAS[dataset]
    for column in schema.columns:
        if column.name not in filled:
            empty = np.full(rows, np.nan) if column.kind == "float" else objects([None] * rows)
            filled[column.name] = empty
    return Batch(dataset=dataset, columns={name: filled[name] for name in schema.names()})


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """Return a one-dimensional object array."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def moment(day: date, at: time = time(0, 0)) -> int:
    """Return a KST wall time as epoch seconds."""
    return int(datetime.combine(day, at, KST).timestamp())


def evening(day: date) -> int:
    """Return 18:00 KST of a day, when flows and filings are out, as epoch seconds."""
    return moment(day, EVENING)


def session_of(calendar: Calendar, day: date) -> Session:
    """Return the hours of a trading day; InputError if it is none."""
    session = calendar.session(day)
    if session is None:
        raise InputError(f"{day} is no trading day.", hint="See: jennie calendar show")
    return session


def close_of(calendar: Calendar, day: date) -> int:
    """Return the end of a day's session as epoch seconds."""
    return int(session_of(calendar, day).close.timestamp())
