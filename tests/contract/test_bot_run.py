"""The chat bot whole: a process, a bus, a store, an exchange, and Telegram's protocol."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.contract.bot_server import (
    BAD_GATEWAY,
    DROPPED,
    MOST,
    TAKEN_AND_DROPPED,
    TOKEN,
    BotServer,
    bot_serving,
    limited,
    refusing,
)
from tests.contract.chatted import FRIEND, GROUP, ME, STRANGER, called, chatting, set_up
from tests.contract.notices_of import tell
from tests.unit.wiring.short_home import house_at, server_of, short_home

from jennie_cli.adapters.sql import SqlFlags
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bot import NAMES
from jennie_cli.engine.store import Dataset

TEN = "2025-06-30T10:00:00+09:00"


@pytest.fixture
def server() -> Iterator[BotServer]:
    """Serve a bot that three chats know."""
    with bot_serving(chats=(ME, FRIEND, GROUP)) as bot:
        yield bot


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Make a home of the built-in exchange once, at ten on a trading day, with a watchlist."""
    with short_home() as root:
        inside = root / "h"
        called(inside, "scout", "run")
        called(inside, "sim", "clock", "set", TEN)
        yield inside
        end_servers(inside)


@pytest.fixture
def home(made: Path, server: BotServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Lend a copy of that home, with its bot set up."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    with short_home() as root:
        inside = root / "h"
        shutil.copytree(made, inside, ignore=shutil.ignore_patterns("bus"))
        set_up(inside, server)
        yield inside
        end_servers(inside)


def end_servers(home: Path) -> None:
    """End the bus of a home and whatever else outlives its commands."""
    pid = server_of(home).pid
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def listed(home: Path) -> tuple[str, str]:
    """Return code and name of the first stock of the watchlist."""
    house = house_at(home)
    entries = house.runs.watchlist()
    return entries[0].code, entries[0].name


def flags_of(home: Path) -> set[str]:
    """Return the flags that are up in the store."""
    found = SqlFlags(house_at(home).records).all()
    return {flag.value for flag, state in found.items() if state.up}


def orders_of(home: Path) -> int:
    """Return how many orders this home ever gave."""
    return len(json.loads(called(home, "--json", "trade", "orders", "--all"))["orders"])


def test_every_command_does_its_work(home: Path, server: BotServer) -> None:
    """Each is answered, none fails, and the terminal sees what the chat did."""
    code, name = listed(home)
    asks = {
        "buy": f"/buy {name} 2",
        "sell": f"/sell {code} 1",
        "sellall": "/sellall 확인",
        "pause": "/pause 점심",
        "stop": "/stop 긴급",
        "resume": "/resume 확인",
        "dryrun": "/dryrun off 확인",
        "price": f"/price {code}",
        "watch": f"/watch {name}",
        "unwatch": f"/unwatch {name}",
        "mute": "/mute 30",
        "alert": f"/alert {code} 1",
        "risk": "/risk conservative",
        "minscore": "/minscore 55",
        "maxbuy": "/maxbuy 4",
        "config": "/config risk",
        "liquidate": "/liquidate status",
    }
    with chatting(home, server) as chat:
        answers = {one: chat.ask(asks.get(one, f"/{one}")) for one in NAMES}
    wrong = [a for a in answers.values() if "잘못되었습니다" in a or "하지 못했습니다" in a]
    assert [] == wrong
    assert "체결" in answers["buy"]
    assert "매도 주문 1건" in answers["sellall"]
    assert name in answers["watch"]
    assert "TIER" in answers["watchlist"] or "RECON" in answers["watchlist"]
    assert "risk.max_day_buys = 4" in answers["config"]
    assert 3 == orders_of(home)
    assert set() == flags_of(home)


def test_a_liquidation_takes_two_steps(home: Path, server: BotServer) -> None:
    """The terminal sees what the chat asked for, and takes it back."""
    code, name = listed(home)
    with chatting(home, server) as chat:
        assert "모아 둔 것 (아직 걸지 않음) 0종목" in chat.ask("/liquidate list")
        assert "가지고 있지 않습니다" in chat.ask(f"/liquidate add {code}")
        assert "체결" in chat.ask(f"/buy {code} 2")
        assert name in chat.ask(f"/liquidate add {name}")
        assert "60초 안에" in chat.ask("/liquidate arm")
        assert [] == json.loads(called(home, "--json", "trade", "liquidate"))["liquidation"]
        assert "걸었습니다" in chat.ask("/liquidate arm 확인")
    (one,) = json.loads(called(home, "--json", "trade", "liquidate"))["liquidation"]
    assert (code, f"telegram:{ME}") == (one["code"], one["who"])
    with chatting(home, server) as chat:
        assert "강제 청산 0종목" in chat.ask("/liquidate disarm")
    assert [] == json.loads(called(home, "--json", "trade", "liquidate"))["liquidation"]


def test_a_list_that_is_too_long_is_cut_and_still_sent(home: Path, server: BotServer) -> None:
    """The service refuses what is longer than 4,096 units."""
    facts = house_at(home).facts
    rows = facts.read(Dataset.STOCK_MASTER, as_of=datetime.max.replace(tzinfo=UTC))
    called(home, "trade", "watch", *rows["code"].tolist()[:150])
    with chatting(home, server) as chat:
        answer = chat.ask("/watchlist")
    assert MOST >= len(answer.encode("utf-16-le")) // 2 > MOST - 100
    assert answer.endswith("…")


def test_a_stop_outlives_start_flush_and_midnight(home: Path, server: BotServer) -> None:
    """And only its word lifts it."""
    with chatting(home, server) as chat:
        assert "자동 손절 매도도 나가지 않습니다" in chat.ask("/stop 확인 시험")
        chat.kill()
    end_servers(home)
    shutil.rmtree(home / "bus", ignore_errors=True)
    called(home, "sim", "clock", "set", "2025-07-02T10:00:00+09:00")
    assert {"stop", "pause"} == flags_of(home)
    with chatting(home, server) as chat:
        assert "켜짐 정지" in chat.ask("/status")
        assert "/resume 확인" in chat.ask("/resume")
        assert {"stop"} == flags_of(home)
        chat.ask("/resume 확인")
    assert set() == flags_of(home)


def test_strangers_old_updates_and_hidden_admins_do_nothing(home: Path, server: BotServer) -> None:
    """Nobody of them is answered but who may command and was late."""
    old = SystemClock().now() - timedelta(seconds=61)
    server.say(STRANGER, STRANGER, "/stop 확인")
    server.say(GROUP, FRIEND, "/stop 확인")
    server.say(GROUP, None, "/stop 확인")
    server.say(ME, ME, "/stop 확인", at=old)
    with chatting(home, server) as chat:
        server.wait(lambda bot: bool(bot.sent))
        assert "/help" in chat.ask("/help", chat=GROUP, user=ME)
    told = [to for to, _ in server.sent]
    assert [ME, GROUP] == told
    assert set() == flags_of(home)
    log = (home / "logs" / "jennie.log").read_text(encoding="utf-8")
    assert f"chat {STRANGER}" in log
    assert TOKEN not in log


def test_a_flood_is_held_back_and_a_stop_in_it_is_done(home: Path, server: BotServer) -> None:
    """One command in five seconds, but stopping waits for nothing."""
    set_up(home, server, gap_s=60)
    for _ in range(10):
        server.say(ME, ME, "/alerts")
    server.say(ME, ME, "/stop 확인")
    with chatting(home, server):
        server.wait(lambda bot: len(bot.sent) >= 11)
    soon = [html for _, html in server.sent if "너무 빨리" in html]
    assert 9 == len(soon)
    assert {"stop", "pause"} == flags_of(home)


def test_a_lost_connection_costs_no_command_and_doubles_none(home: Path, server: BotServer) -> None:
    """Nor does a service that fails, or that asks to wait."""
    code, _ = listed(home)
    with chatting(home, server) as chat:
        server.mishaps += [DROPPED, BAD_GATEWAY, limited(1, on="getUpdates")]
        server.mishaps += [DROPPED, limited(1, on="sendMessage")]
        assert "체결" in chat.ask(f"/buy {code} 1")
        server.mishaps.append(TAKEN_AND_DROPPED)
        assert "보유" in chat.ask("/portfolio")
    assert 1 == orders_of(home)


def test_a_killed_bot_gives_no_order_twice(home: Path, server: BotServer) -> None:
    """Killed again and again while orders are given, each is given once at most."""
    code, _ = listed(home)
    called(home, "config", "set", "risk.repeat_seconds", "0")
    asked = 0
    for pause in (0.0, 0.3, 0.6, 0.9, 1.2):
        with chatting(home, server) as chat:
            server.say(ME, ME, f"/buy {code} 1")
            asked += 1
            Event().wait(pause)
            chat.kill()
    with chatting(home, server) as chat:
        chat.ask("/help")
    assert orders_of(home) <= asked


def test_markup_and_endless_names_make_no_broken_message(home: Path, server: BotServer) -> None:
    """What comes from outside is text, and a message is never longer than the service takes."""
    with chatting(home, server) as chat:
        assert "&lt;b&gt;&amp;" in chat.ask("/watch <b>&amp;</b><script>")
        chat.ask("/pause " + "<i>가</i>&" * 380)
        for key in ("risk", "scout"):
            assert len(chat.ask(f"/config {key}").encode("utf-16-le")) // 2 <= MOST
    assert [] == [m for m, _ in server.asked if m not in {"getMe", "getUpdates", "sendMessage"}]


def test_a_mute_holds_notices_back_but_no_alarm(home: Path, server: BotServer) -> None:
    """One silence for every sender."""
    with chatting(home, server) as chat:
        chat.ask("/mute 30")
        before = len(server.sent)
        tell(home, "quiet", loud=False)
        tell(home, "<alarm>", loud=True)
        server.wait(lambda bot: len(bot.sent) >= before + 1)
        chat.ask("/help")
    heard = [html for _, html in server.sent[before:] if "alarm" in html or "quiet" in html]
    assert {"<b>&lt;alarm&gt;</b>"} == set(heard)


def test_the_doctor_asks_for_the_bot(
    home: Path, server: BotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up, not set up, and with a token that is wrong."""

    def found() -> tuple[str, str]:
        checks = json.loads(called(home, "--json", "doctor", code=None))["checks"]
        one = next(c for c in checks if c["name"] == "telegram bot")
        return one["level"], one["detail"]

    assert ("ok", f"@{server.name}; 2 chats may command") == found()
    server.mishaps.append(refusing(401, "Unauthorized"))
    assert "fail" == found()[0]
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    assert ("ok", "not set up") == (found()[0], found()[1].partition(":")[0])


def test_the_briefing_is_sent_once_to_each_chat(home: Path, server: BotServer) -> None:
    """Unless it is asked for again; a chat that is closed is told by the exit code."""
    called(home, "briefing", "run")
    server.chats.discard(GROUP)
    told = json.loads(called(home, "--json", "briefing", "send", code=6))["chats"]
    assert [(ME, "sent"), (GROUP, "refused")] == [(c["chat"], c["fate"]) for c in told]
    server.chats.add(GROUP)
    told = json.loads(called(home, "--json", "briefing", "send"))["chats"]
    assert [(ME, "already"), (GROUP, "sent")] == [(c["chat"], c["fate"]) for c in told]
    called(home, "briefing", "send", "--again")
    assert [ME, GROUP, ME, GROUP] == [chat for chat, _ in server.sent]
    assert {True} == {len(html.encode("utf-16-le")) // 2 <= 3_500 for _, html in server.sent}
