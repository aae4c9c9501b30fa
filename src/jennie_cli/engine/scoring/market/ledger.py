"""Accounts by period and stock, opened as of a moment so that nothing unpublished is seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import Columns
from jennie_cli.engine.store.panels import BoolArray, FloatArray

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A ledger at one moment. `newest` (N,) is each stock's newest published period."""

    ledger: "Ledger"
    visible: BoolArray
    newest: NDArray[np.int64]
    found: BoolArray

    def back(self, name: str, periods: int) -> FloatArray:
        """Return a field (N,) that many periods before each stock's newest, NaN if unpublished."""
        row = self.newest - self.ledger.first - periods
        column = np.arange(len(row))
        inside = self.found & (row >= 0)
        row = np.where(inside, row, 0)
        if not len(self.visible):
            return np.full(len(row), np.nan)
        inside &= self.visible[row, column]
        return np.where(inside, self.ledger.fields[name][row, column], np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Fields (P, N) over consecutive periods from `first` on, and when each row became known."""

    first: int
    known_at: NDArray[np.int64]
    fields: Mapping[str, FloatArray]

    def seen(self, moment: int, *, oldest: int) -> Book:
        """Open the ledger at `moment`; a stock whose newest period is before `oldest` has none."""
        visible = self.known_at <= moment
        any_figure = np.zeros(visible.shape, dtype=bool)
        for values in self.fields.values():
            any_figure |= np.isfinite(values)
        told = visible & any_figure
        periods = np.arange(len(told))[:, None]
        last = np.where(told, periods, -1).max(axis=0, initial=-1)
        newest = self.first + last
        return Book(
            ledger=self,
            visible=visible,
            newest=newest,
            found=(last >= 0) & (newest >= oldest),
        )


def lay_accounts(
    rows: Columns, period: NDArray[np.int64], codes: Sequence[str], names: Sequence[str]
) -> Ledger:
    """Lay the rows of the given stocks out by `period` (consecutive whole numbers) and stock."""
    column = {code: i for i, code in enumerate(codes)}
    col = np.array([column.get(c, -1) for c in rows["code"]], dtype=np.intp)
    use = col >= 0
    first = int(period[use].min()) if use.any() else 0
    size = int(period[use].max()) - first + 1 if use.any() else 0
    place = (period[use] - first, col[use])
    known_at = np.full((size, len(codes)), _NEVER)
    known_at[place] = rows["known_at"][use]
    fields = {}
    for name in names:
        fields[name] = np.full((size, len(codes)), np.nan)
        fields[name][place] = rows[name][use]
    return Ledger(first=first, known_at=known_at, fields=fields)
