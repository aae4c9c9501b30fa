"""Highest and lowest of the last year in constant time a day: past rows folded block by block."""

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.panels import BoolArray
from jennie_cli.simulator.ticks import IntArray

_NOTHING_HIGH = 0
_NOTHING_LOW = np.iinfo(np.int64).max // 1_000


class YearExtremes:
    """The highest and lowest close of the last `rows` days of each stock, today excluded."""

    def __init__(self, stocks: int, rows: int, *, young: int) -> None:
        """A stock with fewer than `young` closes has no extremes yet."""
        self._young = young
        self._place = 0
        self._seen = np.zeros(stocks, dtype=np.int64)
        # [0] highs, [1] lows; `_rest` folds what of the last block is still inside the window
        self._block = np.empty((2, rows, stocks), dtype=np.int64)
        self._rest = _nothing((2, rows, stocks))
        self._now = _nothing((2, stocks))

    def broken(self, close: IntArray) -> tuple[BoolArray, BoolArray]:
        """Return where a close is above the highest, and where it is below the lowest."""
        high = np.maximum(self._rest[0, self._place], self._now[0])
        low = np.minimum(self._rest[1, self._place], self._now[1])
        old = self._seen >= self._young
        return old & (close > high), old & (close < low)

    def add(self, close: IntArray, live: BoolArray) -> None:
        """Take today's closes in."""
        self._seen += live
        row = np.stack([np.where(live, close, _NOTHING_HIGH), np.where(live, close, _NOTHING_LOW)])
        self._block[:, self._place] = row
        self._now[0] = np.maximum(self._now[0], row[0])
        self._now[1] = np.minimum(self._now[1], row[1])
        self._place += 1
        if self._place == self._block.shape[1]:
            self._rest[0] = np.maximum.accumulate(self._block[0, ::-1], axis=0)[::-1]
            self._rest[1] = np.minimum.accumulate(self._block[1, ::-1], axis=0)[::-1]
            self._now = _nothing(self._now.shape)
            self._place = 0

    def restate(self, ratio: IntArray) -> None:
        """Put the remembered closes on the scale after splits."""
        split = np.flatnonzero(ratio > 1)
        for kept in (self._block, self._rest, self._now):
            kept[..., split] //= ratio[split]


def _nothing(shape: tuple[int, ...]) -> NDArray[np.int64]:
    folded = np.empty(shape, dtype=np.int64)
    folded[0], folded[1] = _NOTHING_HIGH, _NOTHING_LOW
    return folded
