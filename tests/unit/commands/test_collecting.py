"""The macro commands over an imported home: what it tells, what it lacks and says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.unit.conftest import Jennie
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.errors import ExitCode
from jennie_cli.settings import Profile
from jennie_cli.wiring.macro import macro_store_of

DAYS = [date(2026, 3, 2) + timedelta(days=n) for n in (1, 2)]


@pytest.fixture
def home(jennie: Jennie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a home that imported two days of one stock and of both indices."""
    index = tmp_path / "index.csv"
    rows = [
        f"{code},{day},{level},{level},{level},{level + 10 * n},,"
        for n, day in enumerate(DAYS)
        for code, level in (("KOSPI", 6_500), ("KOSDAQ", 1_100))
    ]
    index.write_text("index_code,date,open,high,low,close,volume,value\n" + "\n".join(rows))
    bars = tmp_path / "bars.csv"
    rows = [f"005930,{day},70000,71000,69000,70500,1000" for day in DAYS]
    bars.write_text("code,date,open,high,low,close,volume\n" + "\n".join(rows))
    with short_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        imported = jennie("data", "import", str(index), str(bars))
        assert ExitCode.DONE == imported.code, imported.err + imported.out
        yield root


@pytest.mark.usefixtures("home")
def test_an_imported_market_tells_of_itself_alone(jennie: Jennie) -> None:
    """Its index is there; the rest is missing for want of a source, and no failure."""
    got = jennie("macro", "collect", "--json")
    assert ExitCode.DONE == got.code
    document = got.document
    assert (6510.0, "points", "imported") == tuple(
        document["fields"]["kospi_index"][n] for n in ("value", "unit", "source")
    )
    assert ("sim", "imported", "full", True, 0.2857) == tuple(
        document[n] for n in ("profile", "market", "scope", "kept", "completeness")
    )
    assert {"why": "no_source", "said": ""} == document["missing"]["vix"]
    assert ["imported"] == [s["name"] for s in document["sources"]]
    assert {"asked": 1, "failed": 0} == document["fetches_today"]


@pytest.mark.usefixtures("home")
def test_what_was_collected_is_shown_again(jennie: Jennie) -> None:
    """Now with its age, of a day as it was then; a day without one is named."""
    assert ExitCode.INPUT == jennie("macro", "show").code
    jennie("macro", "collect")
    newest = jennie("macro", "show", "--json").document
    assert newest == jennie("macro", "show", "--date", f"{DAYS[1]}", "--json").document
    assert {"kospi_index", "kosdaq_index"} <= newest["fields"].keys()
    assert newest["fields"]["kospi_index"]["age_s"] > 0
    gone = jennie("macro", "show", "--date", f"{DAYS[0]}")
    assert (ExitCode.INPUT, True) == (gone.code, "jennie macro collect" in gone.err)


def test_what_was_known_by_a_time_is_shown(jennie: Jennie, home: Path) -> None:
    """The evening's run does not hide the morning's."""
    jennie("macro", "collect")
    house = house_at(home, Profile.SIM)
    store = macro_store_of(house)
    evening = store.newest(house.clock.now())
    assert evening is not None
    seven = evening.at.replace(hour=7, minute=0, second=0)
    store.put(replace(evening, at=seven))
    house.close()
    dated = ("macro", "show", "--date", f"{DAYS[1]}", "--time")
    at = [jennie(*dated, time, "--json").document["at"] for time in ("07:30", "12:00")]
    assert [seven.isoformat()] * 2 == at
    before = jennie(*dated, "06:59", "--lang", "en")
    assert (ExitCode.INPUT, True) == (before.code, f"of {DAYS[1]} by 06:59" in before.err)
    assert ExitCode.USAGE == jennie("macro", "show", "--time", "07:30").code


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ko", ("코스피", "6,510.00", "없음 · 이 시장에 출처 없음", "저장했습니다.")),
        ("en", ("KOSPI", "6,510.00", "missing · no source here", "Kept.")),
    ],
)
def test_a_page_tells_figures_gaps_and_sources(
    jennie: Jennie, lang: str, words: tuple[str, ...]
) -> None:
    """In both languages."""
    shown = jennie("macro", "collect", "--lang", lang).out
    assert [w for w in words if w not in shown] == []


@pytest.mark.usefixtures("home")
def test_a_dry_run_keeps_nothing_and_a_quick_one_is_kept(jennie: Jennie) -> None:
    """The status tells which was last."""
    assert "저장하지 않았습니다" in jennie("macro", "collect", "--dry-run").out
    assert jennie("macro", "collect", "--status", "--json").document["snapshot"] is None
    assert "저장된 거시 스냅숏이 없습니다" in jennie("macro", "collect", "--status").out
    jennie("macro", "collect", "--quick")
    status = jennie("macro", "collect", "--status", "--json").document
    assert ("quick", True) == (status["snapshot"]["scope"], status["enabled"])
    assert "fred" in [b["budget"] for b in status["budgets"]]
    assert "fred  이번 분 0/120" in jennie("macro", "collect", "--status").out


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--sources", "vxx"), ExitCode.INPUT),
        (("--status", "--quick"), ExitCode.USAGE),
        (("--sources", " imported , imported"), ExitCode.DONE),
    ],
)
def test_a_source_is_named_by_its_name(
    jennie: Jennie, words: tuple[str, ...], code: ExitCode
) -> None:
    """A stranger is refused with the names there are."""
    assert code == jennie("macro", "collect", *words).code
