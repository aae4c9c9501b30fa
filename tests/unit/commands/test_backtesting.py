"""Backtests from the command line, over a small market that a person imported."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie
from tests.unit.engine.signals.test_guests import yes
from tests.unit.wiring.installed import Entry, install
from tests.unit.wiring.test_guests import never

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.venue import default_calendar
from jennie_cli.wiring import House

CODE, LAST = "005930", date(2025, 6, 26)
ASSUMED = ("--assume-regime", "bull", "--assume-score", "75")
DAYS = default_calendar().days(date(2025, 3, 3), LAST)


def _master() -> Iterator[str]:
    yield "code,name,market,kind,status,sector_fine,sector_source"
    yield f"{CODE},삼성전자,KOSPI,COMMON,NORMAL,반도체와반도체장비,naver"


def _daily() -> Iterator[str]:
    yield "code,date,open,high,low,close,volume"
    for day in DAYS:
        yield f"{CODE},{day},60000,60500,59500,60000,1000000"


def _minutes() -> Iterator[str]:
    """Yield two sessions: a slow fall, then a rise on volume, so that something is bought."""
    yield "code,date,time,open,high,low,close,volume"
    for day in DAYS[-2:]:
        for n in range(300):
            at = (9 + n // 60) * 100 + n % 60
            price = 60_000 - 100 * (n // 10) if n < 100 else 59_000 + 100 * (n - 100)
            volume = 1_000 if n < 100 else 5_000
            yield f"{CODE},{day},{at},{price},{price + 100},{price - 100},{price + 100},{volume}"


@pytest.fixture
def market(jennie: Jennie, tmp_path: Path) -> None:
    """Import one stock with its days and two sessions of minutes."""
    for name, rows in (
        ("stock_master", _master),
        ("daily_ohlcv", _daily),
        ("minute_bars", _minutes),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(rows()) + "\n", encoding="utf-8")
        answer = jennie("data", "import", str(path))
        assert 0 == answer.code, answer.err


@pytest.mark.usefixtures("market")
def test_a_backtest_is_run_kept_and_shown_again(jennie: Jennie) -> None:
    """The same figures come back, in JSON and in words; the page is named on stderr."""
    run = jennie("backtest", "run", *ASSUMED, "--json")
    assert 0 == run.code, run.err
    assert (2, 100_000_000) == (run.document["sessions"], run.document["capital"])
    assert 2 == run.document["assumed_regimes"]
    (path,) = (word for word in run.err.split() if word.endswith(".html"))
    page = Path(path).read_text(encoding="utf-8")
    assert all(word in page for word in ("assume_score = 75", "assume_regime = bull", "10 bp"))
    name = run.document["backtest_id"]
    assert run.document == jennie("backtest", "show", name, "--json").document
    (line,) = jennie("backtest", "list", "--json").document["backtests"]
    assert name == line["backtest_id"]
    shown = jennie("backtest", "show")
    assert name in shown.out
    assert all(len(row) <= 100 for row in shown.out.splitlines())


@pytest.mark.usefixtures("market")
def test_a_setting_for_one_backtest_changes_only_that_one(jennie: Jennie) -> None:
    """It is told with the result, its hash is another one, and the home keeps its own."""
    first = jennie("backtest", "run", *ASSUMED, "--json").document
    asked = jennie("backtest", "run", *ASSUMED, "--set", "signals.rsi_max=60", "--json").document
    assert "60" == asked["asked"]["signals.rsi_max"]
    assert first["settings_hash"] != asked["settings_hash"]
    assert (first["data_hash"], first["code_hash"]) == (asked["data_hash"], asked["code_hash"])
    value = jennie("config", "get", "signals.rsi_max", "--json").document
    assert "60" not in str(value["value"])
    compared = jennie("backtest", "compare", first["backtest_id"])
    assert 0 == compared.code
    assert first["backtest_id"] in compared.out
    assert asked["backtest_id"] in compared.out


@pytest.mark.usefixtures("market")
def test_a_file_that_cannot_be_read_hides_no_other(jennie: Jennie) -> None:
    """It is named in its line."""
    name = jennie("backtest", "run", *ASSUMED, "--json").document["backtest_id"]
    page = jennie("backtest", "run", *ASSUMED).err.split()[-1]
    Path(page).with_suffix(".json").write_text("{}")
    found = jennie("backtest", "list", "--json").document
    assert [name] == [row["backtest_id"] for row in found["backtests"]]
    assert [Path(page).stem] == found["unreadable"]
    assert Path(page).stem in jennie("backtest", "list").out


@pytest.mark.usefixtures("market")
def test_the_place_of_a_deleted_one_is_not_given_to_another(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three in one second the first is deleted; the next is the fourth, and nothing is lost."""
    monkeypatch.setattr(House, "wall_clock", ManualClock(datetime(2026, 1, 2, 9, tzinfo=KST)))
    pages = [Path(jennie("backtest", "run", *ASSUMED).err.split()[-1]) for _ in range(3)]
    pages[0].with_suffix(".json").unlink()
    jennie("backtest", "run", *ASSUMED)
    kept = jennie("backtest", "list", "--json").document["backtests"]
    assert [f"20260102-090000-00{n}" for n in (4, 3, 2)] == [row["backtest_id"] for row in kept]


@pytest.mark.usefixtures("market")
def test_what_settings_choose_is_not_data(jennie: Jennie) -> None:
    """Another exit, another strategy, other capital: the same data, and other settings."""
    asked = [
        (),
        ("--set", "exits.trailing=false"),
        ("--strategy", "momentum", "--set", "signals.momentum_rise_pct=2.5"),
        ("--capital", "5000000"),
    ]
    found = [jennie("backtest", "run", *ASSUMED, *words, "--json").document for words in asked]
    assert 1 == len({each["data_hash"] for each in found})
    assert len(asked) == len({each["settings_hash"] for each in found})


@pytest.mark.usefixtures("market")
def test_only_the_strategies_that_were_asked_for_buy(jennie: Jennie) -> None:
    """All others are shadows."""
    found = jennie("backtest", "run", *ASSUMED, "--strategy", "bb_lower", "--json").document
    assert {row["name"] for row in found["report"]["strategies"]} <= {"BB_LOWER"}


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "signals.rsi_max"), "KEY=VALUE"),
        (("--set", "signals.nonsense=1"), "signals.nonsense"),
        (("--set", "scout.universe_size=50"), "does not read scout.universe_size"),
        (("--set", "signals.rsi_max=many"), "signals.rsi_max"),
        (("--strategy", "LUCK"), "no strategy LUCK"),
        (("--assume-regime", "sunny"), "no regime sunny"),
        (("--from", "2025-06-27", "--to", "2025-06-26"), "is after"),
        (("--from", "2025-03-03", "--to", "2025-03-04"), "minute bars"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(jennie: Jennie, words: tuple[str, ...], told: str) -> None:
    """With an exit code of its own, and nothing is kept."""
    answer = jennie("backtest", "run", *words)
    assert answer.code in {2, 3, 4}
    assert told in answer.err
    assert [] == jennie("backtest", "list", "--json").document["backtests"]


@pytest.mark.usefixtures("market")
def test_a_regime_that_nobody_knows_is_not_made_up(jennie: Jennie) -> None:
    """The day is named, and how to go on."""
    answer = jennie("backtest", "run")
    assert 0 != answer.code
    assert f"{DAYS[-2]}" in answer.err


def test_a_home_without_minutes_says_what_is_missing(jennie: Jennie, tmp_path: Path) -> None:
    """An imported market has those of its files alone; neither is there anything to show."""
    path = tmp_path / "daily_ohlcv.csv"
    path.write_text("\n".join(_daily()) + "\n", encoding="utf-8")
    assert 0 == jennie("data", "import", str(path)).code
    answer = jennie("backtest", "run")
    assert 0 != answer.code
    assert "data import" in answer.err
    assert "backtest run" in jennie("backtest", "list").out
    assert "backtest run" in jennie("backtest", "show").err


@pytest.mark.usefixtures("market")
def test_plugins_trade_in_the_past(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that says no stops every buy; that it was there is kept with the result."""
    alone = jennie("backtest", "run", *ASSUMED, "--json").document
    install(monkeypatch, Entry("jennie_cli.gates", "never", lambda: never))
    beside = jennie("backtest", "run", *ASSUMED, "--json").document
    assert alone["trips"]
    assert not beside["trips"]
    assert "gate never" == beside["asked"]["plugins"]
    assert alone["settings_hash"] != beside["settings_hash"]
    off = jennie("backtest", "run", *ASSUMED, "--set", "signals.plugin_gates_off=never", "--json")
    assert alone["trips"] == off.document["trips"]


@pytest.mark.usefixtures("market")
def test_a_strategy_of_a_plugin_is_asked_for_by_name(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It then trades alone."""
    install(monkeypatch, Entry("jennie_cli.strategies", "always", lambda: yes))
    run = jennie("backtest", "run", *ASSUMED, "--strategy", "plugin.always", "--json")
    assert 0 == run.code, run.err
    assert {"plugin.always"} == {trip["strategy"] for trip in run.document["trips"]}
