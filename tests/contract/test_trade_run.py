"""A session on the built-in exchange from an empty home: it buys, watches, stops and goes on."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.wiring.short_home import house_at

from jennie_cli.engine.bus.names import TRADE_NOTIFICATIONS
from jennie_cli.engine.notify import Kind, MemoryChat, Notice, read_notice
from jennie_cli.engine.notify import told as page
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.notices import herald_of


class Home:
    """A home of the sim profile, used from the outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        argv = [sys.executable, "-m", "jennie_cli", "--home", str(self.folder), *words]
        return subprocess.run(argv, capture_output=True, text=True, timeout=240, check=False)

    def told(self, *words: str) -> Any:
        """Return the document of a command that must succeed."""
        done = self.run(*words, "--json")
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with a watchlist for the first session of its world."""
    made = Home(tmp_path_factory.mktemp("session") / "home")
    assert made.told("scout", "run")["watchlist"]
    return made


@pytest.fixture(scope="module")
def first(home: Home) -> Any:
    """Run the first half hour in which anything may be bought."""
    return home.told("trade", "run", "--until", "09:41")


def steps(decisions: Sequence[Any], step: str) -> list[Any]:
    """Return the decisions of one kind."""
    return [decision for decision in decisions if decision["step"] == step]


def test_what_was_bought_and_refused_is_told_to_people(home: Home, first: Any) -> None:
    """Each is one notice on the bus, which a herald sends to a chat."""
    bought, refused = steps(first["decisions"], "bought"), steps(first["decisions"], "refused")
    unsent = steps(first["decisions"], "not_sent")

    async def told() -> tuple[list[Notice], list[tuple[int, str]]]:
        house, chat = house_at(home.folder), MemoryChat()
        try:
            async with open_bus_of(house) as bus:
                messages = await bus.streams.newest(TRADE_NOTIFICATIONS)
                herald = herald_of(house, bus, chat, (7,))
                await herald.consumer(bus.streams, name="herald", deliveries=3).drain()
        finally:
            house.close()
        return [read_notice(message.fields) for message in messages], chat.sent

    notices, sent = asyncio.run(told())
    fills = [n for n in notices if n.kind is Kind.FILL]
    refusals = [n for n in notices if n.kind is Kind.REFUSAL]
    assert len(bought) == len(fills)
    assert len(refused) + len(unsent) == len(refusals)
    assert [(7, page(notice.title, notice.lines)) for notice in notices] == sent
    assert all(f"{row['qty']:,}" in fill.lines[0] for row, fill in zip(bought, fills, strict=True))


def test_a_session_buys_what_its_rules_ask_for(home: Home, first: Any) -> None:
    """Every purchase was a signal and an order before, and is what the exchange says is held."""
    bought = steps(first["decisions"], "bought")
    assert bought
    assert {d["code"] for d in bought} <= {d["code"] for d in steps(first["decisions"], "ordered")}
    assert {d["code"]: d["qty"] for d in bought} == first["held"]
    positions = home.told("trade", "positions")["positions"]
    assert first["held"] == {row["code"]: row["qty"] for row in positions}
    assert home.told("trade", "reconcile")["differences"] == []


def test_nothing_is_bought_before_half_past_nine(first: Any) -> None:
    """The first half hour is for looking."""
    assert all("T09:3" <= d["at"][10:15] for d in steps(first["decisions"], "ordered"))


def test_every_purchase_is_explained_afterwards(home: Home, first: Any) -> None:
    """With the strategy that asked for it and its order."""
    bought = steps(first["decisions"], "bought")[0]
    told = home.told("trade", "explain", bought["code"], "--at", bought["at"][:19])
    assert "filled" == told["buy"]["outcome"]
    assert bought["rule"] == told["buy"]["why"]


def test_a_session_begun_again_goes_on_where_it_was(home: Home, first: Any) -> None:
    """What rests after its signal gives none again, and nothing is bought twice."""
    second = home.told("trade", "run", "--until", "09:43")
    ordered = {d["code"] for d in steps(first["decisions"], "ordered")}
    again = {d["code"] for d in steps(second["decisions"], "ordered")}
    assert not ordered & again
    assert first["held"].items() <= second["held"].items()
    assert "2025-06-30T09:4" == home.told("sim", "clock", "show")["now"][:15]


def test_a_session_in_shadow_sends_nothing(home: Home) -> None:
    """It judges, stamps and records, and the account stays as it is."""
    before = home.told("trade", "balance")
    home.run("config", "set", "trading.auto", "shadow")
    shadow = home.told("trade", "run", "--until", "09:52")
    home.run("config", "set", "trading.auto", "auto")
    assert "shadow" == shadow["auto"]
    assert steps(shadow["decisions"], "signal")
    assert not steps(shadow["decisions"], "bought")
    assert before["cash"] == home.told("trade", "balance")["cash"]


def test_every_run_can_be_had_again(home: Home, first: Any) -> None:
    """From its tape, byte for byte: one from the morning on, one begun in the middle."""
    home.told("trade", "run", "--until", "09:53")
    tapes = home.told("replay", first["day"])["tapes"]
    for number in (tapes[0], tapes[-1]):
        came = home.told("replay", first["day"], "--tape", str(number))
        assert (True, True, None) == (came["same"], came["whole"], came["difference"])
    assert len(first["decisions"]) == home.told("replay", first["day"], "--tape", "1")["decisions"]


def test_without_a_list_there_is_no_session(tmp_path: Path) -> None:
    """It says what to do first."""
    done = Home(tmp_path / "home").run("trade", "run")
    assert 2 <= done.returncode
    assert "scout run" in done.stderr
