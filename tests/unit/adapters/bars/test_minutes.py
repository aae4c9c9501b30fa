"""Minute bars on disk: one immutable file a day, named by its content."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from jennie_cli.adapters.bars import MinuteFiles
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError, StorageFull
from jennie_cli.engine.store import SCHEMAS, Columns, Dataset
from jennie_cli.engine.store.columns import stored_columns

DAY = date(2025, 9, 1)
LATE = datetime(2030, 1, 1, tzinfo=KST)


def minutes(*rows: tuple[str, int, int]) -> Columns:
    """Return stored minute bars of (code, HHMM, price), known a minute later."""
    price = np.array([p for _, _, p in rows])
    start = datetime(2025, 9, 1, tzinfo=KST)
    known = [start + timedelta(hours=t // 100, minutes=t % 100 + 1) for _, t, _ in rows]
    columns = {
        "code": np.array([c for c, _, _ in rows], dtype=object),
        "date": np.full(len(rows), np.datetime64(DAY)),
        "time": np.array([t for _, t, _ in rows]),
        **dict.fromkeys(("open", "high", "low", "close", "volume"), price),
        "known_at": np.array([int(k.timestamp()) for k in known]),
        "source": np.full(len(rows), "test", dtype=object),
    }
    return stored_columns(SCHEMAS[Dataset.MINUTE_BARS], columns)


def test_a_day_is_merged_into_a_new_file(tmp_path: Path) -> None:
    """The old file stays until it is removed; the new one holds both."""
    files = MinuteFiles(tmp_path)
    first = files.stage(DAY, None, minutes(("000020", 901, 5)))
    second = files.stage(DAY, first.file, minutes(("000020", 900, 4), ("000020", 901, 6)))
    assert (1, 1, 0, 2) == (second.new, second.changed, second.unchanged, second.rows)
    assert [5] == files.read([first.file], as_of=LATE, codes=None)["close"].tolist()
    assert [4, 6] == files.read([second.file], as_of=LATE, codes=None)["close"].tolist()
    files.remove([first.file, first.file])
    assert [second.file] == [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.parquet")]


def test_the_same_rows_again_write_no_file(tmp_path: Path) -> None:
    """An unchanged day keeps its file."""
    files = MinuteFiles(tmp_path)
    first = files.stage(DAY, None, minutes(("000020", 901, 5)))
    again = files.stage(DAY, first.file, minutes(("000020", 901, 5)))
    assert (first.file, 0, 0, 1) == (again.file, again.new, again.changed, again.unchanged)


def test_reading_is_bounded_by_codes_and_moment(tmp_path: Path) -> None:
    """A bar is known a minute after it began."""
    files = MinuteFiles(tmp_path)
    staged = files.stage(DAY, None, minutes(("000020", 901, 5), ("005930", 900, 7)))
    at = datetime(2025, 9, 1, 9, 1, tzinfo=KST)
    assert [7] == files.read([staged.file], as_of=at, codes=None)["close"].tolist()
    assert [5] == files.read([staged.file], as_of=LATE, codes=["000020"])["close"].tolist()
    assert 0 == len(files.read([], as_of=LATE, codes=None)["close"])
    assert (2, 0) == (files.codes([staged.file]), files.codes([]))


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    """A listed file that is gone is an error with a way out, never an empty day."""
    with pytest.raises(OutsideError) as error:
        MinuteFiles(tmp_path).read(["2025/gone.parquet"], as_of=LATE, codes=None)
    assert "data import" in error.value.hint


def test_a_full_disk_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB's word for a full disk becomes StorageFull."""

    def full(path: Path, _columns: Columns) -> None:
        path.write_bytes(b"half")
        raise duckdb.IOException("IO Error: No space left on device")

    monkeypatch.setattr("jennie_cli.adapters.bars.minutes._copy", full)
    with pytest.raises(StorageFull):
        MinuteFiles(tmp_path).stage(DAY, None, minutes(("000020", 901, 5)))
    assert [] == [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_damaged_file_is_named_and_written_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Reading says which file is damaged; the day can be imported over it, and others count."""
    files = MinuteFiles(tmp_path)
    first = files.stage(DAY, None, minutes(("000020", 901, 5)))
    other = files.stage(DAY, None, minutes(("000030", 901, 5)))
    (tmp_path / first.file).write_bytes(b"PAR1 no more PAR1")
    with pytest.raises(OutsideError, match=first.file) as error:
        files.read([first.file, other.file], as_of=LATE, codes=None)
    assert "Delete" in error.value.hint
    assert (first.file,) == files.lost([first.file, other.file])
    assert 1 == files.codes([first.file, other.file])
    second = files.stage(DAY, first.file, minutes(("000020", 901, 5)))
    assert (first.file, 1, 1) == (second.file, second.new, second.rows)
    assert [5] == files.read([second.file], as_of=LATE, codes=None)["close"].tolist()
    assert "written anew" in caplog.text


def test_a_day_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash after the rename finds a whole file."""
    seen: list[int] = []
    monkeypatch.setattr(
        "jennie_cli.adapters.bars.minutes.os.fsync",
        lambda _: seen.append(len(list(tmp_path.rglob("*.parquet")))),
    )
    MinuteFiles(tmp_path).stage(DAY, None, minutes(("000020", 901, 5)))
    assert [0] == seen
