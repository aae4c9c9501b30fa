"""What the exam cannot ask: panels that go stale, files that are replaced, versions."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.sql import SqlFacts
from jennie_cli.adapters.sql import facts as module
from jennie_cli.engine.store import Batch, Dataset, FileRecord
from jennie_cli.testing import bars, batch, flows, moment

D1, D2 = date(2025, 6, 26), date(2025, 6, 27)


def again(engine: Engine, tmp_path: Path) -> SqlFacts:
    """Return another process's view of the same home."""
    return SqlFacts(
        engine, panels=PanelFiles(tmp_path / "panel"), minutes=MinuteFiles(tmp_path / "minutes")
    )


def version(engine: Engine, dataset: Dataset) -> int | None:
    """Return how often a dataset was changed."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT version FROM fact_state WHERE dataset = :d"), {"d": dataset.value}
        )
        return found.scalar()


def test_a_lost_panel_is_made_again_from_the_rows(
    engine: Engine, facts: SqlFacts, tmp_path: Path
) -> None:
    """Without its files the panel is the same as before, and kept anew."""
    facts.write([bars(("000020", D1, 1, 2, 1, 2, 3), ("005930", D2, 4, 6, 4, 5, 6))])
    facts.write([flows(("005930", D2, 7.0, float("nan")))])
    before = facts.daily(as_of=moment(D2, 18, 0), days=5)
    shutil.rmtree(tmp_path / "panel")
    reader = again(engine, tmp_path)
    after = reader.daily(as_of=moment(D2, 18, 0), days=5)
    assert before.codes == after.codes
    np.testing.assert_array_equal(before.close, after.close)
    np.testing.assert_array_equal([[np.nan, np.nan], [np.nan, 7.0]], reader.flows(after).foreign)
    assert 2 == len(list((tmp_path / "panel").iterdir()))


def test_a_reader_meets_what_another_process_wrote(
    engine: Engine, facts: SqlFacts, tmp_path: Path
) -> None:
    """A panel held open is left for the new one as soon as the rows change."""
    facts.write([bars(("000020", D1, 1, 2, 1, 2, 3))])
    reader = again(engine, tmp_path)
    held = reader.daily(as_of=moment(D2), days=5)
    facts.write([bars(("000020", D2, 2, 3, 2, 3, 4))])
    assert [2.0] == held.close[:, 0].tolist()
    assert [2.0, 3.0] == reader.daily(as_of=moment(D2), days=5).close[:, 0].tolist()
    assert 1 == len(list((tmp_path / "panel").iterdir()))


def test_reading_needs_no_panel_from_a_writer_that_was_killed(
    facts: SqlFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no panel was kept for the present rows, reading still gives them."""
    facts.write([bars(("000020", D1, 1, 2, 1, 2, 3))])
    monkeypatch.setattr(PanelFiles, "load", lambda *_: None)
    monkeypatch.setattr(module.SqlFacts, "_kept_grid", lambda *_: None)
    assert ("000020",) == facts.daily(as_of=moment(D2), days=5).codes


def test_versions_count_changes_only(engine: Engine, facts: SqlFacts) -> None:
    """Writing what is there already is no change of the dataset."""
    for _ in range(2):
        facts.write([bars(("000020", D1, 1, 2, 1, 2, 3))])
    assert 1 == version(engine, Dataset.DAILY_BARS)
    assert version(engine, Dataset.FLOWS_STOCK) is None


def test_rows_written_out_of_order_come_back_in_order(facts: SqlFacts) -> None:
    """A batch may be in any order; reading is in key order."""
    facts.write([bars(("005930", D2, 4, 6, 4, 5, 6), ("000020", D1, 1, 2, 1, 2, 3))])
    rows = facts.read(Dataset.DAILY_BARS, as_of=moment(D2))
    assert ["000020", "005930"] == rows["code"].tolist()


def test_more_rows_than_one_statement_takes(facts: SqlFacts) -> None:
    """Statements of many rows and the short last one add up to every row, counted exactly."""
    rows = [(f"{n:06d}", D1, 10, 11, 9, 10, n) for n in range(60_011)]
    (first,) = facts.write([bars(*rows)])
    (second,) = facts.write([bars(*rows[:-1], (*rows[-1][:6], 1))])
    assert (60_011, 0, 0) == (first.new, first.changed, first.unchanged)
    assert (0, 1, 60_010) == (second.new, second.changed, second.unchanged)
    many = [f"{n:06d}" for n in range(700)]
    assert 700 == len(facts.read(Dataset.DAILY_BARS, as_of=moment(D2), codes=many)["code"])


def minute(price: int) -> Batch:
    """Return one minute bar."""
    names = ("code", "date", "time", "open", "high", "low", "close", "volume")
    row = ("000020", D1, 901, price, price, price, price, 1)
    return batch(Dataset.MINUTE_BARS, [row], *names, known_at=lambda _: moment(D1, 9, 2))


def closes(facts: SqlFacts) -> list[int]:
    """Return the minute bars' prices."""
    return list(facts.read(Dataset.MINUTE_BARS, as_of=moment(D2))["close"])


def test_a_day_that_goes_and_comes_again_keeps_its_file(facts: SqlFacts, tmp_path: Path) -> None:
    """A file is named by its content: what one write drops and makes again is not deleted."""
    facts.write([minute(5)])
    facts.write([minute(6), minute(5)])
    assert [5] == closes(facts)
    assert 1 == len(list((tmp_path / "minutes").rglob("*.parquet")))
    facts.write([minute(7), minute(8)])
    assert [8] == closes(facts)
    assert 1 == len(list((tmp_path / "minutes").rglob("*.parquet")))


def test_a_failed_write_leaves_the_files_of_the_one_before(facts: SqlFacts, tmp_path: Path) -> None:
    """Undoing deletes only what was not there before."""
    facts.write([minute(5)])

    def stopped() -> Iterator[Batch]:
        yield minute(6)
        yield minute(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        facts.write(stopped())
    assert [5] == closes(facts)
    assert 1 == len(list((tmp_path / "minutes").rglob("*.parquet")))


def test_a_damaged_panel_is_made_again(engine: Engine, facts: SqlFacts, tmp_path: Path) -> None:
    """An empty array file is noticed, by readers and by the next write."""
    facts.write([bars(("000020", D1, 1, 2, 1, 2, 3))])
    (path,) = (tmp_path / "panel").glob("*/close.npy")
    path.write_bytes(b"")
    assert [2.0] == again(engine, tmp_path).daily(as_of=moment(D2), days=5).close[:, 0].tolist()
    assert path.stat().st_size
    path.write_bytes(b"")
    facts.write([bars(("000020", D2, 1, 2, 1, 3, 3))])
    reader = again(engine, tmp_path)
    assert [2.0, 3.0] == reader.daily(as_of=moment(D2), days=5).close[:, 0].tolist()


def test_lost_minute_bars_can_be_imported_again(facts: SqlFacts, tmp_path: Path) -> None:
    """Files of lost rows count as not imported, and rows are not counted twice."""
    record = FileRecord(
        name="m.csv", sha256="ab", dataset=Dataset.MINUTE_BARS, rows=1, at=moment(D1)
    )
    facts.write([minute(5)], files=[record])
    assert ["ab"] == list(facts.imported())
    (path,) = (tmp_path / "minutes").rglob("*.parquet")
    path.unlink()
    assert [] == list(facts.imported())
    facts.write([minute(5)], files=[record])
    assert ["ab"] == list(facts.imported())
    assert ([5], [1]) == (closes(facts), [c.rows for c in facts.coverage()])


def test_imported_files_come_in_the_order_of_writing(facts: SqlFacts) -> None:
    """A file that was written again is the newest."""
    first, second = (
        FileRecord(name=n, sha256=n, dataset=Dataset.DAILY_BARS, rows=1, at=moment(D1))
        for n in "ba"
    )
    facts.write([], files=[first])
    facts.write([], files=[second])
    assert ["b", "a"] == list(facts.imported())
    facts.write([], files=[first])
    assert ["a", "b"] == list(facts.imported())
