"""A disk that is full, read-only, busy or damaged is named, and nothing half-done is kept."""

import hashlib
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.sql import SqlConfig, SqlFacts, connect
from jennie_cli.adapters.sql import engine as opening
from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    OutsideError,
    SettingsError,
    StorageFull,
)
from jennie_cli.engine.store import Batch
from jennie_cli.testing import bars, moment

DAY = date(2025, 6, 27)


def many() -> Batch:
    """Return more rows than a small database can take."""
    return bars(*((f"{n:06d}", DAY, 10, 11, 9, 10, n) for n in range(20_000)))


def dump(engine: Engine) -> str:
    """Return a hash of everything in a database."""
    raw = sqlite3.connect(str(engine.url.database))
    try:
        return hashlib.sha256("\n".join(raw.iterdump()).encode()).hexdigest()
    finally:
        raw.close()


def files(folder: Path) -> list[str]:
    """Return every file below a folder but the database's own."""
    return sorted(str(p) for p in folder.rglob("*") if p.is_file() and "sqlite" not in p.name)


def test_a_full_disk_keeps_nothing_of_the_change(
    engine: Engine, facts: SqlFacts, tmp_path: Path
) -> None:
    """When the database can grow no more, rows, panels and states stay as they were."""
    facts.write([bars(("000020", DAY, 1, 2, 1, 2, 3))])
    before, kept = dump(engine), files(tmp_path)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {int(pages or 0) + 8}")
    with pytest.raises(StorageFull) as error:
        facts.write([many()])
    assert error.value.hint
    assert not list(tmp_path.glob("*-wal")), "the log that filled the disk is gone"
    assert (before, kept) == (dump(engine), files(tmp_path))
    assert 1 == len(facts.daily(as_of=moment(DAY), days=5).codes)


def test_a_full_disk_under_the_panel_keeps_nothing(
    engine: Engine, facts: SqlFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When only the panel no longer fits, the rows are not kept either."""
    facts.write([bars(("000020", DAY, 1, 2, 1, 2, 3))])
    before, kept = dump(engine), files(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jennie_cli.adapters.bars.panels.np.save", full)
    with pytest.raises(StorageFull):
        facts.write([many()])
    monkeypatch.undo()
    assert (before, kept) == (dump(engine), files(tmp_path))


def test_a_read_only_database_is_named_on_writing(tmp_path: Path) -> None:
    """A file opened for reading only answers reads and refuses writes by name."""
    path = tmp_path / "jennie.sqlite"
    connect(f"sqlite:///{path}").dispose()
    closed = connect(f"sqlite:///file:{path}?mode=ro&uri=true")
    facts = SqlFacts(
        closed, panels=PanelFiles(tmp_path / "panel"), minutes=MinuteFiles(tmp_path / "minutes")
    )
    assert () == facts.coverage()
    with pytest.raises(HomeNotWritable):
        facts.write([many()])
    closed.dispose()


def test_a_place_that_cannot_hold_a_database_is_named() -> None:
    """A folder nobody can create files in is HomeNotWritable, with a way out."""
    with pytest.raises(HomeNotWritable) as error:
        connect("sqlite:////proc/jennie.sqlite")
    assert "--home" in error.value.hint


def test_a_panel_folder_that_cannot_be_made_keeps_nothing(engine: Engine, tmp_path: Path) -> None:
    """A read-only place for panels refuses the whole change."""
    facts = SqlFacts(
        engine, panels=PanelFiles(Path("/proc/jennie")), minutes=MinuteFiles(tmp_path / "m")
    )
    with pytest.raises((HomeNotWritable, OutsideError)):
        facts.write([bars(("000020", DAY, 1, 2, 1, 2, 3))])
    assert () == facts.coverage()


def test_a_second_writer_is_told_that_the_home_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one process writes, the other gets HomeBusy and changes nothing."""
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.05)
    engine = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    other = sqlite3.connect(str(tmp_path / "jennie.sqlite"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HomeBusy):
        SqlConfig(engine).set("a", "b", who="me", at=moment(DAY))
    other.execute("ROLLBACK")
    other.close()
    assert {} == SqlConfig(engine).all()
    engine.dispose()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """Any other file in the database's place is an error, not an empty store."""
    path = tmp_path / "jennie.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(OutsideError, match="not a whole database"):
        connect(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"this is")


@pytest.mark.parametrize("url", ["nonsense", "nosuchdb://host/x", ""])
def test_a_url_nobody_understands_is_a_setting_to_fix(url: str) -> None:
    """store.url must name a database SQLAlchemy knows."""
    with pytest.raises(SettingsError, match=r"store\.url"):
        connect(url)
