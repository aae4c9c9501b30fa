"""Files that exist in memory only, and an import into an in-memory store."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from jennie_cli.engine.data import ImportReport, import_paths
from jennie_cli.engine.feed import Listing, RawTable
from jennie_cli.engine.store import FactStore, MemoryFacts
from jennie_cli.engine.venue import default_calendar
from jennie_cli.testing import moment

NOW = moment(date(2026, 11, 22), 9, 0)
Table = Mapping[str, Sequence[Any]]


def raw(name: str, table: Table) -> RawTable:
    """Return lists of values as the table of a file."""
    columns = {}
    for column, values in table.items():
        columns[column] = np.empty(len(values), dtype=object)
        columns[column][:] = values
    sha = hashlib.sha256(repr((name, table)).encode()).hexdigest()
    return RawTable(name=name, sha256=sha, columns=columns)


@dataclass
class Desk:
    """A reader and lister of files in memory, importing into a store."""

    facts: FactStore = field(default_factory=MemoryFacts)
    tables: dict[str, RawTable] = field(default_factory=dict)
    now: datetime = NOW

    def read(self, path: str) -> RawTable:
        """Return the file's table."""
        return self.tables[path]

    def list(self, path: str) -> Listing:
        """Return the path itself."""
        return Listing(files=(path,), skipped=(("notes.md", "no_table"),))

    def put(self, **tables: Table) -> "Desk":
        """Add files by name."""
        self.tables |= {name: raw(name, table) for name, table in tables.items()}
        return self

    def run(self, *names: str) -> ImportReport:
        """Import the named files, all by default."""
        return import_paths(
            names or tuple(self.tables),
            reader=self,
            lister=self,
            facts=self.facts,
            calendar=default_calendar(),
            now=self.now,
        )


@pytest.fixture
def desk() -> Desk:
    """An empty desk before an empty store."""
    return Desk()


def bar_table(*rows: tuple[Any, ...]) -> dict[str, list[Any]]:
    """Return rows of (code, date, open, high, low, close, volume) as a table of daily bars."""
    names = ("code", "date", "open", "high", "low", "close", "volume")
    return {n: [row[at] for row in rows] for at, n in enumerate(names)}


def master_table(*codes: str) -> dict[str, list[Any]]:
    """Return a stock master of codes."""
    return {
        "code": list(codes),
        "name": [f"종목{c}" for c in codes],
        "market": ["KOSPI"] * len(codes),
    }


Bars = Callable[..., dict[str, list[Any]]]
