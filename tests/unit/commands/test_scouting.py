"""The scout, regime and sectors commands over a small market and an in-memory run store."""

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.engine.scout.builders import TRADE_DATE, random_market
from typer.testing import CliRunner

from jennie_cli.commands import regime, scout, scouting, sectors
from jennie_cli.commands.output import Output
from jennie_cli.commands.session import Session
from jennie_cli.commands.view.watchlist import next_commands
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import InputError, UnknownRun, UnknownStock
from jennie_cli.engine.rules import (
    JUDGED_RULES,
    ORDER_RULES,
    RuleCount,
    SessionSilence,
    session_silence,
)
from jennie_cli.engine.store.memory import MemoryFacts, MemoryRuns
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import AsOf
from jennie_cli.wiring.insights import Sight

MORNING = datetime.combine(TRADE_DATE, time(8, 30), KST)


class DefaultSettings:
    """Settings nobody changed."""

    def slice(self, policy: type[Any]) -> Any:
        """Return the defaults of a policy."""
        return policy()


class SmallHouse:
    """A house whose market is made by hand and whose runs are forgotten at exit."""

    profile = Profile.SIM
    market = "generated"
    settings = DefaultSettings()
    facts = MemoryFacts()

    def __init__(self) -> None:
        """Open with an empty run store on the world's first morning."""
        self.runs = MemoryRuns()
        self.judged: SessionSilence | None = None
        self.clock = ManualClock(MORNING)
        self.masker = str
        self.wall_clock = ManualClock(MORNING)

    def ready(self) -> None:
        """Have the market at hand already."""

    def as_of(self, day: date | None) -> AsOf:
        """Return the world's first morning, or the end of a day."""
        if day is None:
            return AsOf(as_of=MORNING, trade_date=TRADE_DATE)
        return AsOf(as_of=datetime.combine(day, time(23, 59), KST), trade_date=day)

    def lock(self, name: str, *, doing: str) -> AbstractContextManager[None]:
        """Hold nothing: there is one process."""
        assert (name, doing) == ("scout", "saving a scout run")
        return nullcontext()


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the scout without a council, a snapshot and an archive."""
    monkeypatch.setattr(scouting, "sight_of", lambda *_: Sight())
    monkeypatch.setattr("jennie_cli.wiring.archive.stored_archive", lambda _: False)


class Desk:
    """One home at which commands are called one after another."""

    def __init__(self, home: Path) -> None:
        """Start without any run."""
        self.house = SmallHouse()
        self.home = home

    def call(self, app: typer.Typer, *words: str, verbosity: int = 0, as_json: bool = True) -> str:
        """Return what a command prints on stdout; its errors are raised."""
        out = StringIO()
        session = Session(
            Options(home=self.home, json=as_json, verbosity=verbosity),
            Output(as_json=as_json, stdout=out, stderr=StringIO()),
            Masker(()),
        )
        session.__dict__["house"] = self.house
        result = CliRunner().invoke(app, words, obj=session)
        if result.exception is not None:
            raise result.exception
        return out.getvalue()

    def json(self, app: typer.Typer, *words: str, verbosity: int = 0) -> dict[str, Any]:
        """Return the one document a command prints."""
        answer: dict[str, Any] = json.loads(self.call(app, *words, verbosity=verbosity))
        return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk whose every look at the market sees the same hundred stocks."""
    view = random_market(100).view()
    monkeypatch.setattr(scouting, "read_market", lambda _facts, **_as_of: view)
    monkeypatch.setattr(scouting, "silent_in_sessions", lambda house: house.judged)
    monkeypatch.setattr(scouting, "_advisor", lambda *_: None)
    return Desk(tmp_path)


def test_a_run_is_saved_and_shown_again_unchanged(desk: Desk) -> None:
    """`scout show` prints the same document from the store alone."""
    made = desk.json(scout.app, "run")
    assert made == desk.json(scout.app, "show")
    assert made == desk.json(scout.app, "show", "--run", made["run_id"])
    assert 20 >= len(made["stocks"]) >= 1


def test_the_page_is_drawn_from_the_stored_run_as_well(desk: Desk) -> None:
    """Run and show draw the same page."""
    made = desk.call(scout.app, "run", as_json=False)
    assert made == desk.call(scout.app, "show", as_json=False)
    assert "가상시장" in made


def test_runs_of_one_standing_moment_are_told_apart(desk: Desk) -> None:
    """Two runs while the clock stands have two ids, and the later one is the newest."""
    first, second = (desk.json(scout.app, "run")["run_id"] for _ in range(2))
    assert ("20250630-083000-001", "20250630-083000-002") == (first, second)
    assert second == desk.json(scout.app, "show")["run_id"]
    history = desk.json(scout.app, "history", "--limit", "5")
    assert [second, first] == [r["run_id"] for r in history["runs"]]


def test_top_limits_what_is_shown_and_not_what_is_saved(desk: Desk) -> None:
    """--top 3 prints three stocks; the stored run has them all."""
    assert 3 == len(desk.json(scout.app, "run", "--top", "3")["stocks"])
    assert len(desk.json(scout.app, "show")["stocks"]) > 3


def test_options_reach_the_run(desk: Desk) -> None:
    """Board, universe, scorer and --no-llm are what was asked."""
    made = desk.json(
        scout.app, "run", "--market", "kosdaq", "--universe", "20", "--scorer", "v1", "--no-llm"
    )
    assert {"KOSDAQ"} == {s["market"] for s in made["stocks"]}
    assert ("v1", 20, False) == (
        made["scorer"],
        made["sources"]["market_cap"],
        made["llm"]["asked"],
    )


def test_a_day_is_asked_as_known_at_its_end(desk: Desk) -> None:
    """--date makes that day the trade date."""
    assert "2025-06-27" == desk.json(scout.app, "run", "--date", "2025-06-27")["trade_date"]


def test_stability_remembers_the_watchlists_of_earlier_dates(desk: Desk) -> None:
    """With --stability the last list's members may stay where newcomers may not enter."""
    before = desk.json(scout.app, "run", "--date", "2025-06-27")
    calm = desk.json(scout.app, "run", "--stability")
    asked = {r["rule"] for r in calm["rules"]}
    assert {"stability.enter", "stability.stay"} <= asked
    assert {s["code"] for s in calm["stocks"]} <= {s["code"] for s in before["stocks"]}


def test_verbose_show_names_the_rules_that_never_fired(desk: Desk) -> None:
    """-v adds the silent rules and those that wait, in JSON and on the page."""
    desk.json(scout.app, "run")
    doc = desk.json(scout.app, "show", verbosity=1)
    assert 1 == doc["rules_over_runs"]
    assert "eligible.liquidity" in doc["never_fired"]
    assert {"rule": "model.guardrail", "inputs": ["model"]} in doc["waiting"]
    page = desk.call(scout.app, "show", verbosity=1, as_json=False)
    assert "AI 가드레일 ← AI 모델" in page
    assert doc["session_rules"] is None
    assert "매매 규칙" not in page


def test_verbose_show_tells_the_silent_rules_of_the_sessions(desk: Desk) -> None:
    """How often each was asked, which sleep and why, what waits, and how the stamp fared."""
    desk.json(scout.app, "run")
    counts = [RuleCount(rule=r, asked=1_200, fired=int(r == "gate.rsi")) for r in JUDGED_RULES]
    counts += [RuleCount(rule=r, asked=3, fired=int(r == "risk.stop")) for r in ORDER_RULES]
    desk.house.judged = session_silence(counts, sessions=2, switched_on={"exits.trailing"})
    doc = desk.json(scout.app, "show", verbosity=1)["session_rules"]
    assert 2 == doc["sessions"]
    assert {"rule": "exit.atr_stop", "asked": 1_200} in doc["never_fired"]
    assert [{"rule": "exit.profit_target", "setting": "exits.trailing"}] == doc["asleep"]
    assert ["risk.stop"] == doc["stamp"]["refusing"]
    assert "risk.phase" in doc["stamp"]["never_refused"]
    page = desk.call(scout.app, "show", verbosity=1, as_json=False)
    silent = len(doc["never_fired"])
    for said in (
        f"매매 규칙 {silent}개가 장을 2번 보는 동안 한 번도 발동하지 않았습니다",
        "  gate.vix_crisis  VIX 위기 · 1,200번 물음",
        "  목표 수익 ← exits.trailing 이 켜져 있는 동안",
        f"주문 심사: 물은 규칙 {len(ORDER_RULES)}개 가운데 1개가 주문을 막은 적이 있습니다.",
    ):
        assert said in page
    assert "gate.rsi" not in page
    desk.house.judged = session_silence(
        [RuleCount(rule=r, asked=9, fired=8) for r in JUDGED_RULES], sessions=2, switched_on=()
    )
    page = desk.call(scout.app, "show", verbosity=1, as_json=False)
    assert "자료가 있는 매매 규칙은 모두 한 번 이상 발동했습니다 (장 2번)." in page


def test_explain_answers_for_code_and_name(desk: Desk) -> None:
    """The same candidate is explained by either; gates are listed with -v."""
    first = desk.json(scout.app, "run")["stocks"][0]
    by_code = desk.json(scout.app, "explain", first["code"])
    assert by_code == desk.json(scout.app, "explain", first["name"])
    assert first["quant_score"] == by_code["quant"]["total"]
    page = desk.call(scout.app, "explain", first["code"], verbosity=1, as_json=False)
    assert "eligible.market_cap" in page


def test_unknown_runs_and_stocks_are_named_errors(desk: Desk) -> None:
    """Nothing is invented for what is not stored."""
    with pytest.raises(UnknownRun):
        desk.call(scout.app, "show")
    desk.json(scout.app, "run")
    with pytest.raises(UnknownStock):
        desk.call(scout.app, "explain", "없는종목")


def test_two_runs_are_compared(desk: Desk) -> None:
    """A v1 run against the newest v2 run moves stocks; the page names the factor."""
    old = desk.json(scout.app, "run", "--scorer", "v1")["run_id"]
    desk.json(scout.app, "run")
    doc = desk.json(scout.app, "compare", old)
    assert doc["entered"] or doc["moved"]
    assert "모멘텀" in desk.call(scout.app, "compare", old, as_json=False)


def test_two_scorers_are_compared_on_the_market_of_a_run(desk: Desk) -> None:
    """--scorers ranks the run's candidates twice; nonsense is refused."""
    made = desk.json(scout.app, "run")["run_id"]
    doc = desk.json(scout.app, "compare", made, "--scorers", "v1,v2")
    assert ["v1", "v2"] == doc["scorers"]
    assert "순위상관" in desk.call(scout.app, "compare", made, "--scorers", "v1,v2", as_json=False)
    for wrong in ("v1", "v1,v9"):
        with pytest.raises(InputError):
            desk.call(scout.app, "compare", made, "--scorers", wrong)


def test_scorers_are_not_compared_across_markets(desk: Desk) -> None:
    """A run of another market cannot be scored on this one."""
    made = desk.json(scout.app, "run")["run_id"]
    desk.house.market = "imported"
    with pytest.raises(InputError, match="of the generated market"):
        desk.call(scout.app, "compare", made, "--scorers", "v1,v2")


@pytest.mark.parametrize("market", ["generated", "imported"])
def test_the_commands_that_the_page_suggests_answer(desk: Desk, market: str) -> None:
    """Each suggestion for this room can be typed as it stands and prints something."""
    desk.house.market = market
    desk.json(scout.app, "run")
    apps = {"scout": scout.app, "sectors": sectors.app}
    suggested = [args for args, _ in next_commands(desk.house.runs.load(), "ko")]
    mine = [args for args in suggested if args[0] in apps]
    assert mine
    for family, *words in mine:
        assert desk.call(apps[family], *words, as_json=False)


def test_regime_and_sectors_are_shown_without_a_run(desk: Desk) -> None:
    """Both are read from the market itself."""
    state = desk.json(regime.app, "show")
    assert {"regime", "components", "confidence", "shadow"} <= state.keys()
    assert state["regime"] in desk.call(regime.app, "show", as_json=False)
    budget = desk.json(sectors.app, "show")
    assert 14 == len(budget["sectors"])
    assert {"tier", "return_pct", "effective_cap", "held_count"} <= budget["sectors"][0].keys()


def test_the_sectors_of_a_stored_run_are_those_it_used(desk: Desk) -> None:
    """--run shows the budget that was kept."""
    made = desk.json(scout.app, "run")
    assert made["sectors"] == desk.json(sectors.app, "show", "--run", made["run_id"])["sectors"]
    assert "반도체" in desk.call(sectors.app, "show", "--run", made["run_id"], as_json=False)
