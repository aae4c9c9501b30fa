"""The real market data folder, imported once: nothing lost, nothing let in that should not be."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.unit.engine.data.conftest import NOW

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.files import FileReader, TableFolder
from jennie_cli.adapters.sql import SqlFacts, connect
from jennie_cli.engine.data import FileReport, ImportReport, import_paths
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.venue import default_calendar
from jennie_cli.testing import moment

pytestmark = pytest.mark.data
DAY = date(2025, 6, 27)


@dataclass
class Imported:
    """The store after the first import, its report, and the report of a second one."""

    facts: SqlFacts
    report: ImportReport
    again: ImportReport

    def file(self, name: str) -> FileReport:
        """Return the report of one file."""
        return next(f for f in self.report.files if f.name == name)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """The folder named by JENNIE_TEST_DATA, imported twice into one store."""
    folder = os.environ.get("JENNIE_TEST_DATA")  # noqa: TID251  # the one word tests are told
    if not folder:
        pytest.skip("JENNIE_TEST_DATA does not name the market data folder")
    home = tmp_path_factory.mktemp("imported")
    engine = connect(f"sqlite:///{home / 'jennie.sqlite'}")
    facts = SqlFacts(
        engine, panels=PanelFiles(home / "panel"), minutes=MinuteFiles(home / "minutes")
    )

    def run() -> ImportReport:
        return import_paths(
            [folder],
            reader=FileReader(),
            lister=TableFolder(),
            facts=facts,
            calendar=default_calendar(),
            now=NOW,
        )

    yield Imported(facts=facts, report=run(), again=run())
    engine.dispose()


def test_every_file_is_taken_and_the_rest_named(imported: Imported) -> None:
    """Seventeen tables are imported; the page and the fixtures are skipped by name."""
    assert 17 == len(imported.report.files)
    assert [("README.md", "no_table"), ("kis_fixtures", "folder")] == [
        (Path(path).name, why) for path, why in imported.report.skipped
    ]
    assert set(Dataset) == {c.dataset for c in imported.facts.coverage()}


def test_daily_bars_lose_only_the_impossible_rows(imported: Imported) -> None:
    """Three halted rows with volume go, halts stay halts, rounding is kept and counted."""
    file = imported.file("daily_ohlcv.parquet")
    assert (3_724_074, {"volume_on_halt": 3}) == (file.rows, dict(file.rejected))
    assert file.accepted == file.new
    assert {"halted_day", "close_outside_range"} == set(file.notes)


def test_rejections_are_those_the_data_is_known_to_need(imported: Imported) -> None:
    """One percentage over 100; no date off the calendar, no minute off its session."""
    reasons = {r for f in imported.report.files for r in f.rejected}
    assert {"volume_on_halt", "unknown_code", "pct_over_100", "bad_code", "duplicate"} == reasons
    assert 1 == imported.file("foreign_holding_daily.parquet").rejected["pct_over_100"]


def test_importing_again_changes_nothing(imported: Imported) -> None:
    """Every row of the second import is unchanged."""
    assert not imported.again.changed_anything
    assert {f.name: f.accepted for f in imported.report.files} == {
        f.name: f.unchanged for f in imported.again.files
    }


def test_known_closes_hold(imported: Imported) -> None:
    """Prices that everybody remembers are in the panel."""
    panel = imported.facts.daily(as_of=moment(DAY), days=1600)
    assert DAY == panel.days[-1]

    def close(code: str, day: date) -> float:
        return float(panel.close[panel.days.index(day), panel.codes.index(code)])

    assert 91_000 == close("005930", date(2021, 1, 11))
    assert 42_950 == close("005930", date(2020, 3, 19))
    assert 60_600 == close("000660", date(2019, 1, 2))
    listed = panel.codes.index("373220")
    assert 505_000 == close("373220", date(2022, 1, 27))
    assert np.isnan(panel.close[: panel.days.index(date(2022, 1, 27)), listed]).all()


def test_flows_of_two_files_meet(imported: Imported) -> None:
    """Net buying of 2025 lies on the panel's axes."""
    panel = imported.facts.daily(as_of=moment(DAY, 18, 0), days=20)
    flows = imported.facts.flows(panel)
    samsung = panel.codes.index("005930")
    assert not np.isnan(flows.foreign[:, samsung]).any()
    assert np.isnan(flows.foreign).any()


def test_minutes_of_the_exam_day_are_kept(imported: Imported) -> None:
    """The session of 2025-11-13 runs from 10:00 to 16:30."""
    rows = imported.facts.read(
        Dataset.MINUTE_BARS, as_of=moment(date(2026, 1, 1)), since=date(2025, 11, 13)
    )
    exam = rows["date"] == date(2025, 11, 13)
    assert (1000, True) == (rows["time"][exam].min(), rows["time"][exam].max() > 1530)
