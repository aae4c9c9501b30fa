"""The models of a home: asked, replayed, logged, paid for, and told of on the bus."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.engine.llm.desk_bench import GOOD, QUESTION, Named, member
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.bus.names import LLM_STATS
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, SettingsError
from jennie_cli.engine.llm import (
    Answer,
    FailureKind,
    Message,
    ModelFailed,
    NotInLog,
    Role,
    UsageTotal,
)
from jennie_cli.settings import Profile
from jennie_cli.wiring import House
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.members import HomeMembers
from jennie_cli.wiring.models import (
    home_prices,
    home_prompts,
    open_models,
    reply_log,
    usage_book,
)

KEY = "sk-planted-key-of-a-test-0123456789"
PRICE = """
[[price]]
provider = "deepseek"
model = "deepseek-flash"
from = 2026-01-01
in = "9.5"
out = "99"
source = "mine"
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home without a server."""
    with short_home() as root:
        yield root


def ask(house: House, *script: str | ModelFailed, text: str = "?") -> Answer[int]:
    """Ask a home whose model says what it is told."""
    asked = replace(QUESTION, messages=(Message(role=Role.USER, text=text),))

    async def case() -> Answer[int]:
        async with open_models(house, members=Named(auto=(member("one", *script),))) as models:
            return await models.ask(asked)

    return asyncio.run(case())


def used(house: House) -> list[UsageTotal]:
    """Return what models used today."""
    today = house.wall_clock.now().astimezone(KST).date()
    return list(usage_book(house).totals(today, today))


def test_a_sim_home_asks_its_sages_and_replays_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over real sockets, marked and free; the replay is the same and builds nobody."""

    async def case(house: House) -> Answer[int]:
        async with open_models(house) as models:
            return await models.ask(QUESTION)

    house = house_at(home)
    answer = asyncio.run(case(house))
    assert ("sages", "sim-sage-1", True, 0) == (
        answer.provider,
        answer.model,
        answer.simulated,
        answer.usd_micro,
    )
    assert [("sages", 1, 0)] == [(t.provider, t.calls, t.errors) for t in used(house)]

    async def nobody(*asked: object) -> None:
        raise AssertionError(asked)

    monkeypatch.setattr(HomeMembers, "of", nobody)
    again = asyncio.run(case(house_at(home, given={"llm.replay": "log"})))
    assert replace(answer, replayed=True) == again
    assert [1] == [t.calls for t in used(house)]


def test_a_replay_of_what_was_never_asked_is_told(home: Path) -> None:
    """No provider is asked instead."""
    with pytest.raises(NotInLog):
        ask(house_at(home, given={"llm.replay": "log"}), GOOD)


def test_a_planted_key_is_in_no_file(home: Path) -> None:
    """Neither in the reply log nor in the lines of the debug log, whoever echoed it."""
    house = house_at(home, given={"llm.debug_log": "true"})
    house.masker.learn(KEY)
    echo = ModelFailed(f"no such key {KEY}", kind=FailureKind.UNAUTHORISED)
    with pytest.raises(ModelFailed):
        ask(house, f"{KEY} is your key", echo, text=f"is {KEY} my key?")
    assert 72 == ask(house, GOOD, text="fine").value
    house.close()
    lines = [json.loads(line) for line in house.folder.models_log.read_text("utf-8").splitlines()]
    assert ["model_failed:unauthorised", None] == [line["failure"] for line in lines]
    assert "is *** my key?" in lines[0]["asked"]
    for file in (f for f in home.rglob("*") if f.is_file()):
        assert KEY.encode() not in file.read_bytes()


def test_questions_are_not_written_down_unless_asked(home: Path) -> None:
    """The debug log is off by default."""
    house = house_at(home)
    ask(house, GOOD)
    assert not house.folder.models_log.exists()


def test_what_was_asked_is_in_the_log_of_the_home(home: Path) -> None:
    """Whoever asks for it finds it by the key of the question."""
    house = house_at(home)
    answer = ask(house, GOOD)
    kept = reply_log(house).find(answer.key)
    assert kept is not None
    assert (GOOD, "one") == (kept.text, kept.provider)


def test_the_live_profile_asks_nobody_before_it_is_allowed(home: Path) -> None:
    """Models are no way around the switch."""
    with pytest.raises(SettingsError, match="live"):
        ask(house_at(home, Profile.LIVE), GOOD)


def test_a_bus_that_runs_is_told(home: Path) -> None:
    """By service and by model; none is started for it."""
    house = house_at(home)
    ask(house, GOOD)
    assert not house.folder.bus("sim").exists()

    async def case() -> list[str]:
        async with open_bus_of(house) as bus:
            one = Named(auto=(member("one", GOOD),))
            async with open_models(house, members=one) as models:
                await models.ask(QUESTION)
            today = house.wall_clock.now().astimezone(KST).date().isoformat()
            parts = ("scout", "model:scripted-1")
            hashes = [await bus.keys.get_hash(LLM_STATS.of(f"{today}:{p}")) for p in parts]
            return [told["calls"] for told in hashes]

    assert ["2", "2"] == asyncio.run(case())


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "no address"])
def test_a_bus_that_is_down_fails_no_answer(
    home: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told of in the log."""
    house = house_at(home, given={"redis.url": url})
    with caplog.at_level(logging.WARNING):
        assert 72 == ask(house, GOOD).value
    assert "bus" in caplog.text
    assert [1] == [t.calls for t in used(house)]


def test_a_homes_own_prompt_goes_first(home: Path) -> None:
    """Under the version "home" and with a hash of its own."""
    prompts = home_prompts(house_at(home))
    ours = prompts.get("jennie_cli.engine.llm", "repair")
    (home / "prompts").mkdir()
    (home / "prompts" / "repair.txt").write_text("다시: $complaints $answer", encoding="utf-8")
    own = prompts.get("jennie_cli.engine.llm", "repair")
    assert ("1", "home") == (ours.prompt.version, own.prompt.version)
    assert ours.prompt.sha256 != own.prompt.sha256


def test_a_homes_own_prompt_that_is_no_file_is_told(home: Path) -> None:
    """A folder of that name is no text."""
    (home / "prompts" / "repair.txt").mkdir(parents=True)
    with pytest.raises(BadFile, match="cannot be read"):
        home_prompts(house_at(home)).get("jennie_cli.engine.llm", "repair")


def test_a_homes_own_prices_go_first(home: Path) -> None:
    """For its provider and model; the others stay."""
    house = house_at(home)
    (home / "prices.toml").write_text(PRICE, encoding="utf-8")
    day = house.wall_clock.now().date()
    assert 9_500_000 == home_prices(house).cost("deepseek", "deepseek-flash", day, 10**6, 0)
    assert 2_500_000 == home_prices(house).cost("openai", "gpt-4o", day, 10**6, 0)


@pytest.mark.parametrize("raw", [b"\xff", b"[[price]]"])
def test_wrong_prices_of_a_home_are_told(home: Path, raw: bytes) -> None:
    """Nothing is asked for a price that is not known to be right."""
    (home / "prices.toml").write_bytes(raw)
    with pytest.raises(BadFile, match=r"prices\.toml"):
        ask(house_at(home), GOOD)
