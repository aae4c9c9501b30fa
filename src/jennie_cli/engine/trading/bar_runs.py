"""Folding: the ticks of one code and one minute become one open, high, low, close and volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import NO_BAR
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.trading.bar_ticks import TickBatch

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)
"""Rows of an array of figures."""

Columns = NDArray[np.int64]
Minutes = NDArray[np.int32]
_DAY = 2_048  # more than the minutes of a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One column a code and minute, by code and then by minute; `figures` is (5, runs)."""

    column: Columns
    minute: Minutes
    figures: FloatArray
    after_gap: NDArray[np.bool_]

    def pick(self, which: NDArray[np.bool_] | Columns) -> "Runs":
        """Return some of the runs."""
        return Runs(
            column=self.column[which],
            minute=self.minute[which],
            figures=self.figures[:, which],
            after_gap=self.after_gap[which],
        )

    def put(self, runs: "Runs") -> None:
        """Overwrite the places that the columns of other runs name."""
        self.minute[runs.column] = runs.minute
        self.figures[:, runs.column] = runs.figures
        self.after_gap[runs.column] = runs.after_gap

    def prepend(self, runs: "Runs", at: Columns) -> None:
        """Let the runs at some places begin with earlier ticks of the same code and minute."""
        mine, earlier = self.figures, runs.figures
        mine[OPEN, at] = earlier[OPEN]
        mine[HIGH, at] = np.maximum(mine[HIGH, at], earlier[HIGH])
        mine[LOW, at] = np.minimum(mine[LOW, at], earlier[LOW])
        mine[VOLUME, at] += earlier[VOLUME]
        self.after_gap[at] |= runs.after_gap


def idle(columns: Columns) -> Runs:
    """Return a run that holds nothing for each of the columns."""
    return Runs(
        column=columns,
        minute=np.full(len(columns), NO_BAR, dtype=np.int32),
        figures=np.full((5, len(columns)), np.nan),
        after_gap=np.zeros(len(columns), dtype=np.bool_),
    )


def joined(one: Runs, other: Runs) -> Runs:
    """Return the runs of both."""
    return Runs(
        column=np.r_[one.column, other.column],
        minute=np.r_[one.minute, other.minute],
        figures=np.hstack([one.figures, other.figures]),
        after_gap=np.r_[one.after_gap, other.after_gap],
    )


def changes(values: Columns) -> NDArray[np.bool_]:
    """Return where a value differs from the one before it; the first one always does."""
    turns = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=turns[1:])
    return turns


def fold(batch: TickBatch, earliest: Minutes) -> tuple[Runs, NDArray[np.bool_]]:
    """Return the runs of a batch, and which of its ticks came too late to be in them.

    A code's tick is late when its minute lies before `earliest` of the code, or before that of a
    tick of the code that came sooner. Within a minute ticks count in the order in which they came.
    """
    order = np.argsort(batch.column, kind="stable")
    column = batch.column[order].astype(np.int64)
    minute = batch.second[order] // 60
    key = column * _DAY + minute
    newest = np.maximum.accumulate(np.maximum(key, column * _DAY + earliest[column]))
    in_time = key == newest
    late = np.zeros(len(order), dtype=np.bool_)
    if not in_time.all():
        late[order[~in_time]] = True
        order, key = order[in_time], key[in_time]
    return _folded(batch, order, key), late


def _folded(batch: TickBatch, order: Columns, key: Columns) -> Runs:
    """Fold ticks in an order in which equal keys stand together."""
    starts = np.flatnonzero(changes(key))
    figures = np.empty((5, len(starts)))
    after_gap = np.zeros(len(starts), dtype=np.bool_)
    if len(starts):
        price = batch.price[order]
        figures[OPEN] = price[starts]
        figures[HIGH] = np.maximum.reduceat(price, starts)
        figures[LOW] = np.minimum.reduceat(price, starts)
        figures[CLOSE] = price[np.append(starts[1:], len(key)) - 1]
        figures[VOLUME] = np.add.reduceat(batch.qty[order], starts)
        after_gap = np.logical_or.reduceat(batch.after_gap[order], starts)
    column = key[starts] // _DAY
    minute = (key[starts] - column * _DAY).astype(np.int32)
    return Runs(column=column, minute=minute, figures=figures, after_gap=after_gap)
