"""The closed bars of a session, kept as arrays that grow by rows and by stocks."""

import numpy as np

from jennie_cli.engine.indicators import NO_BAR, SessionBars
from jennie_cli.engine.trading.bar_runs import CLOSE, HIGH, LOW, OPEN, VOLUME, Columns, Runs

_ROWS = 400


class BarRows:
    """Bars by row and stock, each stock's own without gaps."""

    def __init__(self, stocks: int) -> None:
        """Begin without a bar."""
        self.count = np.zeros(stocks, dtype=np.int64)
        self._minute = np.full((_ROWS, stocks), NO_BAR, dtype=np.int32)
        self._figures = np.full((5, _ROWS, stocks), np.nan)
        self._after_gap = np.zeros((_ROWS, stocks), dtype=np.bool_)
        self._told: SessionBars | None = None

    def widen(self, stocks: int) -> None:
        """Make room for that many stocks more."""
        self._grow(0, stocks)
        self.count = np.pad(self.count, (0, stocks))

    def append(self, runs: Runs) -> Columns:
        """Add bars, ordered by stock and then by minute; return the row of each."""
        first = np.searchsorted(runs.column, runs.column)
        row = self.count[runs.column] + np.arange(len(first)) - first
        self._grow(max(int(row.max()) + 1 - len(self._minute), 0), 0)
        self._minute[row, runs.column] = runs.minute
        self._figures[:, row, runs.column] = runs.figures
        self._after_gap[row, runs.column] = runs.after_gap
        self.count += np.bincount(runs.column, minlength=len(self.count))
        self._told = None
        return row

    def take(self, column: int) -> Runs:
        """Take the bars of one stock away and return them."""
        rows = slice(0, int(self.count[column]))
        taken = Runs(
            column=np.full(rows.stop, column, dtype=np.int64),
            minute=self._minute[rows, column].copy(),
            figures=self._figures[:, rows, column].copy(),
            after_gap=self._after_gap[rows, column].copy(),
        )
        self._minute[:, column] = NO_BAR
        self._figures[:, :, column] = np.nan
        self._after_gap[:, column] = False
        self.count[column] = 0
        self._told = None
        return taken

    def bars(self) -> SessionBars:
        """Return what there is now; later bars do not show in it."""
        if self._told is None:
            rows = int(self.count.max(initial=0))
            figures = self._figures[:, :rows].copy()
            self._told = SessionBars(
                minute=self._minute[:rows].copy(),
                open=figures[OPEN],
                high=figures[HIGH],
                low=figures[LOW],
                close=figures[CLOSE],
                volume=figures[VOLUME],
                after_gap=self._after_gap[:rows].copy(),
            )
        return self._told

    def _grow(self, rows: int, stocks: int) -> None:
        if rows or stocks:
            more = ((0, max(rows, _ROWS) if rows else 0), (0, stocks))
            self._minute = np.pad(self._minute, more, constant_values=NO_BAR)
            self._figures = np.pad(self._figures, ((0, 0), *more), constant_values=np.nan)
            self._after_gap = np.pad(self._after_gap, more, constant_values=False)
            self._told = None
