"""A session that runs: what leaves for the exchange, what does not, and what is told."""

import asyncio
from datetime import timedelta
from inspect import signature

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE
from tests.unit.engine.trading.session.running_day import STOP, StopDay, bought_signal
from tests.unit.engine.trading.session.running_room import RunningRoom, run

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.bus.names import LOSS_LATCH
from jennie_cli.engine.model import ExitReason, Flag, OrderState
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session import Step
from jennie_cli.engine.trading.session.day import TradingDay


def test_a_stop_sells_in_the_batch_that_met_it() -> None:
    """The tick at the stop is heard, stamped and sent before a second has passed."""

    async def work(room: RunningRoom) -> None:
        await room.tick(STOP)
        assert [100] == room.sold()
        assert ((), [ExitReason.FIXED_STOP]) == (room.day.held, [o.reason for o in room.day.ends])

    run(work)


def test_what_waits_is_heard_at_once_and_sells_once() -> None:
    """Three ticks that came together are one batch, and the second stop of it sells nothing."""

    async def work(room: RunningRoom) -> None:
        await room.tick(PRICE, CODE, STOP, STOP - 10)
        assert ([[CODE] * 3], [100]) == (room.day.heard, room.sold())

    run(work)


def test_a_signal_is_bought_and_protected() -> None:
    """The entry fills, the session is told the trade before the end, and its stop sells it."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(3)
        bought = room.day.shares[OTHER]
        assert (OTHER, bought) == (room.day.told[-1].code, room.day.ends[-1].filled_qty)
        await room.tick(STOP, OTHER)
        assert [bought] == room.sold()

    run(work)


def test_what_is_bought_is_protected_by_the_next_tick() -> None:
    """A fill is found before a tick is judged, not with the next second."""

    async def work(room: RunningRoom) -> None:
        room.broker.quote(OTHER, PRICE * 2)  # the order rests
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(PRICE)
        assert OTHER not in room.day.shares
        room.broker.trade(OTHER, PRICE, 10)
        await room.tick(PRICE)
        assert 10 == room.day.shares[OTHER]

    run(work)


def test_acceptance_17_a_pause_stops_buys_and_no_stop_loss() -> None:
    """Pause: the signal is refused, the stop-loss still sells."""

    async def work(room: RunningRoom) -> None:
        room.put(Flag.PAUSE)
        await room.seconds(3)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(STOP)
        assert (["pause"], [100]) == (room.day.refusals, room.sold())

    run(work)


def test_acceptance_17_a_stop_freezes_all_but_a_forced_liquidation() -> None:
    """Stop: the stop-loss is refused and told; what is to be liquidated is sold."""

    async def work(room: RunningRoom) -> None:
        room.put(Flag.STOP)
        await room.seconds(3)
        await room.tick(STOP)
        assert (["frozen"], []) == (room.day.refusals[:1], room.sold())
        assert Step.REFUSED in [d.step for d in room.ears.decisions]
        room.doomed = frozenset({CODE})
        await room.seconds(12)
        assert [100] == room.sold()

    run(work)


def test_acceptance_18_one_signal_delivered_twice_is_one_order() -> None:
    """The second delivery finds the key of the first."""

    async def work(room: RunningRoom) -> None:
        twice = bought_signal(room.clock.now())
        for _ in range(2):
            room.day.signals.append(twice)
            await room.seconds(2)
        assert ["taken"] == room.day.refusals
        assert 1 == len(room.execution.book())

    run(work)


def test_acceptance_18_a_signal_of_five_minutes_ago_is_rejected() -> None:
    """Its age is the first thing that is wrong with it."""

    async def work(room: RunningRoom) -> None:
        old = bought_signal(room.clock.now())
        await room.seconds(300)
        room.day.signals.append(old)
        await room.seconds(2)
        assert (["age"], {}) == (room.day.refusals, dict(room.execution.book()))

    run(work)


def test_a_dead_bus_refuses_buys_and_stops_no_sale() -> None:
    """Nobody can say whether the signal was acted upon, so it is not."""

    async def work(room: RunningRoom) -> None:
        room.bus.switch.down = True
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        await room.tick(STOP)
        assert (["bus"], [100]) == (room.day.refusals, room.sold())
        assert [("bus", "bus_down")] == [t for t in room.ears.troubles if t[0] == "bus"]

    run(work)


def test_a_hanging_call_does_not_delay_the_next_stop() -> None:
    """One sale has no answer for an hour; the stop of another stock is sold meanwhile."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(3)
        room.broker.delays = [3_600.0]
        await room.tick(STOP)
        await room.tick(STOP, OTHER)
        assert [(OTHER,), True] == [
            tuple({e.code for e in room.broker.executions() if e.side == "sell"}),
            CODE in room.day.shares,
        ]

    run(work)


def test_a_quote_that_never_comes_refuses_the_buy() -> None:
    """The question is given up after some seconds, and the stamp says which fact is missing."""

    async def work(room: RunningRoom) -> None:
        room.market.silent = True
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(6)
        assert ["quote"] == room.day.refusals
        assert ("quote", "took_too_long") in room.ears.troubles

    run(work)


def test_signals_are_stamped_in_their_order_whoever_answers_first() -> None:
    """The first one's quote takes longer; it is still stamped first."""

    async def work(room: RunningRoom) -> None:
        room.market.silent = True
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        room.market.silent = False
        room.day.signals.append(bought_signal(room.clock.now(), CODE))
        await room.tick(PRICE)
        assert [] == room.day.answers
        await room.seconds(4)
        assert [OTHER, CODE] == [d.code for d in room.ears.decisions if d.step is not Step.SIGNAL]

    run(work)


@pytest.mark.parametrize("auto", [Auto.OFF, Auto.SHADOW])
def test_in_shadow_everything_is_decided_and_nothing_sent(auto: Auto) -> None:
    """Buy and sale are stamped and recorded, and taken back; a stop in breach is told once."""

    async def work(room: RunningRoom) -> None:
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.tick(STOP)
        await room.seconds(2)
        assert ({OTHER, CODE}, 2) == ({d.code for d in room.ears.decisions}, len(room.day.unsent))
        assert {} == dict(room.execution.book())
        for _ in range(20):
            await room.tick(STOP)
            await room.seconds(10)
        assert 2 == len(room.day.unsent)

    run(work, auto=auto)


def test_in_a_dry_run_a_stop_in_breach_is_written_down_once() -> None:
    """And sold once the flag is lifted."""

    async def work(room: RunningRoom) -> None:
        room.put(Flag.DRY_RUN)
        await room.seconds(3)
        for _ in range(20):
            await room.tick(STOP)
            await room.seconds(10)
        assert [OrderState.DRY_RUN] == [o.state for o in room.execution.book().values()]
        room.put(Flag.DRY_RUN, up=False)
        await room.seconds(3)
        await room.tick(STOP)
        await room.seconds(60)
        await room.tick(STOP)
        await room.seconds(2)
        assert [100] == room.sold()

    run(work)


@pytest.mark.parametrize(
    ("says", "after_s", "flag", "orders"),
    [
        (True, 30.0, None, 1),
        (False, 1.0, None, 0),
        (True, 61.0, None, 0),
        (True, 30.0, "pause", 0),
        (True, 30.0, "loss", 0),
    ],
)
def test_a_buy_leaves_only_if_a_person_approves_in_time(
    says: bool, after_s: float, flag: str | None, orders: int
) -> None:
    """Yes within a minute sends; no, silence, a pause and a loss limit met meanwhile do not."""

    async def work(room: RunningRoom) -> None:
        room.someone.says, room.someone.after_s = says, after_s
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(5)
        room.day.latched = flag == "loss"
        if flag == "pause":
            room.put(Flag.PAUSE)
        await room.seconds(65)
        assert (1, orders) == (room.someone.asked, len(room.execution.book()))
        assert 1 - orders == len(room.day.unsent)

    run(work, auto=Auto.APPROVE)


def test_nobody_is_asked_before_a_sale() -> None:
    """What protects leaves by itself."""

    async def work(room: RunningRoom) -> None:
        await room.tick(STOP)
        assert ([100], 0) == (room.sold(), room.someone.asked)

    run(work, auto=Auto.APPROVE)


def test_a_sale_the_broker_refuses_is_wished_again_ever_more_slowly() -> None:
    """The first new try comes with the next tick, those after it come after pauses."""

    async def work(room: RunningRoom) -> None:
        room.broker.faults.inject(Fault.REFUSED, 1_000)
        for _ in range(40):
            await room.tick(STOP)
            await room.tick(STOP)
            await room.seconds(1)
        tried = len(room.execution.book())
        assert tried in range(5, 10)
        assert {OrderState.REJECTED} == {o.state for o in room.execution.book().values()}
        room.broker.faults.clear()
        await room.seconds(12)
        assert [100] == room.sold()

    run(work)


def test_shares_that_a_person_is_selling_are_not_sold_twice() -> None:
    """An order by hand holds sixty; the stop sells the other forty."""

    async def work(room: RunningRoom) -> None:
        from jennie_cli.engine.model import Side

        await room.execution.send(room.approved(Side.SELL, 60, price=PRICE * 12 // 10))
        await room.tick(STOP)
        assert [40] == room.sold()

    run(work)


def test_a_broker_that_does_not_tell_what_can_be_sold_delays_a_new_try_little() -> None:
    """The question is given up after two seconds and the sale leaves without it."""

    async def work(room: RunningRoom) -> None:
        room.broker.silent = True
        room.broker.faults.inject(Fault.REFUSED)
        await room.tick(STOP)
        await room.tick(STOP)
        assert [] == room.sold()
        await room.seconds(3)
        assert [100] == room.sold()
        assert ("sellable", "took_too_long") in room.ears.troubles

    run(work)


def test_what_was_done_elsewhere_is_told_once() -> None:
    """A sale in another app leaves the book, and the stop finds nothing to sell."""

    async def work(room: RunningRoom) -> None:
        from tests.unit.engine.execution.bench import ticket

        from jennie_cli.engine.model import Side

        room.broker.elsewhere(ticket(Side.SELL, 100))
        await room.seconds(30)
        assert ([100], ()) == ([t.qty for t in room.day.told], room.day.held)
        await room.tick(STOP)
        assert [100] == room.sold()

    run(work)


def test_held_stocks_are_watched_first_whenever_they_change() -> None:
    """The stream is told at the start and after each change, and not in between."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(5)
        await room.tick(STOP)
        await room.seconds(5)
        assert [(CODE,), ()] == room.market.wanted

    run(work)


def test_a_signal_leaves_its_cooldown_on_the_bus() -> None:
    """The key carries the moment, for whoever starts the session next."""

    async def work(room: RunningRoom) -> None:
        from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN

        at = room.clock.now()
        room.day.signals.append(bought_signal(at))
        await room.tick(PRICE)
        assert at.isoformat() == await room.bus.keys.get(BUY_SIGNAL_COOLDOWN.of(OTHER))

    run(work)


def test_an_ended_stream_ends_the_run() -> None:
    """Nothing held would be watched any more."""
    from jennie_cli.engine.trading.session.running import FeedEnded

    async def work(room: RunningRoom) -> None:
        room.market.stream.put_nowait(None)
        await room.seconds(1)
        await asyncio.wait({room.task})

    with pytest.raises(FeedEnded):
        run(work)


def test_the_simple_session_answers_like_the_real_one() -> None:
    """What the tests run is what the shell is given: no method more, and each of the same shape."""
    for name in (n for n in vars(StopDay) if not n.startswith("_") and n != "refusals"):
        simple, real = getattr(StopDay, name), getattr(TradingDay, name)
        assert callable(simple) is callable(real)
        if callable(real):
            assert signature(simple) == signature(real)


def test_an_entry_that_fills_nothing_is_told_and_lets_the_stock_go() -> None:
    """After ten seconds it is taken back; the next signal of the stock finds it free."""

    async def work(room: RunningRoom) -> None:
        room.broker.quote(OTHER, PRICE * 2)
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(14)
        assert [(OTHER, 0)] == [(o.code, o.filled_qty) for o in room.day.ends]
        room.day.signals.append(bought_signal(room.clock.now()))
        await room.seconds(2)
        assert ([], 2) == (room.day.refusals, len(room.execution.book()))

    run(work)


@pytest.mark.parametrize(("days_ago", "refusals"), [(0, ["loss_latch"]), (1, [])])
def test_a_loss_limit_that_only_the_bus_knows_of_refuses_the_buys_of_its_day(
    days_ago: int, refusals: list[str]
) -> None:
    """The bus was down when the session began, and is back; what yesterday lost is over."""

    async def work(room: RunningRoom) -> None:
        key = LOSS_LATCH.of(f"{room.clock.now() - timedelta(days=days_ago):%Y-%m-%d}")
        await room.bus.keys.put_all({key: "met"})
        room.day.signals.append(bought_signal(room.clock.now(), OTHER))
        await room.tick(PRICE)
        assert refusals == room.day.refusals

    run(work)
