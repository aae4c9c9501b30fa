"""A file of rows, read but not yet believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """Columns as the file holds them. csv columns are text; parquet and jsonl keep their types."""

    name: str
    sha256: str
    columns: Mapping[str, NDArray[Any]]


class TableReader(Protocol):
    """Reads one file of rows by its path."""

    def read(self, path: str) -> RawTable:
        """Return the whole table. Raises BadFile naming what is wrong and what to do."""
        ...
