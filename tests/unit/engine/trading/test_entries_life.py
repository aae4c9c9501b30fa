"""Automatic buys: each row of an order's life, with what is told of its end."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.unit.engine.execution.bench import CODE, PRICE
from tests.unit.engine.trading.entry_room import EntryRoom, fails, told, unseen

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.model import OrderState
from jennie_cli.engine.trading import EntryAlarmKind

_S = OrderState
UNKNOWN, STILL_OPEN = EntryAlarmKind.UNKNOWN, EntryAlarmKind.STILL_OPEN


def trades(qty: int, price: int = PRICE) -> Callable[[EntryRoom], object]:
    """Return a trade of the exchange in the stock."""
    return lambda room: room.broker.trade(CODE, price, qty)


def first(act: Callable[[EntryRoom], object]) -> Callable[[EntryRoom], object]:
    """Return what comes to the exchange just before the cancel does."""

    def plan(room: EntryRoom) -> None:
        room.broker.before_cancel = lambda: act(room)

    return plan


def thrice(fault: Fault) -> tuple[Fault, ...]:
    """Return a fault for every try of a cancel."""
    return (fault,) * 3


@dataclass(frozen=True)
class Life:
    """What happens at which second after the stamp, and what is so at second `until`."""

    name: str
    happens: dict[int, Callable[[EntryRoom], object]]
    until: int
    state: OrderState
    filled: int
    calls: int
    alarms: tuple[EntryAlarmKind, ...] = ()


LIVES = (
    # NEW
    Life("accepted, it works", {}, 9, _S.WORKING, 0, 1),
    Life("refused, it ends", {0: fails(Fault.REFUSED)}, 1, _S.REJECTED, 0, 1),
    Life("never arrived, it is not sent again", {0: fails(Fault.BUSY)}, 90, _S.NOT_SENT, 0, 1),
    Life("no answer, it is looked for", {0: fails(Fault.LOST_AFTER)}, 3, _S.WORKING, 0, 1),
    Life(
        "no answer, found filled: it counts",
        {0: fails(Fault.LOST_AFTER, Fault.NOTICE_LOST), 2: unseen(100)},
        5,
        _S.FILLED,
        100,
        1,
    ),
    Life(
        "no answer, found open: taken back on time",
        {0: fails(Fault.LOST_AFTER, Fault.NOTICE_LOST), 2: unseen(30)},
        12,
        _S.CANCELLED,
        30,
        2,
    ),
    Life(
        "no answer and not found: alarm",
        {0: fails(Fault.LOST_BEFORE)},
        16,
        _S.UNKNOWN,
        0,
        1,
        (UNKNOWN,),
    ),
    Life(
        "not found for a minute: never sent",
        {0: fails(Fault.LOST_BEFORE)},
        70,
        _S.NOT_SENT,
        0,
        1,
        (UNKNOWN,),
    ),
    # WORKING
    Life("nothing remains: filled", {3: trades(100)}, 5, _S.FILLED, 100, 1),
    Life(
        "filled in three parts",
        {1: trades(30), 2: trades(30), 8: trades(40)},
        9,
        _S.FILLED,
        100,
        1,
    ),
    Life("a part fills, it works on", {3: trades(30)}, 9, _S.PARTIAL, 30, 1),
    Life("ten seconds: taken back empty", {}, 11, _S.CANCELLED, 0, 2),
    Life("ten seconds: the part is kept", {3: trades(30)}, 11, _S.CANCELLED, 30, 2),
    Life("a part nobody told of is kept", {3: unseen(30)}, 11, _S.CANCELLED, 30, 2),
    Life(
        "turned away by the exchange",
        {4: lambda room: room.broker.reject("1")},
        6,
        _S.REJECTED,
        0,
        1,
    ),
    # CANCELLING
    Life("filled before the cancel came", {3: first(unseen(100))}, 12, _S.FILLED, 100, 2),
    Life("half filled before the cancel came", {3: first(unseen(50))}, 12, _S.CANCELLED, 50, 2),
    Life("refused once, tried again", {9: fails(Fault.REFUSED)}, 13, _S.CANCELLED, 0, 3),
    Life("unreachable once, tried again", {9: fails(Fault.UNREACHABLE)}, 13, _S.CANCELLED, 0, 3),
    Life(
        "refused as it fills at the last try",
        {3: trades(20), 9: fails(Fault.REFUSED, Fault.REFUSED), 12: unseen(80)},
        16,
        _S.FILLED,
        100,
        4,
    ),
    Life(
        "refused three times, still open: alarm, no fourth",
        {9: fails(*thrice(Fault.REFUSED))},
        60,
        _S.WORKING,
        0,
        4,
        (STILL_OPEN,),
    ),
    Life(
        "refused three times, filled after: it counts",
        {9: fails(*thrice(Fault.REFUSED)), 40: trades(100)},
        45,
        _S.FILLED,
        100,
        4,
        (STILL_OPEN,),
    ),
    Life(
        "refused while the status cannot be read, filled unseen: alarm, then it counts",
        {9: fails(*thrice(Fault.REFUSED), *(Fault.READ_FAILS,) * 10), 10: unseen(100)},
        40,
        _S.FILLED,
        100,
        4,
        (STILL_OPEN,),
    ),
    Life("no answer, but cancelled", {9: fails(Fault.LOST_AFTER)}, 12, _S.CANCELLED, 0, 2),
    Life(
        "no answer to any try: nobody knows, alarm",
        {9: fails(*thrice(Fault.LOST_BEFORE))},
        20,
        _S.CANCELLING,
        0,
        4,
        (UNKNOWN,),
    ),
    Life(
        "no try arrived: open again, taken back anew",
        {9: fails(*thrice(Fault.LOST_BEFORE))},
        90,
        _S.CANCELLED,
        0,
        5,
        (UNKNOWN,),
    ),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_every_row_of_an_orders_life(life: Life) -> None:
    """State, shares, calls and alarms are those of the table; an end is told once and unlocks."""

    async def work(room: EntryRoom) -> None:
        for second in range(life.until):
            if second in life.happens:
                life.happens[second](room)
            if not second:
                room.entries.begin(room.stamped())
            await room.seconds(1)
        order = room.order()
        assert (life.state, life.filled) == (order.state, order.filled_qty)
        assert life.calls == room.broker.calls
        assert list(life.alarms) == room.heard.kinds()
        assert ([order] if order.state.final else []) == room.heard.ends
        assert (not order.state.final) is (CODE in room.entries.locked())
        assert PRICE * order.filled_qty == order.filled_amount
        await room.agrees(room.execution)

    told(work)
