"""The rows a run of scored days needs: what every factor measures from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.scoring.table import ScoreInputs
from jennie_cli.engine.store.panels import FloatArray

DEPTH = 150
"""Rows a score may look back, the scored row included. Older rows never change a score, so a live
run over 160 days and a study over years agree."""

SPAN = 256
"""Rows one pass covers at most; it bounds memory whatever the number of scored days."""

Values = TypeVar("Values", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The rows around `height` consecutive days, of which `pick` are scored.

    Arrays end with the last of these days and have DEPTH - 1 rows before the first, NaN where the
    panel has none. `scored` cuts the same days out of the (K, N) inputs.
    """

    inputs: ScoreInputs
    scored: slice
    height: int
    pick: slice | NDArray[np.intp]
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    foreign: FloatArray
    institution: FloatArray
    individual: FloatArray
    foreign_pct: FloatArray
    index_close: FloatArray

    def tail(self, values: FloatArray, rows: int) -> FloatArray:
        """Return what is needed to look `rows` rows back from each of the days."""
        return values[-(self.height + rows - 1) :]

    def take(self, values: NDArray[Values], lag: int = 0) -> NDArray[Values]:
        """Return the scored rows, `lag` rows earlier, of any array ending with the last day."""
        end = len(values) - lag
        return values[end - self.height : end][self.pick]

    def slow(self, values: NDArray[Values]) -> NDArray[Values]:
        """Return the scored days of an input given per scored day."""
        return values[self.scored]


def windows(inputs: ScoreInputs) -> Iterator[Window]:
    """Cut the scored days, which must ascend, into windows of at most SPAN rows.

    Raises ValueError when there is nothing to score or the days do not ascend.
    """
    at = np.asarray(inputs.at, dtype=np.intp)
    if not len(at) or np.any(np.diff(at) <= 0) or at[0] < 0 or at[-1] >= len(inputs.bars.days):
        raise ValueError("the scored rows must be ascending rows of the panel, at least one")
    start = 0
    while start < len(at):
        stop = int(np.searchsorted(at, at[start] + SPAN))
        yield _window(inputs, slice(start, stop), at[start:stop])
        start = stop


def _window(inputs: ScoreInputs, scored: slice, at: NDArray[np.intp]) -> Window:
    first, last = int(at[0]), int(at[-1])
    height = last - first + 1
    dense = len(at) == height

    def rows(values: NDArray[Any]) -> FloatArray:
        start = first - DEPTH + 1
        block = np.asarray(values[max(start, 0) : last + 1], dtype=np.float64)
        if start >= 0:
            return block
        return np.concatenate([np.full((-start, *block.shape[1:]), np.nan), block])

    bars, flows = inputs.bars, inputs.flows
    return Window(
        inputs=inputs,
        scored=scored,
        height=height,
        pick=slice(None) if dense else at - first,
        high=rows(bars.high),
        low=rows(bars.low),
        close=rows(bars.close),
        volume=rows(bars.volume),
        foreign=rows(flows.foreign),
        institution=rows(flows.institution),
        individual=rows(flows.individual),
        foreign_pct=rows(flows.foreign_pct),
        index_close=rows(inputs.index_close),
    )
