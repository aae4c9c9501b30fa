"""How long the import of the daily bars takes, and whether it grows as the rows do.

    python benchmarks/import_daily.py FOLDER

FOLDER holds daily_ohlcv.parquet. Each line imports the codes' first part into a new store: reading,
checks, SQLite, panel and all. The last lines read what was written. CPU seconds are this process's
own, so that a busy machine shows in the wall seconds only.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.files import FileReader, TableFolder
from jennie_cli.adapters.sql import SqlFacts, connect
from jennie_cli.engine.clock import KST
from jennie_cli.engine.data import import_paths
from jennie_cli.engine.venue import default_calendar

GOAL_SECONDS = 30.0
PARTS = (0.25, 0.5, 1.0)
NOW = datetime(2026, 11, 22, tzinfo=KST)


def main() -> int:
    """Print the table; exit 1 when the whole takes longer than the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    source = parser.parse_args().folder / "daily_ohlcv.parquet"
    say(f"$ {' '.join(['python', *sys.argv])}")
    say(f"{'step':<22}{'rows':>10}{'wall s':>9}{'cpu s':>9}{'us/row':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            home = Path(folder) / str(part)
            home.mkdir()
            file = cut(source, home, part)
            facts = store(home)
            wall, rows = timed(f"import {part:.0%}", partial(load, file, facts))
        renamed = file.rename(file.with_name("same_rows.parquet"))
        renamed.write_bytes(altered(renamed))
        timed("import again", lambda: load(renamed, facts))
        again = store(home)
        timed("panel, 160 days", lambda: again.daily(as_of=NOW, days=160).close.size)
        timed("panel, 160 days, warm", lambda: again.daily(as_of=NOW, days=160).close.size)
    say(f"goal: {rows:,} rows in {GOAL_SECONDS:g} s; took {wall:.1f} s")
    return int(wall > GOAL_SECONDS)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(name: str, work: Callable[[], int]) -> tuple[float, int]:
    """Run `work`, print its line, and return its wall seconds and rows."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    say(f"{name:<22}{rows:>10,}{wall:>9.2f}{cpu:>9.2f}{1e6 * wall / rows:>9.2f}")
    return wall, rows


def cut(source: Path, home: Path, part: float) -> Path:
    """Write the first part of the codes as a file of its own."""
    target = home / "daily.parquet"
    query = (
        "COPY (SELECT * FROM read_parquet($source) WHERE code <="
        " (SELECT quantile_disc(code, $part) FROM read_parquet($source)) ORDER BY code, date)"
        " TO $target (FORMAT parquet, COMPRESSION zstd)"
    )
    duckdb.execute(query, {"source": str(source), "part": part, "target": str(target)})
    return target


def altered(file: Path) -> bytes:
    """Return the same rows as another content, so that they are compared and not skipped."""
    target = file.with_suffix(".other")
    query = "COPY (SELECT * FROM read_parquet($file)) TO $target (FORMAT parquet)"
    duckdb.execute(query, {"file": str(file), "target": str(target)})
    return target.read_bytes()


def store(home: Path) -> SqlFacts:
    """Return the store of a home."""
    engine: Any = connect(f"sqlite:///{home / 'jennie.sqlite'}")
    return SqlFacts(
        engine, panels=PanelFiles(home / "panel"), minutes=MinuteFiles(home / "minutes")
    )


def load(file: Path, facts: SqlFacts) -> int:
    """Import one file and return the rows it had."""
    report = import_paths(
        [str(file)],
        reader=FileReader(),
        lister=TableFolder(),
        facts=facts,
        calendar=default_calendar(),
        now=NOW,
    )
    return sum(f.rows for f in report.files)


if __name__ == "__main__":
    raise SystemExit(main())
