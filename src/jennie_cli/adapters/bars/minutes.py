"""Minute bars as Parquet, one immutable file a day, through DuckDB.

A changed day becomes a new file, named by its content; the list of files in the SQL store, switched
in its transaction, decides which one counts. A crash leaves at worst a file nobody reads.
"""

import logging
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from jennie_cli.adapters.bars.disk import writing
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store import SCHEMAS, Columns, Dataset
from jennie_cli.engine.store.columns import blank, epoch, stored
from jennie_cli.engine.store.derived import MinuteFile
from jennie_cli.engine.store.merge import digest, merge

_SCHEMA = SCHEMAS[Dataset.MINUTE_BARS]
_LOG = logging.getLogger(__name__)
_TYPES = {"text": "VARCHAR", "date": "DATE", "int": "BIGINT", "moment": "BIGINT"}


class MinuteFiles:
    """A MinuteStore in a folder, files grouped by year."""

    def __init__(self, root: Path) -> None:
        """`root` is created when the first day is written."""
        self._root = root

    def stage(self, day: date, current: str | None, rows: Columns) -> MinuteFile:
        """Write the merged day under its own name; keep the current one if nothing changed."""
        old = self._current(current)
        merged = merge(_SCHEMA, old, rows)
        new, changed = int(merged.is_new.sum()), int(merged.is_changed.sum())
        name = current
        if new or changed or name is None:
            name = f"{day.year}/{day.isoformat()}-{digest(merged.columns)}.parquet"
            self._write(name, merged.columns)
        return MinuteFile(
            day=day,
            file=name,
            rows=len(merged.columns["known_at"]),
            new=new,
            changed=changed,
            unchanged=merged.unchanged,
        )

    def read(
        self, files: Sequence[str], *, as_of: datetime, codes: Sequence[str] | None
    ) -> Columns:
        """Return rows known at `as_of` in key order; DuckDB skips what the codes exclude."""
        if codes is None:
            return self._rows(files, "known_at <= ?", [epoch(as_of)])
        wanted = "known_at <= ? AND list_contains(?, code)"
        return self._rows(files, wanted, [epoch(as_of), list(codes)])

    def codes(self, files: Sequence[str]) -> int:
        """Return how many codes those of the files that can be read hold together."""
        found = self._codes(files)
        if found is None:
            lost = self.lost(files)
            found = self._codes([f for f in files if f not in lost])
        return found or 0

    def lost(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return the files that are gone or whose codes cannot be read."""
        if self._codes(files) is not None:
            return ()
        return tuple(f for f in files if self._codes([f]) is None)

    def remove(self, files: Sequence[str]) -> None:
        """Delete files; one that is gone already is no error."""
        for name in files:
            (self._root / name).unlink(missing_ok=True)

    def _paths(self, files: Sequence[str]) -> list[str]:
        return [str(self._root / f) for f in files]

    def _codes(self, files: Sequence[str]) -> int | None:
        """Return the number of codes, None if a file cannot be read."""
        if not files:
            return 0
        sql = "SELECT count(DISTINCT code) FROM read_parquet(?)"
        try:
            with duckdb.connect() as db:
                row = db.execute(sql, [self._paths(files)]).fetchone()
        except duckdb.Error:
            return None
        return int(row[0]) if row else 0

    def _current(self, name: str | None) -> Columns:
        try:
            return self._rows([name] if name else [], "TRUE", [])
        except OutsideError as error:
            _LOG.warning("A day is written anew without what it held: %s", error.message)
            return self._rows([], "TRUE", [])

    def _rows(self, files: Sequence[str], where: str, values: list[Any]) -> Columns:
        kinds = _SCHEMA.kinds()
        if not files:
            return {n: blank(k, 0) for n, k in kinds.items()}
        sql = (
            f"SELECT {', '.join(_SCHEMA.names())} FROM read_parquet(?) WHERE {where}"  # noqa: S608  # names come from our schema
            f" ORDER BY {', '.join(_SCHEMA.key)}"
        )
        try:
            with duckdb.connect() as db:
                found = db.execute(sql, [self._paths(files), *values]).fetchnumpy()
        except duckdb.Error as error:
            raise OutsideError(
                f"Minute bars cannot be read: {str(error).splitlines()[0]}",
                hint="Delete that file and import its day again: jennie data import FILE",
            ) from error
        return {n: stored(k, np.asarray(found[n])) for n, k in kinds.items()}

    def _write(self, name: str, columns: Columns) -> None:
        path = self._root / name
        draft = path.with_suffix(".draft")
        with writing(self._root):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                _copy(draft, columns)
                with draft.open("rb+") as file:
                    os.fsync(file.fileno())
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)


def _copy(path: Path, columns: Columns) -> None:
    """Write columns as one Parquet file; DuckDB's refusals come out as OSError."""
    kinds = _SCHEMA.kinds()
    picked = ", ".join(f"{n}::{_TYPES[k]} AS {n}" for n, k in kinds.items())
    target = str(path).replace("'", "''")
    with duckdb.connect() as db:
        # DuckDB knows microseconds, not days
        days = {"date": columns["date"].astype("datetime64[us]")}
        db.register("bars", {n: np.asarray(columns[n]) for n in kinds} | days)
        how = "(FORMAT parquet, COMPRESSION zstd)"
        db.execute(f"COPY (SELECT {picked} FROM bars) TO '{target}' {how}")  # noqa: S608  # our own path
