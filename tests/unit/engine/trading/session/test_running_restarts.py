"""A session that is killed and started again: exits are armed at once and nothing leaves twice."""

import asyncio
from collections.abc import Callable

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, Fuse
from tests.unit.engine.trading.session.running_day import STOP, bought_signal
from tests.unit.engine.trading.session.running_room import RunningRoom

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.model import Side
from jennie_cli.engine.store import Act, Sending
from jennie_cli.engine.trading.session import Step

_LONG = 1_000_000
_LAST_BOUNDARY = 12


async def _killed(room: RunningRoom, boundaries: int, do: Callable[[], None]) -> bool:
    """Let a process die so many boundaries after something; False if it came to its end."""
    fuse = Fuse(_LONG)
    await room.open(fuse)
    await room.seconds(2)
    do()
    fuse.left = boundaries
    await room.tick(STOP)
    for _ in range(8):
        if room.task.done():
            break
        await room.seconds(1)
    if not room.task.done():
        fuse.left = _LONG
        await room.close()
        room.bury()
        return False
    await room.die()
    return True


@pytest.mark.parametrize("boundaries", range(_LAST_BOUNDARY))
@pytest.mark.parametrize("hidden", [False, True])
def test_killed_anywhere_between_wish_and_end_the_shares_are_sold_once(
    boundaries: int, hidden: bool
) -> None:
    """Before the ledger, before the call, before its answer, before the fill is read: one sale."""

    async def work() -> None:
        room = RunningRoom()
        if hidden:
            room.broker.faults.inject(Fault.HIDDEN_ROW)
        await _killed(room, boundaries, lambda: None)
        room.steady.alone = False
        await room.open()
        await room.tick(STOP)
        await room.seconds(20)
        room.broker.show_rows()
        await room.seconds(100)
        await room.tick(STOP)
        await room.seconds(15)
        assert ([100], ()) == (room.sold(), room.day.held)
        await room.close()

    asyncio.run(work())


def test_the_fuse_does_kill_between_wish_and_end() -> None:
    """Most of the boundaries above end a process; the last ones lie behind the sale."""

    async def work() -> list[bool]:
        return [await _killed(RunningRoom(), n, lambda: None) for n in range(_LAST_BOUNDARY)]

    died = asyncio.run(work())
    assert (True, True) == (all(died[:5]), sum(died) >= 5)


@pytest.mark.parametrize("boundaries", range(_LAST_BOUNDARY))
def test_killed_anywhere_while_it_buys_one_signal_is_one_order(boundaries: int) -> None:
    """The signal comes again after the restart, and is taken or was never claimed."""

    async def work() -> None:
        room = RunningRoom()
        signal = bought_signal(room.clock.now())
        await _killed(room, boundaries, lambda: room.day.signals.append(signal))
        room.steady.alone = False
        await room.open()
        room.day.signals.append(signal)
        await room.seconds(30)
        placed = [e for e in room.events() if isinstance(e, Sending) and e.act is Act.PLACE]
        buys = [e for e in placed if room.execution.order(e.order_id).side is Side.BUY]
        assert 1 >= len(buys)
        held = room.portfolio().positions.get(OTHER)
        assert (held.qty if held else 0) == room.day.shares.get(OTHER, 0)
        await room.close()

    asyncio.run(work())


def test_what_was_over_before_the_start_is_not_told_again() -> None:
    """Neither the ends nor the trades of an earlier process are news to the next one."""

    async def work() -> None:
        room = RunningRoom()
        await room.open()
        await room.seconds(2)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(STOP)
        await room.seconds(3)
        assert 2 == len(room.day.ends)
        await room.close()
        room.steady.alone = False
        await room.open()
        await room.seconds(3)
        assert ([], [], (OTHER,)) == (room.day.ends, room.day.told, room.day.held)
        await room.tick(STOP, OTHER)
        assert 2 == len(room.sold())
        await room.close()

    asyncio.run(work())


def test_a_sale_left_open_is_followed_by_the_next_process() -> None:
    """It rests at the exchange; the stop sends no second one, and its end is told."""

    async def work() -> None:
        room = RunningRoom()
        await room.open()
        room.broker.faults.inject(Fault.LOST_AFTER)
        room.broker.faults.inject(Fault.NOTICE_LOST, 2)
        room.broker.faults.inject(Fault.HIDDEN_ROW)
        await room.tick(STOP)
        await room.close()
        room.bury()
        room.steady.alone = False
        await room.open()
        await room.tick(STOP)
        assert ["exit_qty"] == room.day.refusals[:1]
        room.broker.show_rows()
        await room.seconds(30)
        assert ([100], ()) == (room.sold(), room.day.held)
        assert [Side.SELL] == [o.side for o in room.day.ends]
        await room.close()

    asyncio.run(work())


def test_the_last_decisions_are_told_before_it_ends() -> None:
    """At the close of the session nothing said is lost."""

    async def work() -> None:
        room = RunningRoom()
        await room.open(until=room.clock.now())
        await room.task
        await room.open()
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(STOP)
        await room.close()
        assert Step.SIGNAL in {d.step for d in room.ears.decisions}
        kept = room.evaluations.at(CODE, room.clock.now()).stamps
        assert {Side.SELL} == set(kept)

    asyncio.run(work())
