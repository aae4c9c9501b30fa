"""Ports to the files a SQL store leans on: derived panels, and minute bars outside the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from jennie_cli.engine.store.facts import Columns, Dataset
from jennie_cli.engine.store.grid import Grid


class PanelStore(Protocol):
    """Keeps one grid per dataset under the stamp of the rows it was made from."""

    def load(self, dataset: Dataset, stamp: str) -> Grid | None:
        """Return the grid made from exactly that stamp, None if there is none."""
        ...

    def save(self, dataset: Dataset, stamp: str, grid: Grid) -> None:
        """Keep the grid, all or nothing; older ones stay. Raises StorageFull, HomeNotWritable."""
        ...

    def stamps(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the stamps of which a grid is kept."""
        ...

    def remove(self, dataset: Dataset, stamps: Sequence[str]) -> None:
        """Forget the grids of those stamps; readers that hold one keep it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteFile:
    """The file that holds one day's minute bars, and what writing it did."""

    day: date
    file: str
    rows: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0


class MinuteStore(Protocol):
    """Keeps minute bars, one immutable file a day; which files count is the SQL store's word."""

    def stage(self, day: date, current: str | None, rows: Columns) -> MinuteFile:
        """Write a new file with `rows` laid over the current one; that one stays as it is.

        The same name comes back when nothing changed. A current file that cannot be read counts
        as empty. Raises StorageFull, HomeNotWritable.
        """
        ...

    def read(
        self, files: Sequence[str], *, as_of: datetime, codes: Sequence[str] | None
    ) -> Columns:
        """Return the rows of the files known at `as_of`, in key order, as stored columns."""
        ...

    def codes(self, files: Sequence[str]) -> int:
        """Return how many codes those of the files that can be read hold together."""
        ...

    def lost(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return the files that are gone or cannot be read."""
        ...

    def remove(self, files: Sequence[str]) -> None:
        """Delete files that no longer count."""
        ...
