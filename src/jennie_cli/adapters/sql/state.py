"""What the datasets hold, kept beside them so that nobody counts millions of rows to say it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sql
from sqlalchemy import Connection, text

from jennie_cli.adapters.sql.moments import day_number
from jennie_cli.adapters.sql.reads import fact_table
from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import SCHEMAS, Coverage, Dataset, FileRecord
from jennie_cli.engine.store.columns import kst_days
from jennie_cli.engine.store.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A dataset's present: `version` counts the writes that changed it, `stamp` names it."""

    version: int = 0
    stamp: str = ""
    rows: int = 0
    codes: int = 0
    first: date | None = None
    last: date | None = None


def load_states(connection: Connection) -> dict[Dataset, State]:
    """Return the state of every dataset that was ever written."""
    found = connection.execute(
        text("SELECT dataset, version, stamp, held, codes, first_day, last_day FROM fact_state")
    )
    return {
        Dataset(name): State(
            version=version,
            stamp=stamp,
            rows=rows,
            codes=codes,
            first=_day(first),
            last=_day(last),
        )
        for name, version, stamp, rows, codes, first, last in found
    }


def save_state(connection: Connection, dataset: Dataset, state: State) -> None:
    """Replace the dataset's state."""
    connection.execute(text("DELETE FROM fact_state WHERE dataset = :d"), {"d": dataset.value})
    connection.execute(
        text(
            "INSERT INTO fact_state (dataset, version, stamp, held, codes, first_day, last_day)"
            " VALUES (:dataset, :version, :stamp, :held, :codes, :first_day, :last_day)"
        ),
        {
            "dataset": dataset.value,
            "version": state.version,
            "stamp": state.stamp,
            "held": state.rows,
            "codes": state.codes,
            "first_day": _number(state.first),
            "last_day": _number(state.last),
        },
    )


def coverage_of(dataset: Dataset, state: State) -> Coverage:
    """Return the state as the port says it."""
    return Coverage(
        dataset=dataset, rows=state.rows, codes=state.codes, first=state.first, last=state.last
    )


def extent_of_grid(grid: Grid) -> dict[str, Any]:
    """Return codes, first and last day of a grid, without asking the table."""
    return {
        "codes": len(grid.codes),
        "first": grid.days[0].item(),
        "last": grid.days[-1].item(),
    }


def extent_of_table(connection: Connection, dataset: Dataset) -> dict[str, Any]:
    """Return codes, first and last day of a table; rows known from the epoch on have no day."""
    schema = SCHEMAS[dataset]
    rows = fact_table(dataset)
    when = rows.c[schema.when]
    day = sql.case((when > 0, when))
    codes = (
        sql.func.count(sql.distinct(rows.c[schema.subject])) if schema.subject else sql.literal(0)
    )
    found = connection.execute(sql.select(codes, sql.func.min(day), sql.func.max(day))).one()
    as_day = _day if schema.when == "date" else _moment_day
    return {"codes": int(found[0]), "first": as_day(found[1]), "last": as_day(found[2])}


def add_files(connection: Connection, files: Iterable[FileRecord]) -> None:
    """Remember imported files; the same content again replaces what was known of it."""
    for file in files:
        connection.execute(
            text("DELETE FROM import_ledger WHERE sha256 = :sha"), {"sha": file.sha256}
        )
        connection.execute(
            text(
                "INSERT INTO import_ledger (sha256, name, dataset, accepted, rejected, imported_at)"
                " VALUES (:sha256, :name, :dataset, :accepted, :rejected, :imported_at)"
            ),
            {
                "sha256": file.sha256,
                "name": file.name[-500:],
                "dataset": file.dataset.value,
                "accepted": file.rows,
                "rejected": json.dumps(dict(file.rejected)),
                "imported_at": int(file.at.timestamp()),
            },
        )


def files_by_hash(connection: Connection) -> Mapping[str, FileRecord]:
    """Return the imported files by their sha256, in the order they were written."""
    found = connection.execute(
        text("SELECT sha256, name, dataset, accepted, rejected, imported_at FROM import_ledger")
    ).all()
    # files of one second come in the order of the table, which is that of writing
    return {
        sha: FileRecord(
            name=name,
            sha256=sha,
            dataset=Dataset(dataset),
            rows=rows,
            at=datetime.fromtimestamp(at, KST),
            rejected=json.loads(rejected),
        )
        for sha, name, dataset, rows, rejected, at in sorted(found, key=lambda row: row[-1])
    }


def _day(number: int | None) -> date | None:
    return None if number is None else date(number // 10000, number // 100 % 100, number % 100)


def _number(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _moment_day(seconds: int | None) -> date | None:
    if not seconds:
        return None
    day: date = kst_days(np.array([seconds]))[0].item()
    return day
