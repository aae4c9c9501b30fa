"""One socket a key: registrations, gaps, reconnections, hours, and polling where it ends."""

import asyncio
import os
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.adapters.kis.streaming import (
    MONDAY,
    A,
    B,
    C,
    Host,
    Scenes,
    SetClock,
    take,
    trade,
    trades,
)

from jennie_cli.adapters.kis import KisStream, SocketTaken
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.venue import default_calendar
from jennie_cli.kis_wire import Ack
from jennie_cli.kis_wire.control import key_in_use


def test_held_codes_go_first_fifty_milliseconds_apart(scene: Scenes) -> None:
    """Notices, held trades, held operations, then the watchlist."""

    async def play() -> Host:
        async with scene(hts_id="hts") as s:
            s.stream.ticks()
            box = s.stream.notices()
            s.stream.watch([B, A], held=[A])
            await s.live(A, B)
            del box
            return s.host

    host = asyncio.run(play())
    expected = [("H0STCNI0", "hts"), ("H0STCNT0", A), ("H0STMKO0", A), ("H0STCNT0", B)]
    assert expected == host.registered
    assert min(np.diff(host.at)) >= 0.04


def test_a_new_wish_changes_the_socket_that_is_open(scene: Scenes) -> None:
    """What left is released first, what came is registered, nothing is dropped in between."""

    async def play() -> Host:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A, B])
            await s.live(A, B)
            s.stream.watch([B, C])
            await s.live(B, C)
            await s.host.say(trades(trade(A), trade(C)))
            (tick,) = await take(ticks, 1)
            assert C == tick.code
            return s.host

    host = asyncio.run(play())
    tail = [("H0STCNT0", A, False), ("H0STCNT0", C, True)]
    assert tail == host.heard[-2:]
    assert 1 == len(host.sockets)


def test_after_a_dropped_socket_each_codes_first_tick_tells_the_gap(scene: Scenes) -> None:
    """The stream mends itself; the second tick of a code has no gap."""

    async def play() -> tuple[list[Any], int]:
        async with scene() as s:
            ticks = s.stream.ticks()
            s.stream.watch([A, B])
            await s.live(A, B)
            await s.host.say(trades(trade(A)))
            first = await take(ticks, 1)
            await s.host.sockets[0].close()
            await s.until(lambda: s.stream.status.connections == 2)
            await s.live(A, B)
            await s.host.say(trades(trade(A), trade(B), trade(A)))
            return first + await take(ticks, 3), s.stream.status.connections

    found, connections = asyncio.run(play())
    assert [(A, False), (A, True), (B, True), (A, False)] == [(t.code, t.after_gap) for t in found]
    assert 2 == connections


def test_a_socket_that_says_nothing_is_replaced(scene: Scenes) -> None:
    """Neither tick nor sign of life for the stated time."""

    async def play() -> int:
        async with scene(silence_s=0.3) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.until(lambda: len(s.host.sockets) >= 2)
            del ticks
            return len(s.host.sockets)

    assert 2 <= asyncio.run(play())


def test_a_refused_approval_key_is_replaced(scene: Scenes) -> None:
    """OPSP0011 costs a new key, not the stream."""
    refusal = Ack(tr_id="H0STCNT0", tr_key=A, rt_cd="1", msg_cd="OPSP0011", msg1="NOT FOUND")

    async def play() -> list[str]:
        async with scene() as s:
            s.host.refuse = [refusal]
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            del ticks
            return list(s.host.approvals)

    assert ["approval-2"] == asyncio.run(play())


def test_a_key_in_use_elsewhere_is_tried_again_later(scene: Scenes) -> None:
    """OPSP8996 is answered by a pause; the approval key stays."""

    async def play() -> tuple[list[str], int]:
        async with scene() as s:
            s.host.refuse = [key_in_use()]
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            del ticks
            return list(s.host.approvals), len(s.host.sockets)

    assert (["approval-1"], 2) == asyncio.run(play())


def test_what_the_host_will_not_register_is_polled(scene: Scenes) -> None:
    """OPSP0008: the code is left to polling, and gets its place when another leaves."""

    async def play() -> None:
        async with scene() as s:
            s.host.most = 1
            ticks = s.stream.ticks()
            s.stream.watch([A, B])
            await s.until(lambda: ("H0STCNT0", B) in s.host.registered)
            await s.until(lambda: s.stream.status.polled == (B,))
            s.stream.watch([B])
            await s.live(B)
            del ticks

    asyncio.run(play())


def test_a_stream_whose_lock_was_swept_away_keeps_it_or_ends(
    scene: Scenes, make_session: Any
) -> None:
    """It makes the lock anew; once another process was faster, its readers are told."""

    async def play() -> None:
        async with scene() as s:
            ticks, folder = s.stream.ticks(), make_session(s.office).folder
            (folder.path / "socket.lock").unlink()
            while not (folder.path / "socket.lock").exists():
                await SystemClock().sleep(0.05)
            assert folder.claim("socket.lock") is None
            (folder.path / "socket.lock").unlink()
            other = folder.claim("socket.lock")
            with pytest.raises(SocketTaken, match="took over"):
                await asyncio.wait_for(anext(ticks), 5)
            os.close(other)

    asyncio.run(play())


def test_a_second_stream_of_the_key_is_told_who_has_the_socket(
    scene: Scenes, make_session: Any
) -> None:
    """By name, with the process id; after the first ended the second may."""

    async def play() -> None:
        async with scene() as s:
            ticks = s.stream.ticks()
            other = KisStream(
                make_session(s.office),
                quotes=s.prices,
                clock=SetClock(MONDAY),
                steady=SystemClock(),
                calendar=default_calendar(),
                rng=np.random.default_rng(4),
            )
            with pytest.raises(SocketTaken, match=r"pid \d+\) streams with this app key"):
                other.ticks()
            await s.stream.close()
            with pytest.raises(StopAsyncIteration):
                await anext(ticks)
            other.ticks()
            await other.close()

    asyncio.run(play())


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 11, 22, 10, 0, tzinfo=KST),
        datetime(2026, 12, 25, 10, 0, tzinfo=KST),
        datetime(2026, 11, 23, 8, 30, tzinfo=KST),
        datetime(2026, 11, 23, 15, 36, tzinfo=KST),
    ],
)
def test_off_hours_nothing_is_registered_and_nothing_polled(scene: Scenes, start: datetime) -> None:
    """Sunday, Christmas, half past eight, after the close: no socket."""

    async def play() -> tuple[int, int]:
        async with scene(start, poll_held_s=0.05, poll_others_s=0.05) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A], held=[A])
            await SystemClock().sleep(0.3)
            del ticks
            return len(s.host.sockets), len(s.prices.asked)

    assert (0, 0) == asyncio.run(play())


def test_notices_are_told_off_the_market_hours_too(scene: Scenes) -> None:
    """At half past eight an order for the auction can be placed; trades wait for 08:50."""

    async def play() -> list[tuple[str, str]]:
        async with scene(datetime(2026, 11, 23, 8, 30, tzinfo=KST), hts_id="hts") as s:
            notices = s.stream.notices()
            s.stream.watch([A], held=[A])
            await s.until(lambda: bool(s.host.registered))
            del notices
            return s.host.registered

    assert [("H0STCNI0", "hts")] == asyncio.run(play())


def test_the_close_releases_the_registrations_and_ends_the_socket(scene: Scenes) -> None:
    """Five minutes after the close nothing is left."""

    async def play() -> list[tuple[str, str, bool]]:
        start = datetime(2026, 11, 23, 15, 34, 59, 500_000, tzinfo=KST)
        async with scene(start, poll_held_s=0.1) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            await s.until(lambda: not s.stream.status.connected)
            await s.host.sockets[0].wait_closed()
            del ticks
            return list(s.host.heard)

    assert [("H0STCNT0", A, True), ("H0STCNT0", A, False)] == asyncio.run(play())


def test_without_a_socket_polls_tell_the_differences_of_the_day_volume(scene: Scenes) -> None:
    """From where the stream ended; what a poll told is not told again by the stream."""

    async def play() -> list[Any]:
        async with scene(poll_held_s=0.1, poll_others_s=0.1) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A], held=[A])
            await s.live(A)
            await s.host.say(trades(trade(qty=5, total=100)))
            found = await take(ticks, 1)
            s.host.refuse = [key_in_use()]
            s.prices.volumes[A] = 130
            await s.host.sockets[0].close()
            found += await take(ticks, 1)
            s.prices.volumes[A] = 150
            found += await take(ticks, 1)
            await s.until(lambda: not s.host.refuse)
            async with asyncio.timeout(5):
                await s.live(A)
            late, part, whole = (
                trade(qty=20, total=150),
                trade(qty=9, total=155),
                trade(qty=7, total=162),
            )
            await s.host.say(trades(late, part, whole))
            return found + await take(ticks, 3)

    found = asyncio.run(play())
    assert [5, 30, 20, 0, 5, 7] == [tick.qty for tick in found]
    assert 162 - 100 == sum(tick.qty for tick in found[1:])
    assert [False, True, False, True, False, False] == [tick.after_gap for tick in found]


def test_a_stock_held_of_which_the_stream_says_nothing_is_asked_for(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    """Its trades become ticks all the same, once each, and the log says so once."""

    async def play() -> list[Any]:
        async with scene(poll_held_s=0.1, mute_s=0.3) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A, B], held=[A])
            await s.live(A, B)
            await s.host.say(trades(trade(qty=5, total=100)))
            found = await take(ticks, 1)
            s.prices.volumes[A] = 130
            found += await take(ticks, 1)
            s.prices.volumes[A] = 150
            found += await take(ticks, 1)
            await s.host.say(trades(trade(qty=7, total=157)))
            found += await take(ticks, 1)
            assert {(A,)} == set(s.prices.asked)
            return found

    found = asyncio.run(play())
    assert [(5, 100), (30, 130), (20, 150), (7, 157)] == [(t.qty, t.day_volume) for t in found]
    assert 1 == sum(A in record.getMessage() for record in caplog.records)


def test_an_answer_that_is_older_than_what_the_stream_said_is_left_out(scene: Scenes) -> None:
    """Asked about a silent stock, the host takes its time; the stock trades meanwhile."""

    async def play() -> list[Any]:
        async with scene(poll_held_s=0.1, mute_s=0.3) as s:
            answers, slow, go = s.prices.quotes, asyncio.Event(), asyncio.Event()

            async def late(codes: Any) -> Any:
                found = await answers(codes)
                slow.set()
                await go.wait()
                return found

            s.prices.quotes = late  # type: ignore[method-assign]
            ticks = s.stream.ticks()
            s.stream.watch([A], held=[A])
            await s.live(A)
            s.prices.volumes[A] = 100
            await s.host.say(trades(trade(qty=5, total=100)))
            found = await take(ticks, 1)
            await slow.wait()
            await s.host.say(trades(trade(qty=50, total=150)))
            found += await take(ticks, 1)
            s.clock.start += timedelta(seconds=6)
            go.set()
            await SystemClock().sleep(0.2)
            await s.host.say(trades(trade(qty=10, total=160)))
            return found + await take(ticks, 1)

    found = asyncio.run(play())
    assert [(5, False), (50, False), (10, False)] == [(t.qty, t.after_gap) for t in found]


def test_what_a_silent_registration_missed_at_the_close_is_asked_for(scene: Scenes) -> None:
    """Its closing price comes by no tick."""

    async def play() -> list[Any]:
        start = datetime(2026, 11, 23, 15, 19, 58, tzinfo=KST)
        async with scene(start, poll_held_s=0.1, mute_s=0.3) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A], held=[A])
            await s.live(A)
            await s.host.say(trades(trade(qty=5, total=100, hour="151958")))
            found = await take(ticks, 1)
            s.prices.volumes[A] = 130
            found += await take(ticks, 1)
            s.clock.start += timedelta(minutes=10, seconds=5)
            s.prices.volumes[A] = 170
            return found + await take(ticks, 1)

    found = asyncio.run(play())
    assert [5, 30, 40] == [tick.qty for tick in found]


@pytest.mark.parametrize(("clock", "is_asked"), [(time(10, 5), True), (time(15, 25), False)])
def test_a_stock_held_that_does_not_trade_is_no_news(
    scene: Scenes, clock: time, is_asked: bool
) -> None:
    """It is asked for now and then, not at all in an auction, and nothing is told of it."""

    async def play() -> tuple[int, int]:
        start = datetime.combine(MONDAY, clock, KST)
        async with scene(start, poll_held_s=0.05, mute_s=0.1) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A], held=[A])
            await s.live(A)
            hour = f"{start:%H%M%S}"
            s.prices.volumes[A] = 100
            await s.host.say(trades(trade(qty=5, total=100, hour=hour)))
            await take(ticks, 1)
            await SystemClock().sleep(0.5)
            await s.host.say(trades(trade(qty=2, total=102, hour=hour)))
            (tick,) = await take(ticks, 1)
            return len(s.prices.asked), tick.qty

    asked, qty = asyncio.run(play())
    assert (is_asked, 2) == (asked > 0, qty)


def test_what_was_missed_at_the_close_is_asked_for(scene: Scenes) -> None:
    """A socket that came back before the close is told nothing more that day."""

    async def play() -> Any:
        start = datetime(2026, 11, 23, 15, 29, 58, 500_000, tzinfo=KST)
        async with scene(start, poll_held_s=0.1) as s:
            ticks = s.stream.ticks()
            s.stream.watch([A, B])
            await s.live(A, B)
            await s.host.say(trades(trade(qty=5, total=100)))
            await take(ticks, 1)
            s.prices.volumes[A] = 130
            await s.host.sockets[0].close()
            await s.until(lambda: not s.stream.status.connected)
            await s.live(A, B)
            return await take(ticks, 1)

    (tick,) = asyncio.run(play())
    assert (A, 30, 130, True) == (tick.code, tick.qty, tick.day_volume, tick.after_gap)


def test_what_was_missed_at_the_close_is_asked_for_until_it_is_known(scene: Scenes) -> None:
    """Also when neither socket nor prices come back before the registrations end."""

    async def play() -> Any:
        start = datetime(2026, 11, 23, 15, 34, 59, 300_000, tzinfo=KST)
        async with scene(start, poll_held_s=0.1, hts_id="hts") as s:
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.live(A)
            await s.host.say(trades(trade(qty=5, total=100)))
            await take(ticks, 1)
            s.prices.volumes[A], s.prices.broken = 130, True
            s.host.refuse = [key_in_use()]
            await s.host.sockets[0].close()
            await s.until(lambda: not s.stream.plan().polled and len(s.stream.plan().wishes) == 1)
            s.prices.broken = False
            return await take(ticks, 1)

    (tick,) = asyncio.run(play())
    assert (A, 30, 130, True) == (tick.code, tick.qty, tick.day_volume, tick.after_gap)


def test_codes_beyond_the_limit_are_polled_all_the_time(scene: Scenes) -> None:
    """The paper host has no operations channel; of 45 codes 41 stream and 4 are polled."""
    codes = [f"{n:06d}" for n in range(1, 46)]

    async def play() -> tuple[int, tuple[str, ...]]:
        async with scene(paper=True) as s:
            ticks = s.stream.ticks()
            s.stream.watch(codes)
            plan = s.stream.plan()
            del ticks
            return len(plan.wishes), plan.polled

    assert (41, tuple(codes[41:])) == asyncio.run(play())


def test_a_failing_poll_is_skipped(scene: Scenes) -> None:
    """The next one succeeds and tells the whole difference."""

    async def play() -> Tick:
        async with scene(poll_held_s=0.05, poll_others_s=0.05) as s:
            s.host.most = 0
            ticks = s.stream.ticks()
            s.stream.watch([A])
            await s.until(lambda: len(s.prices.asked) >= 1)
            s.prices.broken, s.prices.volumes[A] = True, 10
            await s.until(lambda: len(s.prices.asked) >= 3)
            s.prices.broken = False
            (tick,) = await take(ticks, 1)
            assert isinstance(tick, Tick)
            return tick

    assert (10, 10, 70_500) == (
        (tick := asyncio.run(play())).qty,
        tick.day_volume,
        tick.day_high,
    )
