"""Entries over deaths: a process killed anywhere, and days in which everything happens."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, Fuse, Killed
from tests.unit.engine.trading.entry_room import EntryRoom, Heard, fails

from jennie_cli.engine.broker import BrokerUnavailable, Fault
from jennie_cli.engine.execution.dossier import CAME_TO_LIGHT
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.risk import BY_SIGNAL
from jennie_cli.engine.store import Act, Sending

Script = Callable[[EntryRoom], Awaitable[None]]


async def _reopened(room: EntryRoom) -> None:
    """Let the process die and the next one start, as often as it takes."""
    await room.kill()
    while True:
        try:
            await room.open()
        except BrokerUnavailable:
            room.clock.advance(1)
        else:
            return


def _sendings(room: EntryRoom, act: Act) -> list[str]:
    return [e.order_id for e in room.events() if isinstance(e, Sending) and e.act is act]


def _ended(room: EntryRoom) -> dict[str, Order]:
    """Return the entries that the ledger says have ended, by id."""
    found = room.execution.book().items()
    return {i: o for i, o in found if o.reason == BY_SIGNAL and o.state.final}


async def _told_once(room: EntryRoom) -> None:
    """Assert that the last process told each end once, in the ledger's figures, and all agree."""
    ended = _ended(room)
    assert set(room.execution.book()) == set(ended), room.execution.book()
    figures = {i: (o.filled_qty, o.filled_amount) for i, o in ended.items()}
    for heard in room.told:
        times = Counter(o.order_id for o in heard.ends)
        again = {i for i, n in times.items() if n > 1}
        assert all(CAME_TO_LIGHT in ended[i].note for i in again)
    last: Heard = room.told[-1]
    assert figures == {o.order_id: (o.filled_qty, o.filled_amount) for o in last.ends}
    assert sum(q for q, _ in figures.values()) == sum(e.qty for e in room.broker.executions())
    assert frozenset() == room.entries.locked()
    await room.agrees(room.execution)


async def _an_entry(room: EntryRoom) -> None:
    """Buy, fill a part, wait until the rest is taken back."""
    room.entries.begin(room.stamped())
    await room.seconds(3)
    room.broker.trade(CODE, PRICE, 30)
    await room.seconds(10)


async def _filled(room: EntryRoom) -> None:
    """Buy and fill all of it in two parts."""
    room.entries.begin(room.stamped())
    await room.seconds(2)
    room.broker.trade(CODE, PRICE, 30)
    await room.seconds(2)
    room.broker.trade(CODE, PRICE, 70)
    await room.seconds(2)


async def _lost_answers(room: EntryRoom) -> None:
    """Get no answer to the order, and none to the first cancel."""
    room.broker.faults.inject(Fault.LOST_AFTER)
    room.broker.faults.inject(Fault.NOTICE_LOST, 2)
    room.entries.begin(room.stamped())
    await room.seconds(3)
    room.broker.trade(CODE, PRICE, 30)
    await room.seconds(6)
    room.broker.faults.inject(Fault.LOST_BEFORE)
    await room.seconds(5)


SCRIPTS = (_an_entry, _filled, _lost_answers)


async def _killed_at(script: Script, boundary: int) -> bool:
    """Run a script, die at a boundary, start again; answer whether the boundary was reached."""
    room = EntryRoom()
    await room.open()
    await room.kill()
    dead = False
    try:
        await room.open(Fuse(boundary))
        await script(room)
    except Killed:
        dead = True
    room.broker.faults.clear()
    await _reopened(room)
    room.broker.trade(CODE, PRICE, 20)
    await room.seconds(90)
    assert len(_sendings(room, Act.PLACE)) == len(set(_sendings(room, Act.PLACE)))
    assert 1 >= sum(
        1 for row in await room.broker.orders(room.clock.now().date()) if not row.cancels
    )
    await _told_once(room)
    await room.entries.close()
    return dead


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_kill_at_any_step_loses_no_share_and_sends_nothing_twice(script: Script) -> None:
    """Wherever it dies, the next process ends the entry and tells what filled."""

    async def run() -> int:
        boundary = 0
        while await _killed_at(script, boundary):
            boundary += 1
        return boundary

    assert 15 <= asyncio.run(run())


@pytest.mark.parametrize(
    ("dies_after", "starts_after", "left"),
    [
        (4, 0, 6),
        (4, 3, 3),
        (9, 0, 1),
        (4, 6, 0),  # its time was up while nobody lived: at once
        (4, 600, 0),
    ],
)
def test_an_open_entry_waits_for_what_is_left_of_its_time(
    dies_after: int, starts_after: int, left: int
) -> None:
    """Past its time it is taken back at once, before that not at all."""

    async def run() -> None:
        room = EntryRoom()
        await room.open()
        room.entries.begin(room.stamped())
        await room.seconds(dies_after)
        room.broker.trade(CODE, PRICE, 30)
        await room.kill()
        room.clock.advance(starts_after)
        await room.open()
        assert {CODE} == room.entries.locked()
        if left:
            await room.clock.pass_time(left - 0.5)
            assert [] == room.heard.ends
        await room.clock.pass_time(1)
        assert [(OrderState.CANCELLED, 30)] == [(o.state, o.filled_qty) for o in room.heard.ends]
        await room.entries.close()

    asyncio.run(run())


def test_a_clock_set_back_while_nobody_lived_adds_no_wait() -> None:
    """An order of the future waits its ten seconds and no more."""

    async def run() -> None:
        room = EntryRoom()
        await room.open()
        room.entries.begin(room.stamped())
        await room.seconds(4)
        await room.kill()
        room.clock.set_back(3_600)
        await room.open()
        await room.seconds(11)
        assert [OrderState.CANCELLED] == [o.state for o in room.heard.ends]
        await room.entries.close()

    asyncio.run(run())


def test_a_cancel_that_a_dead_process_left_in_the_air_is_made_again_at_once() -> None:
    """Nobody waits a minute for an answer that cannot come."""

    async def run() -> None:
        room = EntryRoom()
        await room.open()
        room.entries.begin(room.stamped())
        await room.seconds(9)
        room.broker.before_cancel = _die
        with pytest.raises(Killed):
            await room.seconds(2)
        await room.kill()
        await room.open()
        assert OrderState.CANCELLING is room.order().state
        await room.seconds(1)
        assert OrderState.CANCELLED is room.order().state
        await room.entries.close()

    asyncio.run(run())


def _die() -> None:
    raise Killed


def test_a_fill_that_the_dead_process_did_not_tell_is_told_by_the_next() -> None:
    """It filled, and the process died before anybody heard; every later process tells it once."""

    async def run() -> None:
        room = EntryRoom()
        await room.open()
        room.entries.begin(room.stamped())
        await room.seconds(2)
        room.broker.trade(CODE, PRICE, 100)
        for _ in range(2):
            await room.kill()
            await room.open()
            await room.seconds(3)
        assert [[], [100], [100]] == [heard.shares() for heard in room.told]
        await room.entries.close()

    asyncio.run(run())


_FAULTS = [
    Fault.LOST_BEFORE,
    Fault.LOST_AFTER,
    Fault.REFUSED,
    Fault.BUSY,
    Fault.UNREACHABLE,
    Fault.READ_FAILS,
    Fault.HIDDEN_ROW,
    Fault.NO_ROWS,
    Fault.NOTICE_LOST,
    Fault.NOTICE_TWICE,
    Fault.NOTICE_LATE,
]


@dataclass(frozen=True)
class Turn:
    """One thing that happens in a session, with what it needs."""

    name: str
    a: int = 0
    b: int = 0


_CODES = (CODE, OTHER, "000020", "000030")
_code = st.integers(0, len(_CODES) - 1)
_buy = st.builds(Turn, st.just("buy"), _code)
_trade = st.builds(Turn, st.just("trade"), _code, st.integers(1, 7))
_wait = st.builds(Turn, st.just("wait"), st.integers(1, 8))
_fault = st.builds(Turn, st.just("fault"), st.integers(0, len(_FAULTS) - 1), st.integers(0, 3))
turns = st.one_of(
    _buy,
    _buy,
    _buy,
    _trade,
    _trade,
    _trade,
    _wait,
    _wait,
    _fault,
    st.builds(Turn, st.just("at_cancel"), _code, st.integers(1, 4)),
    st.builds(Turn, st.just("no_cancel"), st.integers(0, 2), st.integers(1, 3)),
    st.builds(Turn, st.just("vanish"), st.integers(1, 7)),
    st.builds(Turn, st.just("slow"), st.integers(1, 14)),
    st.builds(Turn, st.just("release")),
    st.builds(Turn, st.just("kill"), st.integers(0, 12)),
)


def _wanted(room: EntryRoom, choice: int) -> str:
    """Return the code of an open entry if there is one."""
    live = [o.code for o in room.execution.book().values() if o.open_qty]
    return live[choice % len(live)] if live else _CODES[choice]


async def _turn(room: EntryRoom, turn: Turn, number: int) -> None:
    broker = room.broker
    match turn.name:
        case "buy":
            room.entries.begin(room.stamped(f"E{number}", code=_CODES[turn.a]))
        case "trade":
            broker.trade(_wanted(room, turn.a), PRICE, 15 * turn.b)
        case "at_cancel":
            code = _wanted(room, turn.a)
            broker.before_cancel = lambda: broker.trade(code, PRICE, 25 * turn.b)
        case "wait":
            await room.seconds(turn.a)
        case "no_cancel":
            broker.before_cancel = lambda: broker.faults.inject(_FAULTS[turn.a], turn.b)
        case "vanish":
            fails(Fault.LOST_AFTER, Fault.NOTICE_LOST, Fault.HIDDEN_ROW)(room)
            room.entries.begin(room.stamped(f"E{number}", code=_CODES[turn.a % len(_CODES)]))
            await room.seconds(10 * turn.a)
            broker.show_rows()
        case "slow":
            broker.delays = [float(turn.a)]
        case "release":
            broker.release_notices()
        case "fault":
            broker.faults.inject(_FAULTS[turn.a], 1 + turn.b)


async def _session(session: list[Turn]) -> EntryRoom:
    room = EntryRoom()
    await room.open()
    for number, turn in enumerate(session):
        try:
            if turn.name == "kill":
                room.ledger.fuse = Fuse(turn.a)
            else:
                await _turn(room, turn, number)
        except Killed:
            await _reopened(room)
    await _at_the_end(room)
    return room


async def _at_the_end(room: EntryRoom) -> None:
    """Let all be heard, every call be decided, and the session close."""
    room.broker.faults.clear()
    room.broker.delays = []
    room.broker.before_cancel = None
    await _reopened(room)
    room.broker.show_rows()
    room.broker.release_notices()
    await room.seconds(80)
    room.broker.end_session()
    room.clock.advance(6 * 3600)
    await room.execution.resolve()
    await room.seconds(10)


@settings(max_examples=50)
@given(st.lists(turns, min_size=15, max_size=35))
def test_whatever_happens_what_filled_is_told_once_and_is_the_ledgers(session: list[Turn]) -> None:
    """Fills, cancels, failures and deaths in any order: shares told = ledger = broker."""

    async def run() -> None:
        room = await _session(session)
        await _told_once(room)
        placed = _sendings(room, Act.PLACE)
        assert len(set(placed)) == len(placed)
        await room.entries.close()

    asyncio.run(run())
