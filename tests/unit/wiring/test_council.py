"""The council of a home: who is asked, what is kept, who is told, and what is left alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.unit.engine.council.sages import DOWN, FakeModels, agreeing, analyst, judge, strategist
from tests.unit.engine.llm.desk_bench import Named, member
from tests.unit.wiring.council_home import DAY, SATURDAY, council_home, seat
from tests.unit.wiring.short_home import house_at

from jennie_cli.engine.bus.names import DAILY_INSIGHT
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import BadFile, HomeBusy, InputError, OutsideError
from jennie_cli.engine.llm import Desk, NoAnswer, Reply
from jennie_cli.engine.macro.collecting import Figure, MacroRecord, Scope
from jennie_cli.engine.model import Outlook
from jennie_cli.engine.store import CouncilRecord
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House
from jennie_cli.wiring.council import (
    Sitting,
    _last_session,
    ask_council,
    evidence_of,
    seats_of,
    sit,
)
from jennie_cli.wiring.insights import (
    Sight,
    insights_of,
    open_desk,
    session_insights,
    sight_of,
)
from jennie_cli.wiring.macro import macro_store_of
from jennie_cli.wiring.models import open_models
from jennie_cli.wiring.mornings import sources_of


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a briefing."""
    with council_home() as root:
        yield root


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    """The house of that home."""
    opened = house_at(home)
    yield opened
    opened.close()


def told_by_bus(house: House) -> CouncilRecord | None:
    """Return today's record as the bus has it."""

    async def asked() -> CouncilRecord | None:
        async with open_desk(house) as desk:
            return await desk.copied(house.clock.now())

    return asyncio.run(asked())


def held(house: House, **given: object) -> Sitting:
    """Let the council sit."""
    return asyncio.run(sit(house, **given))  # type: ignore[arg-type]


def test_what_is_ruled_is_kept_and_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store and bus hold the same record, of the world that it was made in."""
    seat(monkeypatch, FakeModels(agreeing()))
    sitting = held(house)
    record = sitting.record
    assert record is not None
    assert (True, None, ("sim", "imported"), "hedgecat0301") == (
        sitting.kept,
        sitting.untold,
        record.world,
        record.source_channel,
    )
    assert record == insights_of(house).on(DAY) == told_by_bus(house)


def test_a_dry_run_leaves_no_trace(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sages are asked, and that is all."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    sitting = held(house, dry=True)
    assert (3, False) == (len(models.asked), sitting.kept)
    assert sitting.record is not None
    assert (None, None) == (insights_of(house).on(DAY), told_by_bus(house))


def test_without_a_strategist_todays_insight_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run fails, and what stood before stands in the store and on the bus."""
    seat(monkeypatch, FakeModels(agreeing()))
    before = held(house).record
    seat(monkeypatch, FakeModels(agreeing(strategist=DOWN)))
    with pytest.raises(NoAnswer):
        held(house)
    assert before == insights_of(house).on(DAY) == told_by_bus(house)
    assert 1 == len(insights_of(house).runs(DAY))


def test_a_second_run_takes_the_place_of_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its record keeps when the day was first written, and both runs are kept."""
    seat(monkeypatch, FakeModels(agreeing()))
    first = held(house).record
    seat(monkeypatch, FakeModels(agreeing(chief_judge=judge(40, final_sentiment="neutral"))))
    second = held(house).record
    assert first is not None
    assert second is not None
    assert (first.created_at, 40) == (second.created_at, second.sentiment_score)
    assert (first, second) == insights_of(house).runs(DAY)


@pytest.mark.parametrize("weekend_off", [True, False])
def test_the_target_day_is_asked_of_the_calendar(
    home: Path, monkeypatch: pytest.MonkeyPatch, weekend_off: bool
) -> None:
    """A past Saturday is skipped though today is open, unless a setting has the council sit."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    given = {} if weekend_off else {"council.disable_holiday_check": "true"}
    house = house_at(home, given=given)
    sitting = held(house, day=SATURDAY)
    skipped = "closed" if weekend_off else "no_evidence"
    assert (skipped, []) == (sitting.skipped, models.asked)
    house.close()


def test_the_seeds_name_of_that_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DISABLE_HOLIDAY_CHECK lets a Saturday through to its evidence, of which there is none."""
    monkeypatch.setenv("DISABLE_HOLIDAY_CHECK", "true")
    house = house_at(home)
    assert "no_evidence" == held(house, day=SATURDAY).skipped
    house.close()


def test_a_day_that_the_calendar_does_not_know_is_not_skipped(house: House) -> None:
    """Only a day that is known to be closed is."""
    assert "no_evidence" == held(house, day=date(1901, 1, 7)).skipped


def test_a_day_to_come_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tomorrow as well as a far day: nobody is asked about what nobody knows."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    for day in (DAY + timedelta(days=1), date(2099, 1, 5)):
        with pytest.raises(InputError, match=f"{day} is after today, {DAY}"):
            held(house, day=day)
    assert [] == models.asked


def test_with_nothing_to_read_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither snapshot nor briefing is no failure."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    with council_home(briefing=False) as root:
        house = house_at(root)
        sitting = held(house)
        house.close()
    assert ("no_evidence", None, []) == (sitting.skipped, sitting.record, models.asked)


def test_a_damaged_day_is_written_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hint names this command, so it must not stand in its way."""
    seat(monkeypatch, FakeModels(agreeing()))
    held(house)
    with house.records.begin() as connection:
        connection.execute(text("UPDATE daily_macro_insight SET sector_signals = 'no json'"))
    record = held(house).record
    assert record is not None
    assert record == insights_of(house).on(DAY)


def snapshot(house: House, *, ago: timedelta) -> None:
    """Keep a snapshot of so long ago that knows the VIX and the change of the KOSPI."""
    at = house.clock.now() - ago
    told = {"vix": 15.27, "kospi_change_pct": 1.5}
    figures = {n: Figure(value=v, source="yahoo", as_of=at) for n, v in told.items()}
    record = MacroRecord(day=at.date(), at=at, scope=Scope.FULL, figures=figures)
    macro_store_of(house).put(record)


def test_the_morning_is_told_again_as_it_was(house: House) -> None:
    """What a later run of the day brought is no evidence of before it."""
    now = house.clock.now()
    snapshot(house, ago=timedelta(hours=3))
    morning = evidence_of(replaced(house, now - timedelta(hours=2)), now.date())
    snapshot(replaced(house, now), ago=timedelta(hours=1))
    again = evidence_of(replaced(house, now - timedelta(hours=2)), now.date())
    later = evidence_of(replaced(house, now), now.date())
    assert morning == again
    assert (now - timedelta(hours=3), now - timedelta(hours=1)) == (again.taken_at, later.taken_at)


def replaced(house: House, now: datetime) -> House:
    """Return the home at another moment."""
    house.__dict__["clock"] = ManualClock(now)
    return house


def test_an_old_snapshot_is_no_figure_of_today(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The insight would carry it on as today's; what is young enough is in it."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    snapshot(house, ago=timedelta(days=40))
    old = held(house).record
    assert old is not None
    assert (None, None, None) == (old.vix_value, old.kospi_change_pct, old.vix_regime)
    assert "15.27" not in models.words("strategist")
    snapshot(house, ago=timedelta(hours=1))
    fresh = held(house).record
    assert fresh is not None
    assert (15.27, 1.5) == (fresh.vix_value, fresh.kospi_change_pct)


def test_an_old_snapshot_alone_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked about a market of last month."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    with council_home(briefing=False) as root:
        house = house_at(root)
        snapshot(house, ago=timedelta(days=40))
        assert ("no_evidence", []) == (held(house).skipped, models.asked)
        house.close()


def test_beyond_the_calendar_the_change_is_of_the_day_itself(house: House) -> None:
    """There the session before is not known."""
    assert date(2099, 1, 5) == _last_session(house, date(2099, 1, 5))
    assert DAY - timedelta(days=1) == _last_session(house, DAY)


def test_two_councils_do_not_sit_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told who holds the room, and pays nothing."""
    models = FakeModels(agreeing())
    seat(monkeypatch, models)
    with house.lock("council", doing="holding the council"), pytest.raises(HomeBusy):
        held(house_at(house.home))
    assert [] == models.asked


def test_each_sage_has_its_own_provider_where_its_key_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key the tier's; a setting names any; the invented world is shown to nobody."""
    monkeypatch.setenv("JENNIE_GEMINI_API_KEY", "g" * 20)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "c" * 20)

    def seated(profile: Profile, **given: str) -> dict[str, str]:
        options = Options(home=tmp_path / "h", profile=profile, given=given)
        house = House(options, Masker())
        return {sage.value: name for sage, name in seats_of(house).items()}

    own = {"strategist": "gemini", "risk_analyst": "claude"}
    assert own == seated(Profile.PAPER)
    assert {} == seated(Profile.SIM)
    named = {"council.strategist": "local", "council.chief_judge": "cloud"}
    assert {"strategist": "local", "chief_judge": "cloud"} == seated(Profile.SIM, **named)
    assert {**own, "strategist": "local", "chief_judge": "cloud"} == seated(Profile.PAPER, **named)


def test_the_scout_is_told_what_stands(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups to avoid and favour, and the level of risk-off; nothing where nobody spoke."""
    now = house.clock.now()
    assert Sight() == sight_of(house, now)
    told = agreeing(chief_judge=judge(20, final_sentiment="bearish"))
    seat(monkeypatch, FakeModels(told))
    held(house)
    sight = sight_of(house, now)
    assert (frozenset({"건설/부동산"}), frozenset({"반도체/IT"}), 1) == (
        sight.avoid,
        sight.favour,
        sight.risk_off_level,
    )
    stale = sight_of(house, now + timedelta(days=1))
    assert (frozenset({"건설/부동산"}), frozenset()) == (stale.avoid, stale.favour)
    assert Sight() == sight_of(house, now + timedelta(days=2))


def test_an_insight_that_cannot_be_read_is_unknown_to_the_scout(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the run goes on without."""

    def lost(*_: object) -> None:
        raise OutsideError("The store is damaged.")

    monkeypatch.setattr("jennie_cli.adapters.sql.SqlInsights.newest", lost)
    monkeypatch.setattr("jennie_cli.wiring.insights.snapshot_at", lost)
    with caplog.at_level("WARNING", logger="jennie_cli.wiring.insights"):
        assert Sight() == sight_of(house, house.clock.now())
    assert ["insight", "snapshot"] == [
        word for word in ("insight", "snapshot") if any(word in m for m in caplog.messages)
    ]


def test_a_session_reads_the_store_and_the_copy_beside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the store cannot be read, today's copy on the bus stands."""
    seat(monkeypatch, FakeModels(agreeing()))
    record = held(house).record
    assert record is not None

    async def source() -> object:
        async with open_desk(house) as desk:
            return await session_insights(house, desk.keys, now=house.clock.now())

    insights = asyncio.run(source())
    now = house.clock.now()
    assert record.insight == insights.newest(now)  # type: ignore[attr-defined]
    assert Outlook.BULLISH is record.insight.sector_outlook["반도체/IT"]

    def lost(*_: object) -> None:
        raise OutsideError("The store is damaged.")

    monkeypatch.setattr("jennie_cli.adapters.sql.SqlInsights.newest", lost)
    assert record.insight == insights.newest(now)  # type: ignore[attr-defined]


def test_yesterdays_key_is_not_todays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that outlived midnight is not believed (check 4 of the acceptance list)."""
    seat(monkeypatch, FakeModels(agreeing()))
    held(house)
    tomorrow = house.clock.now() + timedelta(days=1)

    async def asked() -> tuple[object, object]:
        async with open_desk(house) as desk:
            return await desk.keys.get(DAILY_INSIGHT), await desk.today(tomorrow)

    key, today = asyncio.run(asked())
    assert key is not None
    assert today is None


def test_a_file_is_bounded_and_text(tmp_path: Path) -> None:
    """What is too large, no text or not there is refused before anybody is asked."""
    house = House(Options(home=tmp_path / "h", given={"council.file_kib": "1"}), Masker())
    large, binary = tmp_path / "large.py", tmp_path / "binary.bin"
    large.write_text("x" * 1_025)
    binary.write_bytes(b"\xff\xfe\x00")
    for path, words in ((large, "larger than 1 KiB"), (binary, "UTF-8"), (tmp_path, "IsADir")):
        with pytest.raises(BadFile, match=words):
            asyncio.run(ask_council(house, "?", path))
    house.close()


def test_reports_of_one_second_have_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No report is written over."""
    answer = {
        "verdict": {"decision": "veto", "confidence": 9},
        "key_findings": [],
        "recommendations": {"immediate_actions": ["멈춘다"]},
    }
    plan = {"title": "멈춤", "steps": ["멈춘다"]}
    seat(monkeypatch, FakeModels({"sage_answer": answer, "sage_plan": plan}))
    masker = Masker(["hunter2hunter2"])
    house = House(Options(home=tmp_path / "h"), masker)
    house.__dict__["wall_clock"] = ManualClock(house.wall_clock.now())
    paths = [asyncio.run(ask_council(house, "왜 hunter2hunter2?", None))[1] for _ in range(2)]
    house.close()
    assert 2 == len(set(paths))
    assert all("왜 \\*\\*\\*?" in path.read_text("utf-8") for path in paths)


def test_a_sim_home_asks_its_sages_and_replays_them(home: Path) -> None:
    """Over real sockets, marked and free; told again from the log, the record is the same."""
    first = held(house_at(home)).record
    again = held(house_at(home, given={"llm.replay": "log"}), dry=True).record
    assert first is not None
    assert (True, 0, "sages") == (
        first.simulated,
        first.council_cost_usd_micro,
        first.providers["strategist"],
    )
    assert first == again
    assert first == insights_of(house_at(home)).on(DAY)


PRICES = """
[[price]]
provider = "gemini"
model = "gemini-x"
from = 2020-01-01
in = "0.30"
out = "2.50"
source = "a test"

[[price]]
provider = "claude"
model = "claude-x"
from = 2020-01-01
in = "3"
out = "15"
source = "a test"

[[price]]
provider = "claude"
model = "claude-x"
from = 2099-01-01
in = "900"
out = "900"
source = "a price still to come"
"""


def test_cost_is_tokens_times_the_dated_price_to_the_cent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the real desk: a repaired answer costs both its calls, a stand-in its own price."""

    def said(words: dict[str, object] | str, provider: str, tokens: tuple[int, int]) -> Reply:
        text = words if isinstance(words, str) else json.dumps(words)
        return Reply(text=text, model=f"{provider}-x", tokens_in=tokens[0], tokens_out=tokens[1])

    members = Named(
        gemini=(
            member(
                "gemini",
                said("no json", "gemini", (4_000, 100)),
                said(strategist(), "gemini", (4_200, 900)),
            ),
        ),
        claude=(
            member(
                "claude",
                said(analyst(), "claude", (5_000, 700)),
                said(judge(), "claude", (1_500, 600)),
            ),
        ),
    )

    @asynccontextmanager
    async def opened(house: House) -> AsyncIterator[Desk]:
        async with open_models(house, members=members) as desk:
            yield desk

    monkeypatch.setattr("jennie_cli.wiring.council.open_models", opened)
    house.folder.prices.write_text(PRICES, encoding="utf-8")
    given = {
        "council.strategist": "gemini",
        "council.risk_analyst": "claude",
        "council.chief_judge": "claude",
    }
    record = held(house_at(house.home, given=given)).record
    assert record is not None
    gemini = 8_200 * Decimal("0.30") + 1_000 * Decimal("2.50")
    claude = 6_500 * 3 + 1_300 * 15
    assert (14_700, 2_300, False) == (record.tokens_in, record.tokens_out, record.degraded)
    assert gemini + claude == record.council_cost_usd_micro
    assert round((gemini + claude) * 1450 / 1_000_000) == record.council_cost_krw
    assert Decimal("0.04") == (Decimal(record.council_cost_usd_micro) / 1_000_000).quantize(
        Decimal("0.01")
    )


def test_mornings_are_read_with_what_the_council_wrote(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of today and those of the past, from the store."""
    seat(monkeypatch, FakeModels(agreeing()))
    record = held(house).record
    insights = sources_of(house, house.settings).insights
    assert record is not None
    assert insights is not None
    now = house.clock.now()
    assert (record.insight, None) == (
        insights.newest(now),
        insights.newest(record.created_at - timedelta(seconds=1)),
    )
