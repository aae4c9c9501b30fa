"""The check-up of a home."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.conftest import Jennie
from tests.unit.wiring.test_house import FRIDAY, MONDAY, bars

from jennie_cli.engine.data import ingest
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.rules import JUDGED_RULES, RULES, DeadRules, WaitingRule
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset
from jennie_cli.settings import Masker, Options
from jennie_cli.wiring import EXTRAS, House, open_house
from jennie_cli.wiring.inspection import unclassified_pct


def checks(jennie: Jennie, *words: str) -> dict[str, dict[str, Any]]:
    """Return the findings by name."""
    found = jennie(*words, "doctor", "--json").document["checks"]
    return {row["name"]: row for row in found}


def home(tmp_path: Path) -> House:
    """Return the house of this test's home."""
    return open_house(Options(home=tmp_path / "home"), Masker())


def master(*fine: str) -> Batch:
    """Return a master of stocks with these sector labels."""
    count = len(fine)
    columns: dict[str, Any] = {
        column.name: np.full(count, np.nan if column.kind == "float" else None)
        for column in SCHEMAS[Dataset.STOCK_MASTER].columns
    }
    columns |= {
        "code": np.array([f"90000{n}" for n in range(count)], dtype=object),
        "name": np.array([f"n{n}" for n in range(count)], dtype=object),
        "market": np.array(["KOSPI"] * count, dtype=object),
        "kind": np.array(["COMMON"] * count, dtype=object),
        "status": np.array(["NORMAL"] * count, dtype=object),
        "sector_fine": np.array(fine, dtype=object),
        "sector_source": np.array(["naver"] * count, dtype=object),
        "known_at": np.zeros(count, dtype=np.int64),
        "source": np.array(["test"] * count, dtype=object),
    }
    return Batch(dataset=Dataset.STOCK_MASTER, columns=columns)


def test_a_fresh_home_is_well(jennie: Jennie) -> None:
    """Every line says ok or warn; what warns says what to do; the exit code is 0."""
    answer = jennie("doctor", "--json")
    assert (0, True) == (answer.code, answer.document["ok"])
    rows = answer.document["checks"]
    assert {"ok", "warn"} >= {r["level"] for r in rows}
    assert all(r["todo"] for r in rows if r["level"] != "ok")
    assert {
        "python",
        "home",
        "disk",
        "settings",
        "database",
        "bus",
        "secrets",
        "clock",
        "exchange",
    } <= {r["name"] for r in rows}
    assert {"ledger": "no order yet", "flags": "none is up"} == {
        r["name"]: r["detail"] for r in rows if r["name"] in {"ledger", "flags"}
    }
    text = jennie("doctor").out
    assert all(f"{r['level']:<5}{r['name']}" in text for r in rows)


def test_an_absent_extra_says_what_it_costs(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the loss and how to install it."""
    monkeypatch.setattr("jennie_cli.wiring.extras.find_spec", lambda _: None)
    found = checks(jennie)
    for extra in EXTRAS:
        row = found[f"extra [{extra.name}]"]
        assert ("warn", f"absent: {extra.without}") == (row["level"], row["detail"])
        assert f'pip install "jennie-cli[{extra.name}]"' == row["todo"]
    monkeypatch.setattr("jennie_cli.wiring.extras.find_spec", lambda _: _)
    assert "ok" == checks(jennie)["extra [llm]"]["level"]


def test_what_fails_is_3_and_does_not_stop_the_rest(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong setting fails its line and whatever needs it; the others are still checked."""
    monkeypatch.setenv("SCOUT_UNIVERSE_SIZE", "many")
    answer = jennie("doctor", "--json")
    assert (ExitCode.SETTINGS, False) == (answer.code, answer.document["ok"])
    rows = {r["name"]: r for r in answer.document["checks"]}
    assert "fail" == rows["settings"]["level"]
    assert "SCOUT_UNIVERSE_SIZE" in rows["settings"]["detail"]
    assert "ok" == rows["database"]["level"]
    assert ExitCode.SETTINGS == jennie("doctor").code


def test_a_home_that_cannot_be_written_fails(jennie: Jennie, tmp_path: Path) -> None:
    """The check-up itself still works there."""
    (tmp_path / "home").write_text("")
    assert ExitCode.SETTINGS == jennie("--home", f"{tmp_path}/home/x", "doctor").code


def test_paper_lacks_its_keys_and_live_fails(jennie: Jennie) -> None:
    """What a profile needs is named with the command that stores it."""
    paper = checks(jennie, "--profile", "paper")
    assert "warn" == paper["secrets"]["level"]
    assert "jennie secrets set kis_paper_app_key" == paper["secrets"]["todo"]
    assert ("warn", "not asked: a secret is missing") == (
        paper["broker"]["level"],
        paper["broker"]["detail"],
    )
    live = checks(jennie, "--profile", "live")
    assert ("fail", "fail") == (live["secrets"]["level"], live["profile"]["level"])


def test_old_bars_are_a_warning_outside_sim(jennie: Jennie, tmp_path: Path) -> None:
    """In sim the newest imported day is now; with an account it is old."""
    house = home(tmp_path)
    ingest([bars(FRIDAY, MONDAY)], facts=house.imported_facts)
    house.close()
    assert "imported; newest daily bars 2025-06-30" == checks(jennie)["market"]["detail"]
    old = checks(jennie, "--profile", "paper")["market"]
    assert "warn" == old["level"]
    assert "newest daily bars 2025-06-30, expected" in old["detail"]


@pytest.mark.parametrize(
    ("fine", "share", "level"),
    [(["반도체와반도체장비"] * 19 + ["?"], 5.0, "ok"), (["반도체와반도체장비", "?"], 50.0, "warn")],
)
def test_stocks_without_a_sector_are_counted(
    fine: list[str], share: float, level: str, jennie: Jennie, tmp_path: Path
) -> None:
    """More than 5 % unknown is a warning."""
    house = home(tmp_path)
    ingest([bars(FRIDAY), master(*fine)], facts=house.imported_facts)
    house.close()
    again = home(tmp_path)
    assert share == unclassified_pct(again)
    again.close()
    assert level == checks(jennie)["sectors"]["level"]


def test_sleeping_rules_are_named(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that never fired warn; rules that wait for an input are told apart."""
    first, second, *_ = RULES.values()
    found = DeadRules(never_fired=(first,), waiting=(WaitingRule(rule=second, inputs=("news",)),))
    monkeypatch.setattr("jennie_cli.wiring.inspection.silent_rules", lambda _: found)
    rows = checks(jennie)
    assert ("warn", f"never fired over the stored runs: {first.id}") == (
        rows["rules"]["level"],
        rows["rules"]["detail"],
    )
    assert f"for an input: {second.id} (news)" == rows["rules waiting"]["detail"]
    monkeypatch.setattr(
        "jennie_cli.wiring.inspection.silent_rules",
        lambda _: DeadRules(never_fired=(), waiting=()),
    )
    assert "every rule with its input has fired" == checks(jennie)["rules"]["detail"]


@pytest.mark.parametrize(
    ("sessions", "fired", "told"),
    [
        (19, 0, ("ok", "19 sessions recorded; some are still silent")),
        (20, 0, ("warn", "never fired over 20 sessions: gate.min_bars, ")),
        (20, 1, ("ok", "20 sessions recorded; every rule with its input has fired")),
    ],
)
def test_rules_that_stay_silent_for_a_month_of_sessions_warn(
    jennie: Jennie, tmp_path: Path, sessions: int, fired: int, told: tuple[str, str]
) -> None:
    """A few sessions prove nothing; the record of the home is read, without an exchange."""
    assert "no session recorded yet" == checks(jennie)["session rules"]["detail"]
    house = home(tmp_path)
    with house.records.begin() as connection:
        for day in range(1, sessions + 1):
            for rule in JUDGED_RULES:
                connection.exec_driver_sql(
                    "INSERT INTO evaluation_count VALUES ('sim', ?, ?, 9, ?)",
                    (20250600 + day, rule, fired),
                )
    house.close()
    row = checks(jennie)["session rules"]
    assert told == (row["level"], row["detail"][: len(told[1])])
    assert "exit.profit_target" not in row["detail"]


def test_a_full_disk_and_an_absent_bus_are_told(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what to do."""
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr("jennie_cli.wiring.checkup.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr("jennie_cli.wiring.checkup.find_spec", lambda _: None)
    rows = checks(jennie)
    assert ("fail", "warn") == (rows["disk"]["level"], rows["bus"]["level"])
    assert "JENNIE_REDIS_URL" in rows["bus"]["todo"]
