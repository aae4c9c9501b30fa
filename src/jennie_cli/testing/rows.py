"""Small batches written as tables, for exams and tests."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset

BarRow = tuple[str, date, int, int, int, int, int]
FlowRow = tuple[str, date, float, float]


def moment(day: date, hour: int = 15, minute: int = 30) -> datetime:
    """Return a KST moment of a day, the normal close by default."""
    return datetime.combine(day, time(hour, minute), KST)


def batch(dataset: Dataset, rows: Sequence[Sequence[Any]], *names: str, known_at: Any) -> Batch:
    """Return rows of the named columns as a batch; `known_at` gives each row's moment."""
    kinds = SCHEMAS[dataset].kinds()
    columns: dict[str, NDArray[Any]] = {}
    for at, name in enumerate(names):
        values = [row[at] for row in rows]
        if kinds[name] in {"text", "date"}:
            columns[name] = np.empty(len(values), dtype=object)
            columns[name][:] = values
        else:
            columns[name] = np.array(values, dtype="float64" if kinds[name] == "float" else "int64")
    columns["known_at"] = np.array([int(known_at(r).timestamp()) for r in rows], dtype=np.int64)
    columns["source"] = np.full(len(rows), "exam", dtype=object)
    return Batch(dataset=dataset, columns=columns)


def bars(*rows: BarRow, known_at: Any = None) -> Batch:
    """Return daily bars (code, day, open, high, low, close, volume), known at the day's close."""
    names = ("code", "date", "open", "high", "low", "close", "volume")
    return batch(
        Dataset.DAILY_BARS, rows, *names, known_at=known_at or (lambda row: moment(row[1]))
    )


def flows(*rows: FlowRow, known_at: Any = None) -> Batch:
    """Return flows (code, day, foreign, institution), known at 18:00 of the day."""
    names = ("code", "date", "foreign_net", "inst_net")
    return batch(
        Dataset.FLOWS_STOCK, rows, *names, known_at=known_at or (lambda row: moment(row[1], 18, 0))
    )
