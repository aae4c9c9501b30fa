"""What the socket says: ticks, events, notices, and what cannot be read."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from tests.unit.adapters.kis.streaming import KEY, A, B, Scenes, notice, take, trade, trades

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import MarketEvent, MarketEventKind
from jennie_cli.engine.model import NoticeKind
from jennie_cli.kis_wire import frame_text
from jennie_cli.kis_wire.control import key_in_use


def test_a_frame_of_three_records_is_three_ticks(scene: Scenes) -> None:
    """Volume is field 12, high field 8, the time that of the exchange."""

    async def play() -> list[Any]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            records = (trade(qty=n, total=100 + n, hour=f"10000{n}") for n in (1, 2, 3))
            await s.host.say(trades(*records))
            return await take(ticks, 3)

    found = asyncio.run(play())
    assert [1, 2, 3] == [tick.qty for tick in found]
    assert [101, 102, 103] == [tick.day_volume for tick in found]
    assert {72_000} == {tick.day_high for tick in found}
    assert datetime(2026, 11, 23, 10, 0, 3, tzinfo=KST) == found[2].at
    assert not any(tick.after_gap or not tick.regular for tick in found)


def test_the_sign_of_life_is_sent_back_word_for_word(scene: Scenes) -> None:
    """As the host sent it."""
    text = '{"header":{"tr_id":"PINGPONG","datetime":"20261123100000"}}'

    async def play() -> list[str]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            await s.host.say(text)
            await s.until(lambda: bool(s.host.pongs))
            del ticks
            return list(s.host.pongs)

    assert [text] == asyncio.run(play())


def test_a_notice_is_decrypted_and_only_our_account_counts(scene: Scenes) -> None:
    """Fill of this execution alone, number without zeros."""

    async def play() -> list[Any]:
        async with scene(hts_id="hts") as s:
            box = s.stream.notices()
            await s.until(lambda: s.stream.status.connected)
            for plain in (notice(account="1111111101"), notice(), notice("0000001235", kind="new")):
                await s.host.say(
                    frame_text("H0STCNI0", KEY.encrypt(plain), count=1, encrypted=True)
                )
            return await take(box, 2)

    fill, accepted = asyncio.run(play())
    assert (NoticeKind.FILLED, "1234", 3, 71_000, 10) == (
        fill.kind,
        fill.broker_id,
        fill.qty,
        fill.price,
        fill.order_qty,
    )
    assert datetime(2026, 11, 23, 10, 0, 1, tzinfo=KST) == fill.at
    assert (NoticeKind.ACCEPTED, "1235", None) == (
        accepted.kind,
        accepted.broker_id,
        accepted.original_id,
    )


@pytest.mark.parametrize(
    "frame",
    [
        "0|H0STCNT0|002|" + trade()[:40],
        "0|H0STCNT0|001|",
        "0|H0STCNT0|xyz|" + trade(),
        "1|H0STCNT0|001|" + "AAAA",
        "0|H0STCNT0|001|" + trade(price=0),
        "0|H0STCNT0|001|" + trade(day="20269999"),
        "1|H0STCNI0|001|not base64 at all",
        "0|H0NEVER0|001|1^2^3",
        "0|",
    ],
)
def test_a_frame_that_cannot_be_read_is_counted_and_tells_a_gap(scene: Scenes, frame: str) -> None:
    """The next good frame is read as ever; its tick says that something was missed."""

    async def play() -> tuple[list[Any], int]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            await s.host.say(frame)
            await s.host.say(trades(trade()))
            return await take(ticks, 1), s.stream.status.unreadable

    (tick,), unreadable = asyncio.run(play())
    assert tick.after_gap
    assert 1 <= unreadable


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"header": 5}', "", "\x00\x1b[2J", "x" * 5000]
)
def test_a_message_that_makes_no_sense_ends_nothing(scene: Scenes, text: str) -> None:
    """It is logged and the stream goes on."""

    async def play() -> int:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            await s.host.say(text)
            await s.host.sockets[0].send(b"\xff\xfe bytes")
            await s.host.say(trades(trade()))
            await take(ticks, 1)
            return len(s.host.sockets)

    assert 1 == asyncio.run(play())


def test_frames_that_grew_are_read_as_before(scene: Scenes) -> None:
    """Two records of 50 fields."""

    async def play() -> list[Any]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            grown = trade() + "^9^9^9"
            await s.host.say(trades(grown, grown))
            return await take(ticks, 2)

    assert [5, 5] == [tick.qty for tick in asyncio.run(play())]


def test_halts_and_interruptions_are_told_once_each(scene: Scenes) -> None:
    """A transition is an event; the same state again is not, nor the same stage of a breaker."""

    def operation(code: str, *, halt: str = "N", vi: str = "N", stage: str = "(null)") -> str:
        record = (code, halt, "reason", stage, "(null)", "(null)", "(null)", "55", vi, "N", "1")
        return frame_text("H0STMKO0", "^".join(record), count=1)

    async def play() -> list[Any]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([], held=[A, B])
            await s.live(A, B)
            for text in (
                operation(A),
                operation(A, vi="Y"),
                operation(A, vi="Y"),
                operation(A),
                operation(A, halt="Y"),
                operation(A, stage="174", halt="Y"),
                operation(B, stage="174"),
                operation(A),
            ):
                await s.host.say(text)
            return await take(ticks, 5)

    found = asyncio.run(play())
    assert all(isinstance(event, MarketEvent) for event in found)
    assert [
        (MarketEventKind.VI_STARTED, A),
        (MarketEventKind.VI_ENDED, A),
        (MarketEventKind.HALTED, A),
        (MarketEventKind.CIRCUIT_BREAKER, ""),
        (MarketEventKind.RESUMED, A),
    ] == [(event.kind, event.code) for event in found]


@pytest.mark.parametrize("end", ["175", "185"])
def test_the_end_of_a_breaker_lets_the_market_trade_on(scene: Scenes, end: str) -> None:
    """A breaker, its auction, its end: told once each, the last as the whole market resumed."""

    def stage(code: str, told: str) -> str:
        record = (code, "N", "(null)", told, *["(null)"] * 3, "55", "N", "N", "1")
        return frame_text("H0STMKO0", "^".join(record), count=1)

    async def play() -> list[Any]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([], held=[A, B])
            await s.live(A, B)
            for told in ("174", "184", end):
                await s.host.say(stage(A, told))
                await s.host.say(stage(B, told))
            return await take(ticks, 3)

    breaker, resumed = MarketEventKind.CIRCUIT_BREAKER, MarketEventKind.RESUMED
    assert [(breaker, "", "174"), (breaker, "", "184"), (resumed, "", end)] == [
        (event.kind, event.code, event.text) for event in asyncio.run(play())
    ]


def test_no_key_is_in_the_log_of_a_stream(scene: Scenes, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the approval key nor the key of the notices, at the finest level."""
    caplog.set_level("DEBUG")

    async def play() -> None:
        async with scene(hts_id="hts") as s:
            s.host.refuse = [key_in_use()]
            box = s.stream.notices()
            await s.until(lambda: s.stream.status.connected)
            await s.host.say(
                frame_text("H0STCNI0", KEY.encrypt(notice())[:40], count=1, encrypted=True)
            )
            await s.until(lambda: s.stream.status.unreadable == 1)
            del box

    asyncio.run(play())
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("websockets.server")]
    assert 2 <= len(ours)
    assert [] == [
        t for t in ours if any(s in t for s in ("approval-", KEY.key, KEY.iv, "87654321"))
    ]
