"""In-memory twins of the store ports: what every room's tests read and write.

They pass the same exam as the SQL stores (`jennie_cli.testing`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import UnknownRun
from jennie_cli.engine.model import WatchlistEntry
from jennie_cli.engine.rules import RuleCount, summed
from jennie_cli.engine.store.columns import (
    blank,
    days_of,
    presented,
    select,
    stored_columns,
)
from jennie_cli.engine.store.facts import Batch, Columns, Coverage, Dataset, FileRecord, WriteCount
from jennie_cli.engine.store.grid import GRID_FIELDS, Grid, empty_grid, lay
from jennie_cli.engine.store.merge import merge
from jennie_cli.engine.store.panels import DailyPanel, FlowPanel
from jennie_cli.engine.store.runs import ScoutRun
from jennie_cli.engine.store.schema import SCHEMAS, Schema
from jennie_cli.engine.store.window import daily_panel, flow_panel, visible_days


class MemoryFacts:
    """A FactStore that forgets at exit."""

    def __init__(self) -> None:
        """Start empty."""
        self._tables: dict[Dataset, dict[str, np.ndarray]] = {}
        self._grids: dict[Dataset, Grid] = {}
        self._files: dict[str, FileRecord] = {}

    def write(
        self, batches: Iterable[Batch], *, files: Iterable[FileRecord] = ()
    ) -> tuple[WriteCount, ...]:
        """Insert or update by key, all batches or none."""
        tables, grids = dict(self._tables), dict(self._grids)
        counts = []
        for batch in batches:
            schema = SCHEMAS[batch.dataset]
            new = stored_columns(schema, batch.columns)
            merged = merge(schema, tables.get(batch.dataset, _nothing(schema)), new)
            tables[batch.dataset] = merged.columns
            if batch.dataset in GRID_FIELDS:
                grid = grids.get(batch.dataset) or empty_grid(batch.dataset)
                grids[batch.dataset] = lay(grid, new)
            counts.append(
                WriteCount(
                    dataset=batch.dataset,
                    new=int(merged.is_new.sum()),
                    changed=int(merged.is_changed.sum()),
                    unchanged=merged.unchanged,
                )
            )
        self._tables, self._grids = tables, grids
        for file in files:
            self._files.pop(file.sha256, None)
            self._files[file.sha256] = file
        return tuple(counts)

    def read(
        self,
        dataset: Dataset,
        *,
        as_of: datetime,
        codes: Sequence[str] | None = None,
        since: date | None = None,
    ) -> Columns:
        """Return rows known at `as_of`, ordered by key."""
        schema = SCHEMAS[dataset]
        table = self._tables.get(dataset, _nothing(schema))
        return presented(schema, select(schema, table, as_of=as_of, codes=codes, since=since))

    def daily(self, *, as_of: datetime, days: int) -> DailyPanel:
        """Return the newest `days` trading days known at `as_of`."""
        return daily_panel(self._grid(Dataset.DAILY_BARS), as_of=as_of, days=days)

    def flows(self, panel: DailyPanel) -> FlowPanel:
        """Return investor flows on the axes of `panel`."""
        return flow_panel(self._grid(Dataset.FLOWS_STOCK), panel)

    def last_day(self, *, as_of: datetime) -> date | None:
        """Return the newest day with daily bars known at `as_of`."""
        grid = self._grid(Dataset.DAILY_BARS)
        seen = visible_days(grid, as_of)
        return grid.days[seen[-1]].item() if len(seen) else None

    def imported(self) -> Mapping[str, FileRecord]:
        """Return the imported files by their sha256."""
        return dict(self._files)

    def coverage(self) -> tuple[Coverage, ...]:
        """Return one row per dataset that holds anything."""
        return tuple(
            coverage_of(dataset, self._tables[dataset])
            for dataset in Dataset
            if len(self._tables.get(dataset, {}).get("known_at", ()))
        )

    def _grid(self, dataset: Dataset) -> Grid:
        return self._grids.get(dataset) or empty_grid(dataset)


def coverage_of(dataset: Dataset, columns: Columns) -> Coverage:
    """Return what stored columns cover; rows known from the epoch on have no first or last day."""
    schema = SCHEMAS[dataset]
    days = days_of(schema, columns)
    dated = days[days > np.datetime64("1970-01-01")]
    return Coverage(
        dataset=dataset,
        rows=len(columns["known_at"]),
        codes=len(set(columns[schema.subject]) - {None}) if schema.subject else 0,
        first=dated.min().item() if len(dated) else None,
        last=dated.max().item() if len(dated) else None,
    )


def _nothing(schema: Schema) -> dict[str, np.ndarray]:
    return {n: blank(k, 0) for n, k in schema.kinds().items()}


class MemoryRuns:
    """A RunStore that forgets at exit."""

    def __init__(self) -> None:
        """Start without runs."""
        self._runs: dict[str, ScoutRun] = {}
        self._watchlists: dict[str, tuple[WatchlistEntry, ...]] = {}

    def save(self, run: ScoutRun, watchlist: tuple[WatchlistEntry, ...]) -> None:
        """Keep the run whole; saving an id again replaces it."""
        self._runs[run.run_id] = run
        self._watchlists[run.run_id] = watchlist

    def load(self, run_id: str | None = None) -> ScoutRun:
        """Return a run whole, the newest by default."""
        if run_id is None and self._runs:
            return self._newest_first()[0]
        if run_id is None or run_id not in self._runs:
            raise unknown_run(run_id)
        return self._runs[run_id]

    def watchlist(self, run_id: str | None = None) -> tuple[WatchlistEntry, ...]:
        """Return a run's watchlist by rank, the active one by default."""
        wanted = run_id or self._active()
        return tuple(sorted(self._watchlists[self.load(wanted).run_id], key=lambda e: e.rank))

    def recent(self, limit: int) -> tuple[ScoutRun, ...]:
        """Return the newest runs first, without their stocks."""
        return tuple(replace(r, stocks=()) for r in self._newest_first()[:limit])

    def run_ids(self, prefix: str) -> tuple[str, ...]:
        """Return the ids of all runs that start with `prefix`."""
        return tuple(r for r in self._runs if r.startswith(prefix))

    def hybrid_scores(
        self, before: datetime, runs: int, *, market: str, scorer: str
    ) -> tuple[Mapping[str, float], ...]:
        """Return code -> hybrid of the last standing run of each of the previous `runs` dates."""
        last: dict[date, ScoutRun] = {}
        day = before.astimezone(KST).date()
        for run in self._newest_first():
            alike = run.standing and (run.market, run.scorer) == (market, scorer)
            if alike and run.trade_date < day:
                last.setdefault(run.trade_date, run)
        return tuple(
            {s.code: s.hybrid_score for s in last[d].stocks if s.hybrid_score is not None}
            for d in sorted(last, reverse=True)[:runs]
        )

    def rule_totals(self) -> tuple[RuleCount, ...]:
        """Return the rule counts summed over all stored runs."""
        return summed(count for run in self._runs.values() for count in run.rules)

    def _active(self) -> str:
        standing = [r for r in self._newest_first() if r.standing]
        if not standing:
            raise unknown_run(None)
        return max(standing, key=lambda r: r.trade_date).run_id

    def _newest_first(self) -> list[ScoutRun]:
        return sorted(self._runs.values(), key=lambda r: (r.generated_at, r.run_id), reverse=True)


def unknown_run(run_id: str | None) -> UnknownRun:
    """Return the error for a run that is not there."""
    if run_id is None:
        return UnknownRun("No scout run has been made yet.", hint="jennie scout run")
    return UnknownRun(f"No scout run has the id '{run_id}'.", hint="jennie scout history")
