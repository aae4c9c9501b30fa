"""What a chat asks of the session: lists, alerts, silence, liquidation."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.engine.bot.talking import ME, TEN, Talking
from tests.unit.engine.risk.cases import STOCK, at
from tests.unit.engine.trading.little_room import OTHER, holding

from jennie_cli.engine.bus.names import APPROVAL_ANSWER, APPROVAL_WAITING, MONITOR_BEAT
from jennie_cli.engine.model import (
    Flag,
    StockStatus,
)
from jennie_cli.engine.store import asked_at
from jennie_cli.engine.trading.approving import Waiting


def test_stocks_are_watched_and_unwatched() -> None:
    """Once each, in the name of who asked."""
    talking = Talking()
    talking.said("/watch 라온바이오", "/watch 900020")
    (watched,) = asked_at(talking.home.kept.all(), TEN, wall=TEN).watched
    assert (OTHER.code, f"telegram:{ME}") == (watched.code, watched.who)
    assert "없습니다" in talking.said("/unwatch 가온칩스텍")
    assert "0개" in talking.said("/unwatch 라온바이오")
    assert "쓰는 법" in talking.said("/watch")


def test_alerts_ring_from_the_side_the_price_is_on() -> None:
    """Several a stock; they are taken back one by one or all."""
    talking = Talking()
    talking.said("/alert 라온바이오 80,000원", "/alert 900020 60000", "/alert 900010 90000")
    listed = talking.said("/alerts")
    assert "3개" in listed
    assert "80,000원 이상" in listed
    assert "60,000원 이하" in listed
    assert "그런 알림은 없습니다" in talking.said("/alert 라온바이오 1 삭제")
    assert "2개" in talking.said("/alert 라온바이오 80000 삭제")
    assert "1개" in talking.said("/alert 라온바이오 삭제")
    assert "걸어 둔 알림이 없습니다" in talking.said("/alert 라온바이오 삭제")


@pytest.mark.parametrize("words", ["", " 라온바이오", " 라온바이오 비싸면", " 라온바이오 0"])
def test_an_alert_needs_stock_and_price(words: str) -> None:
    """Else it is told how to ask."""
    assert "쓰는 법" in Talking().said(f"/alert{words}")


def test_a_price_that_is_there_rings_nothing() -> None:
    """Nobody can say from which side it would be reached."""
    assert "71,000원" in Talking().said("/alert 900010 71000")


def test_silence_lasts_so_many_minutes() -> None:
    """Of the machine's clock."""
    talking = Talking()
    assert "알림이 켜져" in talking.said("/mute")
    assert "경보는 그대로" in talking.said("/mute 30")
    asked = asked_at(talking.home.kept.all(), TEN, wall=talking.home.wall.now())
    assert asked.mute is not None
    assert timedelta(minutes=30) == asked.mute.until - asked.mute.at
    assert "알림이 켜져" in talking.said("/unmute")
    assert "알림이 켜져" in talking.said("/unmute")


@pytest.mark.parametrize("words", ["0", "1441", "한시간"])
def test_a_silence_has_its_range(words: str) -> None:
    """Else it is told how to ask."""
    assert "쓰는 법" in Talking().said(f"/mute {words}")


def test_a_bus_that_was_not_told_is_said() -> None:
    """The store has it all the same."""
    talking = Talking()
    talking.home.bus.switch.down = True
    for text in ("/watch 900010", "/alert 900010 80000", "/mute 5"):
        assert "버스에는 아직" in talking.said(text)


def test_a_liquidation_is_gathered_shown_and_asked_for() -> None:
    """Two steps, with the worth between them."""
    talking = Talking()
    talking.home.room.account.holdings = (holding(), holding(OTHER.code, 5, OTHER.name))
    added, shown, armed = talking.heard(
        "/liquidate add 가온칩스텍", "/liquidate arm", "/liquidate ARM 확인"
    )
    assert "모아 둔 것 (아직 걸지 않음) 1종목" in added
    assert "7,100,000원" in shown
    assert "60초 안에" in shown
    assert "걸었습니다" in armed
    asked = asked_at(talking.home.kept.all(), talking.home.room.clock.now(), wall=TEN)
    assert {STOCK.code} == asked.selling
    assert at(15, 30) == asked.liquidations[0].until


@pytest.mark.parametrize(
    "texts",
    [
        ("/liquidate arm 확인",),
        ("/liquidate arm", *["/alerts"] * 6, "/liquidate arm 확인"),
        ("/liquidate arm", "/liquidate add 900020", "/liquidate arm 확인"),
        ("/liquidate arm", "/liquidate remove 900020", "/liquidate arm 확인"),
    ],
)
def test_what_was_not_shown_just_before_is_not_armed(texts: tuple[str, ...]) -> None:
    """Too late, or of another list, the word only shows it again."""
    talking = Talking()
    talking.home.room.account.holdings = (holding(), holding(OTHER.code, 5, OTHER.name))
    answer = talking.said("/liquidate add 900010", "/liquidate add 900020", *texts)
    assert "60초 안에" in answer
    assert () == talking.home.kept.all()


def test_an_empty_list_is_not_armed() -> None:
    """Nor one of which nothing is held any more."""
    talking = Talking()
    assert "청산할 종목이 없습니다" in talking.said("/liquidate arm")
    assert "가지고 있지 않습니다" in talking.said("/liquidate add 900020")
    assert "쓰는 법" in talking.said("/liquidate add")
    assert "쓰는 법" in talking.said("/liquidate")
    talking = Talking()

    def sold() -> None:
        talking.home.room.account.holdings = ()

    answer = talking.said("/liquidate add 900010", sold, "/liquidate arm")
    assert "900010 은 이제" in answer
    assert "60초" not in answer


def test_a_liquidation_is_taken_back() -> None:
    """Disarmed it is only gathered, cleared it is gone."""
    talking = Talking()
    arm = ("/liquidate add 900010", "/liquidate arm", "/liquidate arm 확인")
    *_, disarmed, cleared = talking.heard(*arm, "/liquidate disarm", "/liquidate clear")
    assert "강제 청산 0종목" in disarmed
    assert "모아 둔 것 (아직 걸지 않음) 1종목" in disarmed
    assert "걸지 않음) 0종목" in cleared
    *_, removed, unknown = talking.heard(*arm, "/liquidate remove 900010", "/liquidate remove x")
    assert "강제 청산 0종목" in removed
    assert "강제 청산 목록에 없습니다" in unknown
    assert () == talking.home.kept.all()


def test_a_liquidation_is_listed_with_its_end() -> None:
    """And with whether the bus knows of it."""
    talking = Talking()
    talking.said("/liquidate add 900010", "/liquidate arm", "/liquidate arm 확인")
    assert "15:30까지" in talking.said("/liquidate status")
    talking.home.bus.switch.down = True
    talking.said("/liquidate disarm")
    talking.heard("/liquidate add 900010", "/liquidate arm")
    assert "버스에는 아직" in talking.said(
        "/liquidate add 900010", "/liquidate arm", "/liquidate arm 확인"
    )


def test_a_stop_does_not_hold_a_liquidation_back_and_what_is_halted_is_said() -> None:
    """A market or flags that cannot be read hide nothing else."""
    talking = Talking()
    room = talking.home.room
    room.raise_flag(Flag.STOP)
    room.raise_flag(Flag.DRY_RUN)
    assert room.quotes.now is not None
    room.quotes.now = replace(room.quotes.now, status=StockStatus.HALTED)
    shown = talking.said("/liquidate add 900010", "/liquidate arm")
    assert "거래정지" in shown
    assert "세션이 없습니다" in shown
    assert "모의(dryrun)" in shown
    asyncio.run(talking.home.bus.keys.put(MONITOR_BEAT.lasting(600), "x"))
    room.quotes.now, room.flags.silent = None, True
    shown = talking.said("/liquidate add 900010", "/liquidate arm")
    assert "세션이 없습니다" not in shown
    talking.home.bus.switch.down = True
    shown = talking.said("/liquidate add 900010", "/liquidate arm")
    assert "돌고 있는지 알 수 없습니다" in shown


def asked_about(talking: Talking, code: str) -> None:
    """Let the session ask about a buy."""
    waiting = Waiting(
        order_id=f"o-{code}",
        code=code,
        name="<라온>",
        qty=3,
        limit=70_000,
        strategy="RSI_REBOUND",
        at=TEN,
    )
    key = APPROVAL_WAITING.of(waiting.order_id).lasting(600)
    asyncio.run(talking.home.bus.keys.put(key, waiting.text()))


def test_a_buy_that_waits_is_approved_or_rejected() -> None:
    """The first answer counts; alone the command lists what waits."""
    talking = Talking()
    assert "0건" in talking.said("/approve")
    asked_about(talking, "900020")
    asked_about(talking, "900010")
    listed = talking.said("/approve")
    assert "2건" in listed
    assert "&lt;라온&gt;" in listed
    assert "210,000원" in listed
    talking.said("/approve 900020", "/reject 900010")
    keys = talking.home.bus.keys
    said = [asyncio.run(keys.get(APPROVAL_ANSWER.of(f"o-{c}"))) for c in ("900020", "900010")]
    assert ["yes", "no"] == said
    assert "늦" in talking.said("/reject 900020")
    assert "하지 못했습니다" in talking.said("/approve 삼성전자")
