"""Backtests in their folder: read back as they were, refused by name when they cannot be."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.engine.research.report_past import CAPITAL, FIRST, blocked, moment, past, trip

from jennie_cli.adapters.backtests import BacktestFolder
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.research import Backtest, backtest_report

EARLY, LATE = "20250702-090000-001", "20250702-090000-002"


def made(name: str) -> Backtest:
    """Return a backtest of one session with one trip."""
    results = past([[trip(5_000)]], blocks=[blocked("gate.rsi")])
    return Backtest(
        backtest_id=name,
        made_at=moment(date(2025, 7, 2)),
        market="imported",
        first=FIRST,
        last=FIRST,
        capital=CAPITAL,
        asked={"signals.rsi_max": "70"},
        watchlists={"none saved": 1},
        assumed_regimes=1,
        data_hash="d" * 16,
        settings_hash="s" * 16,
        code_hash="c" * 16,
        slippage_bp=10.0,
        report=backtest_report(results, capital=CAPITAL),
        trips=tuple(results[0].trips),
    )


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """Figures, days and tables alike; the page lies beside them, nothing else does."""
    store = BacktestFolder(tmp_path / "backtests")
    page = store.save(made(EARLY), "<p>한글</p>")
    assert made(EARLY) == store.load(EARLY)
    assert "<p>한글</p>" == Path(page).read_text(encoding="utf-8")
    names = {each.name for each in (tmp_path / "backtests").iterdir()}
    assert {f"{EARLY}.json", f"{EARLY}.html"} == names


def test_the_newest_is_the_one_meant(tmp_path: Path) -> None:
    """Without a name; the list begins with it."""
    store = BacktestFolder(tmp_path)
    for name in (LATE, EARLY):
        store.save(made(name), "")
    assert (LATE, EARLY) == store.ids()
    assert made(LATE) == store.load(None)


def test_what_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    """Neither an empty folder nor a path for a name is read."""
    store = BacktestFolder(tmp_path / "none")
    assert () == store.ids()
    with pytest.raises(InputError, match="No backtest"):
        store.load(None)
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(InputError, match="There is no backtest"):
        store.load("../secret")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"backtest_id": 1}'])
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, body: str) -> None:
    """Cut short or of another shape."""
    store = BacktestFolder(tmp_path)
    store.save(made(EARLY), "")
    (tmp_path / f"{EARLY}.json").write_text(body)
    with pytest.raises(InputError, match=f"backtest {EARLY} cannot be read"):
        store.load(EARLY)


def test_a_later_field_that_nobody_knows_does_no_harm(tmp_path: Path) -> None:
    """A home that a newer program wrote to can still be read."""
    store = BacktestFolder(tmp_path)
    store.save(replace(made(EARLY)), "")
    path = tmp_path / f"{EARLY}.json"
    path.write_text(path.read_text().replace('{"backtest_id"', '{"new": 1, "backtest_id"', 1))
    assert made(EARLY) == store.load(EARLY)
