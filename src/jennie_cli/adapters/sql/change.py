"""One all-or-nothing change of the facts: rows, panels, minute files and states together.

Files are written before the transaction commits and only then counted on; what a failure leaves
behind is removed, what a success replaces is removed afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from jennie_cli.adapters.sql.moments import day_number
from jennie_cli.adapters.sql.reads import read_grid
from jennie_cli.adapters.sql.state import (
    State,
    extent_of_grid,
    extent_of_table,
    load_states,
    save_state,
)
from jennie_cli.adapters.sql.writing import lay_rows
from jennie_cli.engine.store import Columns, Dataset, WriteCount
from jennie_cli.engine.store.derived import MinuteFile, MinuteStore, PanelStore
from jennie_cli.engine.store.grid import GRID_FIELDS, Grid, empty_grid, lay
from jennie_cli.engine.store.merge import digest, factorize


class Change:
    """The work of one write; `settle` inside the transaction, then `keep` or `undo` after it."""

    def __init__(self, connection: Connection, panels: PanelStore, minutes: MinuteStore) -> None:
        """`connection` is in its write transaction."""
        self._connection = connection
        self._panels = panels
        self._minutes = minutes
        self._states = load_states(connection)
        self._touched: defaultdict[Dataset, list[Columns]] = defaultdict(list)
        self._counts: defaultdict[Dataset, list[int]] = defaultdict(lambda: [0, 0])
        # a file's name stands for its content, so one name can come, go and come again
        self._files_before = set(minute_files(connection).values())
        self._files_after = self._files_before
        self._files_written: set[str] = set()
        self._added_panels: list[tuple[Dataset, str]] = []
        self._replaced_panels: list[tuple[Dataset, tuple[str, ...]]] = []

    def lay(self, dataset: Dataset, rows: Columns) -> WriteCount:
        """Lay one batch of stored rows."""
        if not len(rows["known_at"]):
            return WriteCount(dataset=dataset, new=0, changed=0, unchanged=0)
        if dataset is Dataset.MINUTE_BARS:
            count = self._lay_minutes(rows)
        else:
            count = lay_rows(self._connection, dataset, rows)
        if count.new or count.changed:
            self._touched[dataset] += [rows] if dataset in GRID_FIELDS else []
            self._counts[dataset][0] += count.new
        return count

    def settle(self) -> None:
        """Bring panels and states up to the rows laid."""
        self._files_after = set(minute_files(self._connection).values())
        for dataset, pieces in self._touched.items():
            old = self._states.get(dataset, State())
            stamp = ""
            rows = old.rows + self._counts[dataset][0]
            if dataset in GRID_FIELDS:
                stamp = old.stamp
                for piece in pieces:
                    stamp = digest(piece, after=stamp)
                grid = self._grid(dataset, old, pieces)
                self._save_panel(dataset, stamp, grid)
                extent = extent_of_grid(grid)
            elif dataset is Dataset.MINUTE_BARS:
                rows, extent = self._held_minutes(), self._extent_of_minutes()
            else:
                extent = extent_of_table(self._connection, dataset)
            state = State(version=old.version + 1, stamp=stamp, rows=rows, **extent)
            save_state(self._connection, dataset, state)

    def keep(self) -> None:
        """Remove what the committed change replaced."""
        met = self._files_before | self._files_written
        self._minutes.remove(sorted(met - self._files_after))
        for dataset, stamps in self._replaced_panels:
            self._panels.remove(dataset, stamps)

    def undo(self) -> None:
        """Remove the files of a change that was not committed."""
        self._minutes.remove(sorted(self._files_written - self._files_before))
        for dataset, stamp in self._added_panels:
            self._panels.remove(dataset, [stamp])

    def _grid(self, dataset: Dataset, old: State, pieces: list[Columns]) -> Grid:
        grid = self._panels.load(dataset, old.stamp) if old.version else empty_grid(dataset)
        if grid is None:
            return read_grid(self._connection, dataset)
        for rows in pieces:
            grid = lay(grid, rows)
        return grid

    def _save_panel(self, dataset: Dataset, stamp: str, grid: Grid) -> None:
        others = tuple(s for s in self._panels.stamps(dataset) if s != stamp)
        self._replaced_panels.append((dataset, others))
        self._added_panels.append((dataset, stamp))
        self._panels.save(dataset, stamp, grid)

    def _lay_minutes(self, rows: Columns) -> WriteCount:
        current = minute_files(self._connection)
        new = changed = unchanged = 0
        for day, part in _by_day(rows):
            done = self._minutes.stage(day, current.get(day), part)
            new, changed = new + done.new, changed + done.changed
            unchanged += done.unchanged
            # a damaged file is written again under its own name
            if done.file != current.get(day) or done.new:
                self._switch(done)
        return WriteCount(
            dataset=Dataset.MINUTE_BARS, new=new, changed=changed, unchanged=unchanged
        )

    def _switch(self, done: MinuteFile) -> None:
        self._files_written.add(done.file)
        day = {"day": day_number(done.day)}
        self._connection.execute(text("DELETE FROM minute_file WHERE date = :day"), day)
        self._connection.execute(
            text("INSERT INTO minute_file (date, file, held) VALUES (:day, :file, :held)"),
            {**day, "file": done.file, "held": done.rows},
        )

    def _held_minutes(self) -> int:
        # rows of a damaged file are counted as new once more, so that adding up would count twice
        return int(self._connection.scalar(text("SELECT sum(held) FROM minute_file")) or 0)

    def _extent_of_minutes(self) -> dict[str, Any]:
        files = minute_files(self._connection)
        codes = self._minutes.codes(list(files.values()))
        return {"codes": codes, "first": min(files), "last": max(files)}


def minute_files(connection: Connection, since: date | None = None) -> dict[date, str]:
    """Return the minute file of each day, oldest first."""
    found = connection.execute(
        text("SELECT date, file FROM minute_file WHERE date >= :since ORDER BY date"),
        {"since": day_number(since) if since else 0},
    )
    return {date(n // 10000, n // 100 % 100, n % 100): file for n, file in found}


def _by_day(rows: Columns) -> Iterator[tuple[date, Columns]]:
    days, index = factorize(rows["date"])
    order = np.argsort(index, kind="stable")
    bounds = np.searchsorted(index[order], np.arange(len(days) + 1))
    for at, day in enumerate(days):
        part = order[bounds[at] : bounds[at + 1]]
        yield day.item(), {n: v[part] for n, v in rows.items()}
