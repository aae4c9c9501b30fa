"""Automatic buys: what is sent, what locks, what is told, and what goes wrong on the way."""

from datetime import timedelta

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE
from tests.unit.engine.risk.auto_cases import auto, signal
from tests.unit.engine.trading.entry_room import EntryRoom, fails, told, unseen

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.errors import StorageFull
from jennie_cli.engine.execution.dossier import CAME_TO_LIGHT
from jennie_cli.engine.model import Order, OrderState, Side, Strategy
from jennie_cli.engine.risk import BY_SIGNAL, ApprovedOrder, AutoPolicy, stamp_signal
from jennie_cli.engine.store import Act, Sending, Taken
from jennie_cli.engine.trading import EntryAlarm, EntryAlarmKind, EntryOpen, alarm_text

_S = OrderState
UNKNOWN, STILL_OPEN = EntryAlarmKind.UNKNOWN, EntryAlarmKind.STILL_OPEN


@pytest.mark.parametrize(
    ("strategy", "limit"),
    [(Strategy.MOMENTUM, 39_700), (Strategy.DIP_BUY, 39_950)],  # of 39,718.8 and 39,996; step 50
)
def test_what_the_stamp_priced_is_what_the_exchange_gets(strategy: Strategy, limit: int) -> None:
    """The momentum family goes out at 0.3 % above its signal, the rest at 1 %, both cut down."""
    stamped = stamp_signal(signal(strategy=strategy, price=39_600), auto(), AutoPolicy())
    assert isinstance(stamped, ApprovedOrder)

    async def work(room: EntryRoom) -> None:
        room.entries.begin(stamped)
        await room.seconds(1)
        assert [limit] == [row.price for row in await room.broker.open_orders()]
        await room.seconds(10)
        assert [strategy] == [o.strategy for o in room.heard.ends]

    told(work)


def test_the_number_and_the_branch_of_the_answer_are_kept() -> None:
    """The cancel names them."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        await room.seconds(11)
        placed = next(e for e in room.events() if isinstance(e, Taken) and e.act is Act.PLACE)
        assert ("1", "00950") == (placed.broker_id, placed.branch)

    told(work)


def test_what_filled_below_the_limit_is_told_in_the_won_it_cost() -> None:
    """The limit is the most that is paid, not what is paid."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        await room.seconds(2)
        room.broker.trade(CODE, 9_990, 30)
        room.broker.trade(CODE, 9_980, 20)
        await room.seconds(10)
        assert [(50, 30 * 9_990 + 20 * 9_980)] == [
            (o.filled_qty, o.filled_amount) for o in room.heard.ends
        ]

    told(work)


def test_beginning_waits_for_nothing() -> None:
    """When `begin` returns nothing has left yet, and the code is locked already."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        assert (0, frozenset({CODE})) == (room.broker.calls, room.entries.locked())
        await room.seconds(1)
        assert 1 == room.broker.calls

    told(work)


def test_two_entries_do_not_delay_each_other() -> None:
    """One waits fourteen seconds for its answer; the other is sent, filled and ended meanwhile."""

    async def work(room: EntryRoom) -> None:
        room.broker.delays = [14.0]
        room.entries.begin(room.stamped("SLOW"))
        await room.seconds(1)
        room.entries.begin(room.stamped("QUICK", code=OTHER))
        await room.seconds(2)
        room.broker.trade(OTHER, PRICE, 40)
        await room.seconds(9)
        assert [("QUICK", 40)] == [(o.order_id, o.filled_qty) for o in room.heard.ends]
        assert _S.SENT is room.order("SLOW").state
        await room.seconds(3)
        assert ["QUICK", "SLOW"] == [o.order_id for o in room.heard.ends]

    told(work)


def test_two_entries_of_one_moment_are_taken_back_at_one_moment() -> None:
    """The second does not wait behind the first."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped("A"))
        room.entries.begin(room.stamped("B", code=OTHER))
        await room.seconds(11)
        cancels = [e for e in room.events() if isinstance(e, Sending) and e.act is Act.CANCEL]
        assert {"A", "B"} == {e.order_id for e in cancels}
        assert cancels[0].at == cancels[1].at
        waits = {e.at - room.order(e.order_id).created_at for e in cancels}
        assert {timedelta(seconds=10)} == waits

    told(work)


def test_a_code_takes_no_second_entry_before_the_first_has_ended() -> None:
    """Not in the air, not while it works, not while nobody knows; afterwards it does."""

    async def work(room: EntryRoom) -> None:
        room.broker.faults.inject(Fault.LOST_BEFORE)
        for order_id in ("A", "B"):
            room.entries.begin(room.stamped(order_id))
        await room.seconds(30)
        room.entries.begin(room.stamped("C"))
        await room.seconds(40)
        room.entries.begin(room.stamped("D"))
        await room.seconds(1)
        assert ["B", "C"] == [intent.order_id for intent, _ in room.heard.unsent]
        assert {EntryOpen} == {type(why) for _, why in room.heard.unsent}
        assert {"A": _S.NOT_SENT, "D": _S.WORKING} == {
            i: o.state for i, o in room.execution.book().items()
        }

    told(work)


def test_a_dry_run_ends_at_once_and_calls_nobody() -> None:
    """It is told as missed, as the dry run that it is."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped(dry_run=True))
        await room.seconds(12)
        assert ([_S.DRY_RUN], 0) == ([o.state for o in room.heard.ends], room.broker.calls)

    told(work)


def test_a_clock_set_back_does_not_lengthen_the_wait() -> None:
    """An hour is taken from the clock in the third second; the rest is taken back on time."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        await room.seconds(3)
        room.clock.set_back(3_600)
        await room.seconds(8)
        assert [_S.CANCELLED] == [o.state for o in room.heard.ends]

    told(work)


def test_orders_by_hand_sales_and_other_days_are_left_alone() -> None:
    """Only automatic buys of today are followed and told."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped("OLD"))
        await room.seconds(2)
        await room.kill()
        room.clock.advance(24 * 3600)
        room.broker.end_session()
        await room.open()
        await room.execution.send(room.approved(order_id="HAND"))
        calls = room.broker.calls
        await room.seconds(30)
        assert (calls, []) == (room.broker.calls, room.heard.ends)
        assert _S.WORKING is room.order("HAND").state

    told(work)


def test_an_entry_that_comes_to_light_late_is_taken_up_again() -> None:
    """Given up after a minute, found an hour later: its rest is taken back and its fill counts."""

    async def work(room: EntryRoom) -> None:
        fails(Fault.LOST_AFTER, Fault.NOTICE_LOST, Fault.HIDDEN_ROW)(room)
        room.entries.begin(room.stamped())
        await room.seconds(70)
        assert ([_S.NOT_SENT], frozenset()) == (
            [o.state for o in room.heard.ends],
            room.entries.locked(),
        )
        unseen(60)(room)
        room.broker.show_rows()
        await room.execution.resolve()
        await room.seconds(3)
        assert [0, 60] == room.heard.shares()
        assert _S.CANCELLED is room.order().state
        assert CAME_TO_LIGHT in room.order().note

    told(work)


def test_the_close_of_the_session_ends_what_could_not_be_taken_back() -> None:
    """The part that filled is told when the order expires."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        await room.seconds(9)
        room.broker.faults.inject(Fault.REFUSED, 3)
        room.broker.trade(CODE, PRICE, 30)
        await room.seconds(20)
        assert ([STILL_OPEN], []) == (room.heard.kinds(), room.heard.ends)
        room.broker.end_session()
        room.clock.advance(6 * 3600)
        await room.seconds(5)
        assert [(_S.EXPIRED, 30)] == [(o.state, o.filled_qty) for o in room.heard.ends]

    told(work)


def test_a_ledger_that_cannot_be_written_sends_nothing() -> None:
    """The failure is handed to the session, and the code is free again."""

    async def work(room: EntryRoom) -> None:
        room.ledger.room = 0
        room.entries.begin(room.stamped())
        await room.seconds(1)
        (intent, why), calls = room.heard.unsent[0], room.broker.calls
        assert ("A", StorageFull, 0) == (intent.order_id, type(why), calls)
        assert frozenset() == room.entries.locked()

    told(work)


def test_a_disk_that_fills_up_while_it_works_is_an_alarm_and_the_rest_is_taken_back_later() -> None:
    """Without the ledger no cancel is made; with room again it is."""

    async def work(room: EntryRoom) -> None:
        room.entries.begin(room.stamped())
        await room.seconds(9)
        room.ledger.room = 0
        await room.seconds(10)
        assert ([EntryAlarmKind.TROUBLE], 1) == (room.heard.kinds(), room.broker.calls)
        assert "disk is full" in room.heard.alarms[0].said
        room.ledger.room = None
        await room.seconds(2)
        assert [_S.CANCELLED] == [o.state for o in room.heard.ends]

    told(work)


def test_an_entry_that_ends_just_before_its_cancel_is_simply_told() -> None:
    """Another process took it back, or it filled, after the last look: nothing open is no alarm."""

    async def work(room: EntryRoom) -> None:
        cancel = room.execution.cancel

        async def late(order_id: str, qty: int | None = None) -> Order:
            room.broker.trade(CODE, PRICE, 100)
            return await cancel(order_id, qty)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(room.execution, "cancel", late)
            room.entries.begin(room.stamped())
            await room.seconds(12)
        assert ([100], [], 1) == (room.heard.shares(), room.heard.alarms, room.broker.calls)

    told(work)


def test_a_disk_that_fills_up_after_the_call_is_an_alarm_and_the_entry_is_not_lost() -> None:
    """The alarm sounds once; with room again the entry is found, taken back and told."""

    async def work(room: EntryRoom) -> None:
        fails(Fault.NOTICE_LOST)(room)
        room.ledger.room = 1
        room.entries.begin(room.stamped())
        await room.seconds(20)
        assert [EntryAlarmKind.TROUBLE] == room.heard.kinds()
        assert [] == room.heard.unsent
        assert [] == room.heard.ends
        assert {CODE} == room.entries.locked()
        room.ledger.room = None
        await room.seconds(10)
        assert [_S.CANCELLED] == [o.state for o in room.heard.ends]
        assert 1 == sum(isinstance(e, Sending) and e.act is Act.PLACE for e in room.events())

    told(work)


def test_a_defect_in_the_session_is_raised_by_the_look_and_the_end_is_told_again() -> None:
    """Whoever stumbles over a fill hears of it once more."""

    async def work(room: EntryRoom) -> None:
        room.heard.trips_over = RuntimeError("stone")
        room.entries.begin(room.stamped())
        await room.seconds(1)
        room.broker.trade(CODE, PRICE, 100)
        with pytest.raises(RuntimeError, match="stone"):
            await room.seconds(1)
        await room.seconds(2)
        assert [100] == room.heard.shares()

    told(work)


@pytest.mark.parametrize(
    ("kind", "ko", "en"),
    [
        (UNKNOWN, "결과를 모릅니다", "trade reconcile"),
        (STILL_OPEN, "trade cancel A", "trade cancel A"),
        (EntryAlarmKind.TROUBLE, "디스크", "디스크"),
    ],
)
def test_an_alarm_names_the_stock_what_filled_and_the_next_act(
    kind: EntryAlarmKind, ko: str, en: str
) -> None:
    """Both languages tell it."""
    room = told(_one_stuck)
    alarm = EntryAlarm(kind=kind, order=room.order(), said="디스크가 가득 찼습니다.")
    for lang, words in (("ko", ko), ("en", en)):
        line = alarm_text(alarm, lang, name="삼성전자")
        assert words in line
        assert all(part in line for part in ("삼성전자", CODE, "A"))


async def _one_stuck(room: EntryRoom) -> None:
    room.entries.begin(room.stamped())
    await room.seconds(9)
    room.broker.faults.inject(Fault.REFUSED, 3)
    await room.seconds(15)


def test_an_entry_is_a_buy_by_signal() -> None:
    """The room for tests stamps what the automatic stamp does."""
    intent = EntryRoom().stamped().intent
    assert (Side.BUY, BY_SIGNAL, PRICE) == (intent.side, intent.reason, intent.price)
