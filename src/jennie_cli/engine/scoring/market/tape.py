"""The market as a whole by day: index points, how many rose and fell, and how much was traded."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import Columns, DailyPanel, Dataset, FactStore
from jennie_cli.engine.store.panels import BoolArray, FloatArray

_INDEX = {"KOSPI": 0, "0001": 0, "KOSDAQ": 1, "1001": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """Figures by day, NaN where unknown. `index_close` (D, 2): KOSPI, KOSDAQ; the rest (D,)."""

    index_close: FloatArray
    advances: FloatArray
    declines: FloatArray
    turnover: FloatArray


def read_tape(facts: FactStore, bars: DailyPanel, *, as_of: datetime) -> Tape:
    """Return published figures, or what the bars say where nothing was published.

    Breadth is taken from the publisher day by day. Traded value is taken from one of the two for
    all days, because their levels differ and only its ratio to its own mean is read.
    """
    index = facts.read(Dataset.INDEX_DAILY, as_of=as_of, codes=tuple(_INDEX), since=bars.days[0])
    close = _by_market(index, "index_code", "close", bars.days)
    value = _by_market(index, "index_code", "value", bars.days).sum(axis=1)
    counts = facts.read(Dataset.MARKET_BREADTH, as_of=as_of, since=bars.days[0])
    up, down = (_by_market(counts, "market", n, bars.days).sum(axis=1) for n in ("up", "down"))
    published = np.isfinite(up) & np.isfinite(down)
    step = np.diff(bars.close, axis=0, prepend=np.nan)
    return Tape(
        index_close=close,
        advances=np.where(published, up, _count(step > 0, step)),
        declines=np.where(published, down, _count(step < 0, step)),
        turnover=value if np.isfinite(value).all() else _traded(bars),
    )


def rows_of(days: tuple[date, ...], asked: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the row of each asked date among the panel's days, -1 where it is none of them."""
    axis = np.array(days, dtype="datetime64[D]")
    wanted = np.asarray(asked, dtype="datetime64[D]")
    row = np.minimum(np.searchsorted(axis, wanted), len(axis) - 1)
    return np.where(axis[row] == wanted, row, -1)


def _by_market(rows: Columns, market: str, name: str, days: tuple[date, ...]) -> FloatArray:
    out = np.full((len(days), 2), np.nan)
    row = rows_of(days, rows["date"])
    column = np.array([_INDEX.get(m, -1) for m in rows[market]], dtype=np.intp)
    inside = (row >= 0) & (column >= 0)
    out[row[inside], column[inside]] = rows[name][inside]
    return out


def _count(moved: BoolArray, step: FloatArray) -> FloatArray:
    return np.where(np.isfinite(step).any(axis=1), moved.sum(axis=1), np.nan)


def _traded(bars: DailyPanel) -> FloatArray:
    value: FloatArray = np.nansum(bars.close * bars.volume, axis=1)
    return np.where(value > 0, value, np.nan)
