"""Rows of (code, date) laid out day by stock: what every store builds its panels from.

A grid keeps rows as they were written (0 or NaN = no row). Halts are filled on reading, bounded by
the reader's as-of (`window`), so what is not yet known is never carried backwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.facts import Columns, Dataset
from jennie_cli.engine.store.merge import factorize

Array = NDArray[Any]
Index = NDArray[np.int64]
_NEVER = np.iinfo(np.int64).max

GRID_FIELDS: Mapping[Dataset, Mapping[str, str]] = {
    Dataset.DAILY_BARS: {
        "open": "int32",
        "high": "int32",
        "low": "int32",
        "close": "int32",
        "volume": "int64",
    },
    Dataset.FLOWS_STOCK: {
        "foreign_net": "float64",
        "inst_net": "float64",
        "indiv_net": "float64",
        "foreign_pct": "float64",
    },
}
"""The datasets kept as grids, and the array type of each field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows by day (sorted) and code (sorted). Fields have shape (days, codes).

    `known_at` is the earliest moment any row of the day was known, `first` the first day index
    of each code. `late` lists the cells known after their day: day index, code index, moment.
    """

    days: Array
    codes: Array
    known_at: Index
    first: Index
    late: Index
    fields: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Day and code indices: one pair a row, or the two axes of a block."""

    day: Index
    code: Index


def empty_grid(dataset: Dataset) -> Grid:
    """Return a grid without days or codes."""
    return Grid(
        days=np.empty(0, dtype="datetime64[D]"),
        codes=np.empty(0, dtype=object),
        known_at=np.empty(0, dtype=np.int64),
        first=np.empty(0, dtype=np.int64),
        late=np.empty((0, 3), dtype=np.int64),
        fields={n: np.empty((0, 0), dtype=t) for n, t in GRID_FIELDS[dataset].items()},
    )


def lay(grid: Grid, rows: Columns) -> Grid:
    """Return the grid with stored rows laid over it; missing values leave what was there."""
    if not len(rows["known_at"]):
        return grid
    row_days, row_day = factorize(rows["date"])
    row_codes, row_code = factorize(rows["code"])
    days, old_day, new_day = _union(grid.days, row_days)
    codes, old_code, new_code = _union(grid.codes, row_codes)
    block = _Cells(old_day, old_code)
    cells = _Cells(new_day[row_day], new_code[row_code])
    shape = (len(days), len(codes))
    first = np.full(len(codes), len(days), dtype=np.int64)
    first[old_code] = old_day[grid.first]
    np.minimum.at(first, cells.code, cells.day)
    known_at = np.full(len(days), _NEVER, dtype=np.int64)
    known_at[old_day] = grid.known_at
    np.minimum.at(known_at, cells.day, rows["known_at"])
    return Grid(
        days=days,
        codes=codes,
        known_at=known_at,
        first=first,
        late=_late(grid, block, cells, rows["known_at"], known_at),
        fields={n: _spread(f, shape, block, cells, rows[n]) for n, f in grid.fields.items()},
    )


def held(fields: Mapping[str, Array]) -> NDArray[np.bool_]:
    """Return where a grid's fields hold a row."""
    if "close" in fields:
        return np.asarray(fields["close"] > 0)
    return np.asarray(~np.logical_and.reduce([np.isnan(f) for f in fields.values()]))


def _union(old: Array, new: Array) -> tuple[Array, Index, Index]:
    labels, index = factorize(np.concatenate([old, new.astype(old.dtype, copy=False)]))
    return labels, index[: len(old)], index[len(old) :]


def _spread(
    old: Array, shape: tuple[int, int], block: _Cells, cells: _Cells, values: Array
) -> Array:
    """Return a field grown to `shape` with the old block moved and the new cells set."""
    real = old.dtype.kind == "f"
    out = np.full(shape, np.nan if real else 0, dtype=old.dtype)
    if old.size:
        out[np.ix_(block.day, block.code)] = old
    given = ~np.isnan(values) if real else slice(None)
    out[cells.day[given], cells.code[given]] = values[given]
    return out


def _late(grid: Grid, block: _Cells, cells: _Cells, moments: Index, known_at: Index) -> Index:
    """Return the cells known later than the first of their day."""
    earlier_day = (grid.known_at > known_at[block.day]).any()
    if not len(grid.late) and not earlier_day:
        behind = moments > known_at[cells.day]
        if not grid.days.size or not behind.any():
            return np.stack([cells.day[behind], cells.code[behind], moments[behind]], axis=1)
    width = max(block.code.max(initial=0), cells.code.max()) + 1
    moment = np.full((len(known_at), width), _NEVER, dtype=np.int64)
    if grid.days.size:
        before = np.where(held(grid.fields), grid.known_at[:, None], _NEVER)
        before[grid.late[:, 0], grid.late[:, 1]] = grid.late[:, 2]
        moment[np.ix_(block.day, block.code)] = before
    np.minimum.at(moment, (cells.day, cells.code), moments)
    day, code = np.nonzero((moment > known_at[:, None]) & (moment < _NEVER))
    return np.stack([day, code, moment[day, code]], axis=1)
