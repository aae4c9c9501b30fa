"""What a session does beside trading: it notices silence, says it lives, keeps its record."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, TEN
from tests.unit.engine.trading.session.running_day import STOP, bought_signal
from tests.unit.engine.trading.session.running_room import HOURS, RunningRoom, quiet, run

from jennie_cli.engine.broker import BrokerUnavailable, Fault
from jennie_cli.engine.bus.names import MONITOR_BEAT, SCANNER_BEAT
from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    InputError,
    JennieError,
    OutsideError,
    SettingsError,
    StorageFull,
)
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading.session.running_care import Recorder
from jennie_cli.engine.trading.session.running_ports import Loop
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles
from jennie_cli.engine.trading.session.running_watch import Watchdog

_LATE = TEN.replace(hour=15, minute=19, second=30)


async def _hang(room: RunningRoom, seconds: int) -> None:
    """Let real seconds pass while the exchange's clock wakes nobody."""
    for _ in range(seconds):
        await room.steady.pass_time(1)
        await quiet()


def test_an_exchange_clock_that_hangs_is_an_alarm_within_ten_seconds() -> None:
    """It is told once for each time that it hangs."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(5)
        await _hang(room, 10)
        assert [Loop.SECONDS] == [loop for loop, _ in room.ears.alarms]
        await _hang(room, 20)
        assert 1 == len(room.ears.alarms)
        await room.seconds(2)
        await _hang(room, 10)
        assert 2 == len(room.ears.alarms)

    run(work)


@pytest.mark.parametrize(
    ("minutes", "alarms"), [(-2.0, 0), (-0.5, 1), (389.0, 1), (390.0, 0), (400.0, 0)]
)
def test_silence_counts_from_just_before_the_open_to_the_close(minutes: float, alarms: int) -> None:
    """A clock that hangs at 08:59:30 would never see the open; after the close nobody waits."""
    assert HOURS is not None
    start = HOURS.open + timedelta(minutes=minutes)

    async def work() -> None:
        room = RunningRoom(start=start)
        await room.open(until=start + timedelta(hours=1))
        await _hang(room, 15)
        assert alarms == len(room.ears.alarms)
        await room.close()

    asyncio.run(work())


def test_ticks_that_nobody_judges_are_an_alarm_and_a_quiet_market_is_none() -> None:
    """A loop without work is silent with reason; one that owes an evaluation is not."""

    async def work(room: RunningRoom) -> None:
        assert HOURS is not None
        watchdog = Watchdog(room.room(), HOURS)
        watching = asyncio.create_task(watchdog.run())
        await _hang(room, 30)
        told = len([loop for loop, _ in room.ears.alarms if loop is Loop.TICKS])
        watchdog.owes(Loop.TICKS)
        await _hang(room, 10)
        watching.cancel()
        assert (0, 1) == (told, [loop for loop, _ in room.ears.alarms].count(Loop.TICKS))

    run(work)


def test_it_says_that_it_lives_only_while_it_evaluates() -> None:
    """Both keys carry the exchange's time; once it hangs they are written no more."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(11)
        beats = [await room.bus.keys.get(key) for key in (SCANNER_BEAT, MONITOR_BEAT)]
        assert beats[0] == beats[1] is not None
        await _hang(room, 5)
        last = await room.bus.keys.get(SCANNER_BEAT)
        await _hang(room, 30)
        assert last == await room.bus.keys.get(SCANNER_BEAT)

    run(work)


def test_a_dead_bus_is_told_once_until_it_lives_again() -> None:
    """Two deaths are two troubles of the heartbeat, however long they last."""

    async def work(room: RunningRoom) -> None:
        for _ in range(2):
            room.bus.switch.down = True
            await room.seconds(30)
            room.bus.switch.down = False
            await room.seconds(10)
        assert [("heartbeat", "bus_down")] * 2 == room.ears.troubles
        assert () == room.ears.failing

    run(work)


def test_a_defect_in_the_session_ends_the_run_with_its_error() -> None:
    """A loop does not die in silence."""

    async def work(room: RunningRoom) -> None:
        room.day.defect = ZeroDivisionError("planted")
        await room.tick(PRICE)
        room.steady.alone = True
        await asyncio.wait({room.task})

    with pytest.raises(ZeroDivisionError, match="planted"):
        run(work)


def test_a_defect_in_a_sale_ends_the_run_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does one in a task that nobody waits for."""

    async def work(room: RunningRoom) -> None:
        def planted(*_args: Any, **_named: Any) -> None:
            raise ZeroDivisionError("planted")

        monkeypatch.setattr(room.day, "stamp_sell", planted)
        await room.tick(STOP)
        room.steady.alone = True
        await asyncio.wait({room.task})

    with pytest.raises(ZeroDivisionError, match="planted"):
        run(work)


def test_what_was_judged_is_kept_once_a_minute_after_its_orders() -> None:
    """A stamp of ten o'clock is kept ten seconds into the next minute, not before."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(30)
        await room.tick(STOP)
        at = room.clock.now()
        await room.seconds(30)
        assert {} == room.evaluations.at(CODE, at).stamps
        await room.seconds(12)
        assert ["sell"] == list(room.evaluations.at(CODE, at).stamps)

    run(work)


def test_a_record_that_cannot_be_kept_is_told_and_kept_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Trading goes on meanwhile, and nothing of the record is lost."""

    async def work(room: RunningRoom) -> None:
        def full(*_args: Any) -> None:
            raise StorageFull("The disk is full.")

        await room.seconds(30)
        with monkeypatch.context() as patch:
            patch.setattr(room.evaluations, "keep", full)
            room.day.signals.append(bought_signal(room.clock.now()))
            await room.tick(STOP)
            at = room.clock.now()
            await room.seconds(100)
        assert [("evaluations", "storage_full")] == room.ears.troubles
        assert [100] == room.sold()
        await room.seconds(60)
        assert ["sell"] == list(room.evaluations.at(CODE, at).stamps)

    run(work)


def test_the_closing_auction_of_what_is_held_is_asked_every_five_seconds() -> None:
    """Before the auction nobody is asked."""

    async def work(room: RunningRoom) -> None:
        room.market.expected = 9_900
        await room.seconds(29)
        assert 0 == room.market.asked
        await room.seconds(21)
        assert [(CODE, 9_900)] * 4 == room.day.expected

    run(work, start=_LATE)


@pytest.mark.parametrize(("at_once", "calls"), [(1, 8), (2, 4), (30, 4)])
def test_as_many_as_one_call_tells_are_asked_about_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int, calls: int
) -> None:
    """Every stock held has its turn in each round, whatever a call can tell."""

    async def work(room: RunningRoom) -> None:
        monkeypatch.setattr(type(room.day), "held", (CODE, OTHER))
        room.market.expected = 9_900
        await room.seconds(50)
        assert calls == room.market.asked
        assert [(CODE, 9_900), (OTHER, 9_900)] * 4 == room.day.expected

    run(work, start=_LATE, first=lambda room: setattr(room, "quoted_at_once", at_once))


@pytest.mark.parametrize("spoilt", ["left out", "without a price", "failed"])
def test_what_a_list_does_not_tell_is_asked_for_by_itself(
    monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    """One bad row must not take the others' stops out of the auction."""

    async def work(room: RunningRoom) -> None:
        monkeypatch.setattr(type(room.day), "held", (CODE, OTHER))
        room.market.expected = 9_900
        told = room.market.quotes

        async def odd(codes: tuple[str, ...]) -> tuple[Quote, ...]:
            found = await told(codes)
            if len(codes) == 1:
                return found
            if spoilt == "failed":
                raise BrokerUnavailable("unreadable", hint="later")
            first, second = found
            return (first,) if spoilt == "left out" else (first, replace(second, expected_price=0))

        monkeypatch.setattr(room.market, "quotes", odd)
        await room.seconds(35)
        assert [(CODE, 9_900), (OTHER, 9_900)] == room.day.expected[:2]
        assert (spoilt == "failed") is bool(room.ears.troubles)

    run(work, start=_LATE, first=lambda room: setattr(room, "quoted_at_once", 30))


def test_flags_that_cannot_be_read_refuse_a_buy_and_stop_no_sale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are asked for anew before a buy, while for a sale the last reading stands."""

    async def work(room: RunningRoom) -> None:
        def unreadable() -> None:
            raise HomeBusy("The flags cannot be read.")

        monkeypatch.setattr(room.flags, "all", unreadable)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(STOP)
        await room.seconds(10)
        assert (["flags"], [100]) == (room.day.refusals, room.sold())
        assert [("flags", "home_busy")] == room.ears.troubles

    run(work)


def test_a_freeze_that_was_read_outlives_its_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person froze the account; that the flags fail afterwards does not lift it."""

    async def work(room: RunningRoom) -> None:
        def unreadable() -> None:
            raise HomeBusy("The flags cannot be read.")

        room.put(Flag.STOP)
        await room.seconds(3)
        monkeypatch.setattr(room.flags, "all", unreadable)
        await room.seconds(3)
        await room.tick(STOP)
        assert [] == room.sold()

    run(work)


def test_a_broker_that_cannot_be_read_is_told_once() -> None:
    """The upkeep goes on trying."""

    async def work(room: RunningRoom) -> None:
        room.broker.faults.inject(Fault.READ_FAILS, 1_000)
        await room.seconds(100)
        assert [("upkeep", "broker_unavailable")] == room.ears.troubles
        room.broker.faults.clear()
        await room.seconds(20)
        assert () == room.ears.failing

    run(work)


def test_a_liquidation_set_that_cannot_be_read_leaves_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was armed is sold although the set is gone from sight."""

    async def work(room: RunningRoom) -> None:
        async def unreadable() -> frozenset[str]:
            raise OutsideError("The set cannot be read.")

        room.put(Flag.STOP)
        await room.seconds(4)
        room.doomed = frozenset({CODE})
        await room.seconds(1)
        monkeypatch.setattr(room, "liquidation", unreadable)
        await room.seconds(5)
        assert [100] == room.sold()

    run(work)


def test_a_full_disk_sends_nothing_and_the_sale_leaves_once_there_is_room() -> None:
    """An order that cannot be written down is not sent; it is tried again, and sold once."""

    async def work(room: RunningRoom) -> None:
        room.ledger.room = 0
        await room.tick(STOP)
        await room.seconds(3)
        assert ([], {}) == (room.sold(), dict(room.execution.book()))
        assert (f"sell {CODE}", "storage_full") in room.ears.troubles
        room.ledger.room = None
        await room.seconds(12)
        assert [100] == room.sold()

    run(work)


def test_where_the_session_stands_is_told_every_second() -> None:
    """What is held, what is on its way, the cash, and when something was heard last."""

    async def work(room: RunningRoom) -> None:
        await room.tick(PRICE)
        heard = room.clock.now()
        await room.seconds(5)
        moment, status = room.ears.status[-1]
        assert ((CODE,), 100_000_000, heard) == (status.held, status.cash, status.heard_at)
        assert moment == TEN + timedelta(seconds=5)
        assert 6 == len(room.ears.status)

    run(work)


def test_a_feed_that_says_nothing_for_a_minute_is_told() -> None:
    """Once, and again only after it has worked; what is held is counted."""

    async def work(room: RunningRoom) -> None:
        await room.tick(PRICE)
        await room.seconds(50)
        assert [] == room.ears.silences
        await room.seconds(30)
        assert [("feed", "feed_silent")] == room.ears.silences
        assert "feed" in room.ears.status[-1][1].failing
        await room.tick(PRICE)
        await room.seconds(1)
        assert "feed" not in room.ears.status[-1][1].failing
        await room.seconds(70)
        assert 2 == len(room.ears.silences)

    run(work)


@pytest.mark.parametrize("error", [SettingsError, InputError, HomeNotWritable])
def test_a_question_that_fails_in_any_way_refuses_the_buy_and_stops_no_sale(
    error: type[JennieError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that cannot be read is no reason to stop watching what is held."""

    async def work(room: RunningRoom) -> None:
        def broken() -> Mapping[Flag, FlagState]:
            raise error("It cannot be read.", hint="Look.")

        monkeypatch.setattr(room.flags, "all", broken)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(5)
        assert {} == dict(room.execution.book())
        await room.tick(STOP)
        await room.seconds(2)
        assert [100] == room.sold()

    run(work)


def test_a_record_that_is_being_written_when_the_session_ends_is_written_once() -> None:
    """Its thread goes on whatever becomes of who waits for it."""

    async def work(room: RunningRoom) -> None:
        written, errands = list[int](), Errands()

        async def slowly(keep: Callable[[], object]) -> None:
            written.append(len(written))
            keep()
            await room.steady.sleep(0.5)

        records = iter([((), ("a stamp",)), ((), ())])
        day: Any = SimpleNamespace(take_records=lambda: next(records))
        beside: Any = SimpleNamespace(
            evaluations=SimpleNamespace(keep=lambda *_: None), aside=slowly
        )
        recorder = Recorder(day, beside, Troubles(room.ears.trouble))
        recorder.turn(room.clock.now(), errands)
        await quiet()
        closing = asyncio.ensure_future(errands.close(room.steady, 5.0))
        await room.steady.pass_time(1)
        await closing
        room.steady.alone = True
        await recorder.keep()
        assert [0] == written

    run(work)
