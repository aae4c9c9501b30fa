"""A file of rows, read but not yet believed; a folder of files, listed but not yet read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """Columns as the file holds them. csv columns are text; parquet and jsonl keep their types.

    Text and mixed columns are object arrays with None for missing; whole numbers with a missing
    value among them come as float64 with NaN, dates as datetime64 with NaT.
    """

    name: str
    sha256: str
    columns: Mapping[str, NDArray[Any]]


class TableReader(Protocol):
    """Reads one file of rows by its path."""

    def read(self, path: str) -> RawTable:
        """Return the whole table. Raises BadFile naming what is wrong and what to do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files a path stands for, in a fixed order, and what was left out: path and why."""

    files: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...] = ()


class FolderLister(Protocol):
    """Says which files a path stands for."""

    def list(self, path: str) -> Listing:
        """Return the file itself, or the tables of a folder. Raises BadFile if nothing is there."""
        ...
