"""Real bad files against a real SQLite store: the right exit code, and nothing changed."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from tests.unit.engine.data.conftest import NOW

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.files import FileReader, TableFolder
from jennie_cli.adapters.sql import SqlFacts, connect
from jennie_cli.engine.data import ImportReport, import_paths
from jennie_cli.engine.errors import BadFile, ExitCode
from jennie_cli.engine.store import Coverage
from jennie_cli.engine.venue import default_calendar

MASTER = "code,name,market\n005930,삼성전자,KOSPI\n"
BARS = "code,date,open,high,low,close,volume\n"
ROW = "005930,2025-06-27,100,110,90,105,7\n"


@dataclass
class House:
    """A folder with a store and a place for files."""

    folder: Path
    facts: SqlFacts

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file to import."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *paths: Path) -> ImportReport:
        """Import files as the command does."""
        return import_paths(
            [str(p) for p in paths],
            reader=FileReader(),
            lister=TableFolder(),
            facts=self.facts,
            calendar=default_calendar(),
            now=NOW,
        )

    def state(self) -> tuple[tuple[Coverage, ...], str, list[str]]:
        """Return all that the store holds: coverage, every row, every file beside it."""
        raw = sqlite3.connect(self.folder / "jennie.sqlite")
        dump = hashlib.sha256("\n".join(raw.iterdump()).encode()).hexdigest()
        raw.close()
        kept = sorted(str(p) for p in (self.folder / "kept").rglob("*"))
        return self.facts.coverage(), dump, kept


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that holds a master and one bar already."""
    engine = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    kept = tmp_path / "kept"
    facts = SqlFacts(
        engine, panels=PanelFiles(kept / "panel"), minutes=MinuteFiles(kept / "minutes")
    )
    made = House(folder=tmp_path, facts=facts)
    made.run(made.put("first.csv", BARS + ROW.replace("-27", "-26")))
    yield made
    engine.dispose()


def truncated_parquet(folder: Path) -> bytes:
    """Return half of a parquet file."""
    path = folder / "whole.parquet"
    with duckdb.connect() as db:
        db.execute("COPY (SELECT range AS a FROM range(9999)) TO ? (FORMAT parquet)", [str(path)])
    content = path.read_bytes()
    path.unlink()
    return content[: len(content) // 2]


BAD = {
    "empty.csv": b"",
    "half.csv": (BARS + ROW + "005930,2025-06").encode(),
    "wrong_column.csv": (BARS.replace("close", "clsoe") + ROW).encode(),
    "five_digits.csv": (BARS + ROW.replace("005930", "05930")[1:]).encode(),
    "cp949.csv": MASTER.encode("cp949"),
    "future.csv": (BARS + ROW.replace("2025-06-27", "2026-11-23")).encode(),
    "damaged.jsonl": b'{"published_at": "2025-06-27T08:00:00+09:00", "title',
    "unknown.csv": b"x,y\n1,2\n",
    "sheet.xlsx": b"PK",
}


@pytest.mark.parametrize("name", [*BAD, "half.parquet"])
def test_a_bad_file_stops_the_import_and_changes_nothing(house: House, name: str) -> None:
    """Exit code 4, a hint, and every byte of the store as it was; good files wait as well."""
    before = house.state()
    good = house.put("good.csv", MASTER)
    bad = house.put(name, BAD.get(name) or truncated_parquet(house.folder))
    with pytest.raises(BadFile) as error:
        house.run(good, bad)
    assert (ExitCode.INPUT, True) == (error.value.exit_code, bool(error.value.message))
    assert before == house.state()


def test_a_bar_of_the_day_and_a_repeat_change_exactly_that(house: House) -> None:
    """The good way: new rows enter, and importing them again leaves every byte alone."""
    path = house.put("bars.csv", BARS + ROW)
    assert [1] == [f.new for f in house.run(path).files]
    after = house.state()
    assert [True] == [f.repeated for f in house.run(path).files]
    assert after == house.state()
    again = house.run(house.put("other.csv", BARS + ROW + "\n"))
    assert [(0, 0, 1)] == [(f.new, f.changed, f.unchanged) for f in again.files]
    assert after[0] == house.state()[0]
