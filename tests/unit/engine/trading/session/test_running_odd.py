"""What goes wrong around a session that runs: the ledger, other buyers, and orders that stick."""

from typing import Any

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE
from tests.unit.engine.risk.auto_cases import signal
from tests.unit.engine.trading.session.running_day import STOP, bought_signal
from tests.unit.engine.trading.session.running_room import RunningRoom, quiet, run

from jennie_cli.engine.broker import BrokerUnavailable, Fault
from jennie_cli.engine.bus.names import LOCK_BUY
from jennie_cli.engine.errors import HomeBusy, OutsideError
from jennie_cli.engine.trading import EntryAlarmKind
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session.running_ports import NobodyApproves
from jennie_cli.engine.trading.session.running_tasks import Troubles
from jennie_cli.engine.trading.session.running_trades import TradeNews

_FLOOR = PRICE * 7 // 10


def _unreadable(*_args: Any, **_named: Any) -> Any:
    raise HomeBusy("The ledger cannot be read.")


def test_a_ledger_that_cannot_be_read_for_a_while_is_told_once_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No order can leave meanwhile; when it can be read again the stop sells, once."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(2)
        with monkeypatch.context() as patch:
            patch.setattr(room.ledger, "read", _unreadable)
            await room.tick(STOP)
            await room.seconds(20)
        assert [("ledger", "home_busy")] == [t for t in room.ears.troubles if t[0] == "ledger"]
        assert [] == room.sold()
        await room.seconds(130)
        room.day.freed(CODE)  # as the exits do once a sale has had no result for two minutes
        await room.seconds(5)
        assert [100] == room.sold()

    run(work)


def test_a_sale_whose_outcome_could_not_be_written_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The call failed behind the exchange's back; the order is in the ledger and is followed."""

    async def work(room: RunningRoom) -> None:
        send = room.execution.send

        async def sent_and_failed(approved: Any) -> Any:
            await send(approved)
            raise HomeBusy("The outcome could not be written.")

        monkeypatch.setattr(room.execution, "send", sent_and_failed)
        await room.tick(STOP)
        await room.seconds(3)
        assert ([100], ()) == (room.sold(), room.day.held)

    run(work)


def test_the_end_of_a_sale_is_told_once_its_trade_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until then the exits wish nothing: the shares would still be in the book."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(2)
        with monkeypatch.context() as patch:
            patch.setattr(room.execution, "events", _unreadable)
            await room.tick(STOP)
            await room.seconds(3)
            assert ([100], [], (CODE,)) == (room.sold(), room.day.ends, room.day.held)
        await room.seconds(2)
        assert ([100], 1, ()) == (room.sold(), len(room.day.ends), room.day.held)

    run(work)


def test_a_sale_that_cannot_be_followed_is_told_and_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It rests at the lower limit, where waiting is no alarm."""

    async def work(room: RunningRoom) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(room.execution, "settle", _unreadable)
            room.broker._quotes.clear()
            room.market.stream.put_nowait(room._tick(CODE, _FLOOR))
            await quiet()
            await room.seconds(2)
        assert [(f"sell {CODE}", "home_busy")] == room.ears.troubles
        await room.seconds(60)
        assert (frozenset({CODE}), 1) == (room.ears.status[-1][1].selling, len(room.ears.troubles))
        room.broker.trade(CODE, _FLOOR, 100)
        await room.seconds(2)
        assert ((), 1) == (room.day.held, len(room.execution.book()))

    run(work)


def test_a_market_sale_that_does_not_trade_is_told() -> None:
    """Nothing protects the shares while it waits."""

    async def work(room: RunningRoom) -> None:
        room.broker._quotes.clear()
        room.market.stream.put_nowait(room._tick(CODE, STOP))
        await room.seconds(30)
        assert [(f"sell {CODE}", "sale_open")] == room.ears.troubles
        room.broker.trade(CODE, STOP, 40)
        await room.seconds(20)
        assert [60] == list(room.day.shares.values())
        room.broker.trade(CODE, STOP, 60)
        await room.seconds(20)
        assert ((), ()) == (room.day.held, room.ears.failing)

    run(work)


def test_fills_that_come_to_light_after_the_end_are_told_too() -> None:
    """The day ended with nothing sold; a notice that came late then says otherwise."""

    async def work(room: RunningRoom) -> None:
        room.broker._quotes.clear()
        room.market.stream.put_nowait(room._tick(CODE, STOP))
        await room.seconds(2)
        room.broker.faults.inject(Fault.NOTICE_LATE)
        room.broker.trade(CODE, STOP, 30)
        room.broker.end_session()
        room.broker.release_notices()
        await room.seconds(20)
        assert [30] == [o.filled_qty for o in room.day.ends]
        assert [70] == list(room.day.shares.values())

    run(work)


def test_a_stock_that_somebody_else_is_buying_is_left_alone() -> None:
    """The lock of another process refuses, and stays his."""

    async def work(room: RunningRoom) -> None:
        held = await room.bus.locks.acquire(LOCK_BUY.of(OTHER))
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        assert ["locked"] == room.day.refusals
        assert held is not None
        assert await room.bus.locks.release(held)

    run(work)


def test_a_bus_that_dies_under_a_lock_takes_nothing_back() -> None:
    """The entry goes on to its end; the lock runs out by itself."""

    async def work(room: RunningRoom) -> None:
        room.broker.quote(OTHER, PRICE * 2)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(PRICE)
        room.bus.switch.down = True
        room.broker.trade(OTHER, PRICE, 5)
        await room.seconds(12)
        assert [5] == [o.filled_qty for o in room.day.ends]

    run(work)


def test_without_locks_a_second_entry_of_a_stock_does_not_leave() -> None:
    """The entries themselves know the first one; the stamped second is taken back."""

    async def work(room: RunningRoom) -> None:
        room.broker.quote(OTHER, PRICE * 2)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(1)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        assert (1, 1) == (len(room.execution.book()), len(room.day.unsent))
        assert ("buy", "entry_open") in room.ears.troubles

    run(work, first=lambda room: setattr(room, "locks", None))


def test_an_entry_that_nobody_knows_of_is_an_alarm() -> None:
    """It is passed on to the person."""

    async def work(room: RunningRoom) -> None:
        room.broker.faults.inject(Fault.LOST_BEFORE)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(30)
        assert [EntryAlarmKind.UNKNOWN] == [a.kind for a in room.ears.entry_alarms]

    run(work)


def test_a_signal_without_a_limit_asks_nobody_for_cash() -> None:
    """No order could name a price; the stamp says so."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(signal(code=OTHER, price=0, at=room.clock.now(), signal_id="x"))
        await room.seconds(2)
        assert 1 == len(room.day.refusals)

    run(work)


def test_a_person_who_cannot_be_asked_approves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure is told and the buy taken back."""

    async def work(room: RunningRoom) -> None:
        async def away(*_args: Any) -> bool:
            raise OutsideError("Nobody is there.")

        monkeypatch.setattr(room.someone, "ask", away)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        assert (1, {}) == (len(room.day.unsent), dict(room.execution.book()))
        assert [("approval", "outside")] == room.ears.troubles

    run(work, auto=Auto.APPROVE)


def test_with_nobody_to_ask_nothing_is_approved() -> None:
    """Which is what stands where no other answer is plugged in."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        assert 1 == len(room.day.unsent)

    run(work, auto=Auto.APPROVE, first=lambda room: setattr(room, "approvals", NobodyApproves()))


def test_a_failure_of_another_kind_at_the_same_place_is_told_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A broker that is away is told, and then that the home is busy."""

    async def work(room: RunningRoom) -> None:
        async def away() -> None:
            raise BrokerUnavailable("Away.")

        monkeypatch.setattr(room.execution, "tend", away)
        await room.seconds(20)
        monkeypatch.setattr(room.execution, "tend", _unreadable)
        await room.seconds(20)
        told = [("upkeep", "broker_unavailable"), ("upkeep", "home_busy")]
        assert told == room.ears.troubles

    run(work)


def test_what_can_be_sold_is_unknown_before_the_ledger_was_read() -> None:
    """Then a sale asks for all it wants, and the broker rules."""

    async def work(room: RunningRoom) -> None:
        day: Any = room.day
        news = TradeNews(day, room.room(), Troubles(room.ears.trouble), ())
        before = news.sellable(CODE)
        assert (True, None, 100) == (news.tell(), before, news.sellable(CODE))

    run(work)
