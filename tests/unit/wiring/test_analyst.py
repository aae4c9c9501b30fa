"""The scout's adviser of a home: the sages of an invented world, the log, the bus."""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from tests.unit.adapters.llama_cpp.tiny import write_tiny
from tests.unit.engine.analyst.opinions import case
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.analyst import Heard, Stop
from jennie_cli.engine.bus import NoBusServer
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import HomeNotWritable, StorageFull
from jennie_cli.engine.model import FactCheck, LlmStatus
from jennie_cli.settings import Profile
from jennie_cli.wiring.analyst import HomeAnalyst, advisor_of
from jennie_cli.wiring.bus import open_bus_of

AT = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
CASES = [case("000010"), case("000020", name="나래전자")]


@pytest.fixture
def home() -> Iterator[Path]:
    """Return an empty home."""
    with short_home() as root:
        yield root


def heard(
    home: Path, *, profile: Profile = Profile.SIM, given: Mapping[str, str] | None = None
) -> Heard:
    """Ask the models of a home about two stocks, as one command does."""
    house = house_at(home, profile, given=given)
    try:
        return HomeAnalyst(house=house, told=lambda *_: None).opinions(CASES)
    finally:
        house.close()


def test_the_sages_of_a_new_home_answer_and_are_marked(home: Path) -> None:
    """Without any setting each stock has a simulated opinion that passes the fact check."""
    opinions = heard(home).opinions
    assert ["000010", "000020"] == list(opinions)
    for said in opinions.values():
        assert (LlmStatus.SIMULATED, FactCheck.PASSED, 0, False) == (
            said.status,
            said.fact_check,
            said.usd_micro,
            said.cached,
        )


def test_an_answer_of_today_is_reused_and_a_replay_asks_nobody(home: Path) -> None:
    """The second call finds the first one's words in the store, a replay as they were."""
    first = heard(home).opinions
    again = heard(home).opinions
    assert {True} == {o.cached for o in again.values()}
    assert [o.reason for o in first.values()] == [o.reason for o in again.values()]
    assert first == heard(home, given={"llm.replay": "log", "llm.reasoning": "openai"}).opinions
    anew = heard(home, given={"analyst.reuse_today": "false"}).opinions
    assert {False} == {o.cached for o in anew.values()}


def test_whoever_else_answered_today_is_not_heard_again(home: Path) -> None:
    """Another model is asked itself, and an answer of the sages never stands in for it."""
    heard(home)
    assert {True} == {o.cached for o in heard(home).opinions.values()}
    nobody = heard(home, given={"llm.reasoning": "server", "server.url": "http://127.0.0.1:1"})
    assert {} == nobody.opinions
    assert {"connect"} == set(nobody.failures.values())


def test_an_imported_market_is_replayed_where_nobody_can_be_asked(home: Path) -> None:
    """Its answers are in the log, whoever gave them; no model needs to be set up for that."""
    imported = {"market.source": "imported"}
    first = heard(home, given=imported | {"llm.reasoning": "sages"})
    assert first.opinions
    replay = imported | {"llm.replay": "log"}
    assert first == heard(home, given=replay)
    assert first == heard(home, given=replay, profile=Profile.PAPER)


def test_a_home_of_its_own_words_asks_with_them(home: Path) -> None:
    """A prompt file in the home is named and hashed as such; a broken one leaves quant alone."""
    (home / "prompts").mkdir()
    words = home / "prompts" / "analyst.txt"
    words.write_text("점수를 검산합니다.", encoding="utf-8")
    assert {"analyst.home"} == {o.prompt for o in heard(home).opinions.values()}
    words.write_bytes(b"\xff\xfe")
    broken = heard(home)
    assert (Stop.NO_MODEL, {}) == (broken.stop, broken.opinions)
    assert "analyst" in broken.said


def test_a_home_without_any_model_has_no_opinion_and_no_fault(home: Path) -> None:
    """Outside of the invented world nothing answers until a model is set up."""
    assert Heard(stop=Stop.NO_MODEL) == heard(home, profile=Profile.PAPER)


def test_the_sages_do_not_judge_an_imported_market_unbidden(home: Path) -> None:
    """Invented words move no score of real prices unless somebody names who says them."""
    imported = {"market.source": "imported"}
    assert Heard(stop=Stop.NO_MODEL) == heard(home, given=imported)
    named = heard(home, given=imported | {"llm.reasoning": "sages"}).opinions
    assert {LlmStatus.SIMULATED} == {o.status for o in named.values()}


def test_a_provider_without_its_key_is_told(home: Path) -> None:
    """Who named a provider hears why it cannot be asked."""
    found = heard(home, given={"llm.reasoning": "openai"})
    assert (Stop.NO_MODEL, {}) == (found.stop, found.opinions)
    assert "openai" in found.said


@pytest.mark.llm
def test_a_model_of_random_weights_moves_no_score(home: Path) -> None:
    """What a real engine writes without sense is no opinion, and each stock says how it failed."""
    model = write_tiny(home / "tiny.gguf")
    given = {"llm.model_file": str(model), "analyst.max_tokens": "300"}
    found = heard(home, given=given)
    assert ({}, None) == (found.opinions, found.stop)
    assert ["000010", "000020"] == list(found.failures)
    assert set(found.failures.values()) <= {"wrong_shape", "not_json"}


def benefits_of(
    home: Path, *, given: Mapping[str, str] | None = None
) -> Mapping[str, float] | None:
    """Return the points of what the bus of a home tells of competitors."""
    house = house_at(home, given=given)
    try:
        found = advisor_of(house, ["035420"], as_of=AT, told=lambda *_: None).benefits
    finally:
        house.close()
    return None if found is None else {code: b.points for code, b in found.items()}


def test_competitors_are_read_from_the_bus_of_a_home_that_has_one(home: Path) -> None:
    """A new home starts no server to find nothing; what was kept there is found again."""
    assert benefits_of(home) is None
    assert not (home / "bus").exists()
    told = {
        "score": 8,
        "reason": "경쟁사 서비스 장애",
        "affected_stock": "카카오",
        "event_type": "SERVICE_OUTAGE",
        "updated_at": AT.isoformat(),
    }

    async def write() -> None:
        async with open_bus_of(house_at(home)) as bus:
            await bus.keys.put(COMPETITOR_BENEFIT.of("035420"), json.dumps(told))

    asyncio.run(write())
    assert {"035420": 8.0} == benefits_of(home)


def test_a_bus_that_is_down_only_leaves_competitors_untold(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The run goes on without them and the log says so."""
    caplog.set_level(logging.WARNING)
    assert benefits_of(home, given={"redis.url": f"unix://{home}/nobody.sock"}) is None
    assert "no word of competitors" in caplog.text


@pytest.mark.parametrize(
    "fault", [NoBusServer("no server"), HomeNotWritable("read only"), StorageFull("disk full")]
)
def test_a_bus_that_cannot_be_opened_only_leaves_competitors_untold(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """Neither a missing server nor a full disk ends a run for news it can do without."""

    def closed(_: object) -> None:
        raise fault

    monkeypatch.setattr("jennie_cli.wiring.bus.open_bus_of", closed)
    assert benefits_of(home, given={"redis.url": f"unix://{home}/nobody.sock"}) is None
    assert str(fault) in caplog.text
