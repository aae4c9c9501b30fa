"""The FactStore in SQL: tables are the truth, panels are derived, minute bars are listed files."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import Engine

from jennie_cli.adapters.sql.change import Change, minute_files
from jennie_cli.adapters.sql.engine import reading, settle_log, writing
from jennie_cli.adapters.sql.reads import read_grid, read_rows
from jennie_cli.adapters.sql.state import (
    State,
    add_files,
    coverage_of,
    files_by_hash,
    load_states,
)
from jennie_cli.engine.errors import HomeNotWritable, OutsideError
from jennie_cli.engine.store import (
    SCHEMAS,
    Batch,
    Columns,
    Coverage,
    DailyPanel,
    Dataset,
    FileRecord,
    FlowPanel,
    WriteCount,
)
from jennie_cli.engine.store.columns import presented, stored_columns
from jennie_cli.engine.store.derived import MinuteStore, PanelStore
from jennie_cli.engine.store.grid import Grid, empty_grid
from jennie_cli.engine.store.window import daily_panel, flow_panel, visible_days


class SqlFacts:
    """A FactStore over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, panels: PanelStore, minutes: MinuteStore) -> None:
        """`panels` and `minutes` belong to this database alone."""
        self._engine = engine
        self._panels = panels
        self._minutes = minutes
        self._grids: dict[Dataset, tuple[str, Grid]] = {}

    def write(
        self, batches: Iterable[Batch], *, files: Iterable[FileRecord] = ()
    ) -> tuple[WriteCount, ...]:
        """Lay all batches or none; readers see the state before until it is done."""
        change: Change | None = None
        settle_log(self._engine)
        try:
            with writing(self._engine) as connection:
                change = Change(connection, self._panels, self._minutes)
                counts = tuple(
                    change.lay(b.dataset, stored_columns(SCHEMAS[b.dataset], b.columns))
                    for b in batches
                )
                change.settle()
                add_files(connection, files)
        except BaseException:
            if change:
                change.undo()
            # the last connection to close drops the log that the change has filled
            self._engine.dispose()
            raise
        change.keep()
        return counts

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
        with reading(self._engine) as connection:
            if dataset is Dataset.MINUTE_BARS:
                files = list(minute_files(connection, since).values())
                rows = self._minutes.read(files, as_of=as_of, codes=codes)
            else:
                rows = read_rows(connection, dataset, as_of=as_of, codes=codes, since=since)
        return presented(schema, rows)

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
        day: date | None = grid.days[seen[-1]].item() if len(seen) else None
        return day

    def imported(self) -> Mapping[str, FileRecord]:
        """Return the imported files by their sha256, without those whose rows were lost."""
        with reading(self._engine) as connection:
            known, held = files_by_hash(connection), minute_files(connection)
        if not self._minutes.lost(list(held.values())):
            return known
        # which file brought the lost bars is not known, so that any of them is worth reading again
        return {s: f for s, f in known.items() if f.dataset is not Dataset.MINUTE_BARS}

    def coverage(self) -> tuple[Coverage, ...]:
        """Return one row per dataset that holds anything."""
        with reading(self._engine) as connection:
            states = load_states(connection)
        return tuple(coverage_of(d, states[d]) for d in Dataset if d in states and states[d].rows)

    def _grid(self, dataset: Dataset) -> Grid:
        """Return the grid of the present rows.

        A missing panel is looked for twice, as a writer may have replaced it between the two
        steps, then made again from the rows.
        """
        return self._kept_grid(dataset) or self._kept_grid(dataset) or self._made_grid(dataset)

    def _kept_grid(self, dataset: Dataset) -> Grid | None:
        with reading(self._engine) as connection:
            state = load_states(connection).get(dataset, State())
        if not state.version:
            return empty_grid(dataset)
        held = self._grids.get(dataset)
        if held and held[0] == state.stamp:
            return held[1]
        grid = self._panels.load(dataset, state.stamp)
        if grid:
            self._grids[dataset] = (state.stamp, grid)
        return grid

    def _made_grid(self, dataset: Dataset) -> Grid:
        with reading(self._engine) as connection:
            stamp = load_states(connection)[dataset].stamp
            grid = read_grid(connection, dataset)
        # a panel that cannot be kept costs the next reader time, nothing else
        with suppress(HomeNotWritable, OutsideError):
            self._panels.save(dataset, stamp, grid)
        self._grids[dataset] = (stamp, grid)
        return grid
