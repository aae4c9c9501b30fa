"""A session in a rush of ticks and signals: nobody waits for longer than he must."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE
from tests.unit.engine.trading.session.running_day import bought_signal
from tests.unit.engine.trading.session.running_room import RunningRoom, quiet, run

from jennie_cli.engine.bus.names import LOCK_BUY
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState, Intended, LedgerEvent, Recorded
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session import Step

TICKS = 40


def test_between_two_looks_at_ticks_everything_else_goes_on() -> None:
    """A tick before each turn of the loop is a look in every few turns, and none is lost."""

    async def work(room: RunningRoom) -> None:
        for _ in range(TICKS):
            room.market.stream.put_nowait(room._tick(CODE, PRICE))
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        await quiet()
        assert TICKS == sum(len(heard) for heard in room.day.heard)
        assert len(room.day.heard) <= TICKS // 4

    run(work)


def counting(room: RunningRoom, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each reading of the flags."""
    readings, read = list[int](), room.flags.all

    def counted() -> Mapping[Flag, FlagState]:
        readings.append(1)
        return read()

    monkeypatch.setattr(room.flags, "all", counted)
    return readings


def test_signals_of_one_look_have_the_flags_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are stamped by the reading that began after they came."""

    async def work(room: RunningRoom) -> None:
        readings = counting(room, monkeypatch)
        room.day.signals += [bought_signal(room.clock.now(), code) for code in (CODE, OTHER)]
        await room.tick(PRICE)
        assert (2, 1) == (len(room.day.answers), len(readings))

    run(work)


def test_a_signal_that_comes_later_has_the_flags_read_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pause that came in between refuses it."""

    async def work(room: RunningRoom) -> None:
        readings = counting(room, monkeypatch)
        room.day.signals.append(bought_signal(room.clock.now(), CODE))
        await room.tick(PRICE)
        room.put(Flag.PAUSE)
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        assert (["pause"], 2) == (room.day.refusals, len(readings))

    run(work)


def test_a_pause_that_comes_while_a_buy_waits_for_its_stamp_refuses_it() -> None:
    """The first one's quote takes seconds; what the second was told of the flags is old by then."""

    async def work(room: RunningRoom) -> None:
        room.market.silent = True
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        room.market.silent = False
        room.day.signals.append(bought_signal(room.clock.now(), CODE))
        await room.tick(PRICE)
        room.put(Flag.PAUSE)
        await room.seconds(4)
        refused = [d.code for d in room.ears.decisions if d.step is Step.REFUSED]
        assert ([OTHER, CODE], "pause") == (refused, room.day.refusals[-1])

    run(work)


def test_ticks_that_come_while_a_buy_is_asked_about_are_judged_together_after_a_moment() -> None:
    """A quote that does not come holds ticks up for a hundredth of a second, and no longer."""

    async def work(room: RunningRoom) -> None:
        room.market.silent = True
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        before = len(room.day.heard)
        await room.tick(PRICE)
        await room.tick(PRICE)
        assert before == len(room.day.heard)
        await room.steady.pass_time(0.01)
        await quiet()
        assert [2] == [len(heard) for heard in room.day.heard[before:]]
        await room.tick(PRICE)
        assert before + 2 == len(room.day.heard)

    run(work)


def test_a_buy_that_is_answered_at_once_holds_no_tick_up() -> None:
    """No time has to pass until the next one is judged."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        before = len(room.day.heard)
        await room.tick(PRICE)
        assert (1, before + 1) == (len(room.day.answers), len(room.day.heard))

    run(work)


def test_a_lock_that_another_process_holds_refuses_the_buy() -> None:
    """It is asked for together with all else, and let go of only by who holds it."""

    async def work(room: RunningRoom) -> None:
        held = await room.bus.locks.acquire(LOCK_BUY.of(OTHER))
        assert held is not None
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        assert ["locked"] == room.day.refusals
        assert await room.bus.locks.acquire(LOCK_BUY.of(OTHER)) is None

    run(work)


def placed_after(room: RunningRoom, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return a list that grows with each order put on disk: its code, and the answers by then."""
    placed, append = list[tuple[str, int]](), room.ledger.append

    def watched(events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        given = len(room.day.answers)
        placed.extend((e.intent.code, given) for e in events if isinstance(e, Intended))
        return append(events)

    monkeypatch.setattr(room.ledger, "append", watched)
    return placed


def late(
    room: RunningRoom, wait: Callable[[], Awaitable[object]], patch: pytest.MonkeyPatch
) -> None:
    """Let the quote of the other stock wait for something."""
    quote = room.market.quote

    async def waiting(code: str) -> Quote:
        if code == OTHER:
            await wait()
        return await quote(code)

    patch.setattr(room.market, "quote", waiting)


def test_signals_of_one_minute_are_all_stamped_before_an_order_goes_to_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second one's answers come while the disk would work; it still goes second."""

    async def some_turns() -> None:
        for _ in range(9):
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing

    async def work(room: RunningRoom) -> None:
        placed = placed_after(room, monkeypatch)
        late(room, some_turns, monkeypatch)
        room.day.signals += [bought_signal(room.clock.now(), code) for code in (CODE, OTHER)]
        await room.tick(PRICE)
        assert [(CODE, 2), (OTHER, 2)] == placed

    run(work)


def test_an_order_waits_only_for_a_moment_for_the_stamps_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second one's quote takes seconds; the first order is on disk after a hundredth."""

    async def work(room: RunningRoom) -> None:
        placed = placed_after(room, monkeypatch)
        late(room, lambda: room.steady.sleep(2.0), monkeypatch)
        room.day.signals += [bought_signal(room.clock.now(), code) for code in (CODE, OTHER)]
        await room.tick(PRICE)
        assert ([], 1) == (placed, len(room.day.answers))
        await room.steady.pass_time(0.01)
        await quiet()
        assert [(CODE, 1)] == placed

    run(work)


def test_nobody_waits_for_the_answer_that_a_person_gives_to_another_buy() -> None:
    """Both are asked about at once, and leave as they are answered."""

    async def work(room: RunningRoom) -> None:
        room.someone.after_s = 30.0
        room.day.signals += [bought_signal(room.clock.now(), code) for code in (CODE, OTHER)]
        await room.tick(PRICE)
        assert (2, ()) == (room.someone.asked, room.broker.executions())

    run(work, auto=Auto.APPROVE)
