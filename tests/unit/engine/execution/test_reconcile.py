"""Ledger against account: what differs, what is believed, what is taken over."""

import asyncio
from dataclasses import replace

import pytest
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, Bench, ticket

from jennie_cli.engine.broker import AccountState, BrokerUnavailable, Fault
from jennie_cli.engine.execution import (
    Difference,
    DifferenceKind,
    HoldingsVanished,
    RecordsUnsettled,
)
from jennie_cli.engine.model import OrderState, Position
from jennie_cli.engine.store import CashSet, Foreign, PositionSet

THIRD = "035420"
HELD = {CODE: (100, 1_000_000), OTHER: (10, 500_000), THIRD: (5, 900_000)}


def test_an_account_met_for_the_first_time_is_taken_over() -> None:
    """Cash and holdings are the broker's, and trades made before are inside them."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        bench.broker.quote(CODE, PRICE)
        bench.broker.elsewhere(ticket())
        bench.clock.advance(60)
        execution = await bench.start()
        assert () == (await execution.reconcile()).differences
        assert 200 == bench.portfolio().positions[CODE].qty
        assert 1 == sum(isinstance(e, CashSet) for e in bench.events())
        await bench.start()
        assert 1 == sum(isinstance(e, CashSet) for e in bench.events())

    asyncio.run(run())


def test_a_failed_read_changes_nothing() -> None:
    """With the broker unreadable, reconciliation raises and the ledger keeps its bytes."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        before = bench.events()
        for failures in (1, 2, 3):
            bench.broker.faults.inject(Fault.READ_FAILS, failures)
            with pytest.raises(BrokerUnavailable):
                await execution.reconcile(apply=True)
            bench.broker.faults.clear()
        assert before == bench.events()
        assert 3 == len(bench.portfolio().positions)

    asyncio.run(run())


def test_a_first_contact_that_fails_leaves_nothing_and_sends_nothing() -> None:
    """Without a recovery the execution is not ready."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start(recover=False)
        bench.broker.faults.inject(Fault.READ_FAILS)
        with pytest.raises(BrokerUnavailable):
            await execution.recover()
        assert () == bench.events()
        assert not execution.ready

    asyncio.run(run())


def test_an_empty_answer_is_not_taken_for_no_holdings() -> None:
    """It is reported as vanished, refused with apply, and refused at first contact."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        before = bench.events()
        bench.broker.faults.inject(Fault.NO_HOLDINGS)
        found = await execution.reconcile()
        assert (True, 3) == (found.vanished, len(found.differences))
        bench.broker.faults.inject(Fault.NO_HOLDINGS)
        with pytest.raises(HoldingsVanished):
            await execution.reconcile(apply=True)
        assert before == bench.events()

    asyncio.run(run())


def test_holdings_that_are_valued_but_not_named_are_an_unreadable_answer() -> None:
    """The account's total says there is more than cash."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        state = bench.broker.state

        async def blank() -> AccountState:
            return replace(await state(), holdings=())

        bench.broker.state = blank  # type: ignore[method-assign]
        execution = await bench.start(recover=False)
        with pytest.raises(RecordsUnsettled):
            await execution.recover()
        assert not any(isinstance(e, CashSet | PositionSet) for e in bench.events())

    asyncio.run(run())


def test_every_class_of_difference_is_named_and_taken_over_on_demand() -> None:
    """Shares, cost, cash, only here and only there; after apply nothing differs."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        there = Bench(
            holdings={CODE: (90, 900_000), OTHER: (10, 500_001), "000100": (1, 7_000)}, cash=5
        )
        bench.broker.state = there.broker.state  # type: ignore[method-assign]
        found = await execution.reconcile()
        assert (
            Difference(kind=DifferenceKind.ONLY_BROKER, code="000100", ledger=0, broker=1),
            Difference(kind=DifferenceKind.COST, code=OTHER, ledger=500_000, broker=500_001),
            Difference(kind=DifferenceKind.QUANTITY, code=CODE, ledger=100, broker=90),
            Difference(kind=DifferenceKind.ONLY_LEDGER, code=THIRD, ledger=5, broker=0),
            Difference(kind=DifferenceKind.CASH, code="", ledger=100_000_000, broker=5),
        ) == found.differences
        assert not found.applied
        assert (await execution.reconcile(apply=True)).applied
        again = await execution.reconcile(apply=True)
        assert ((), False) == (again.differences, again.applied)
        assert Position(code=CODE, qty=90, cost=900_000) == bench.portfolio().positions[CODE]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("ratio", "there", "taken"),
    [
        (0.2, (500, 1_000_000), True),  # five for one
        (10.0, (10, 1_000_000), True),  # one for ten
        (3.0, (33, 990_000), True),  # the third of a share was paid out
        (0.2, (480, 1_000_000), False),  # some are missing
        (0.2, (500, 1_400_000), False),  # some were bought
        (0.95, (110, 1_000_000), False),
        (0.7696, (130, 1_000_000), True),  # a base price cut to a tick
    ],
)
def test_shares_of_a_divided_stock_are_taken_over(
    ratio: float, there: tuple[int, int], *, taken: bool
) -> None:
    """What an ex-date explains and nothing else; all other differences stay and are told."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        other = Bench(holdings={**HELD, CODE: there, OTHER: (49, 490_000)})
        bench.broker.state = other.broker.state  # type: ignore[method-assign]
        found = await execution.divide({CODE: (0.5, ratio)})
        assert ([CODE] if taken else []) == [d.code for d in found.divided]
        assert ([OTHER] if taken else [OTHER, CODE]) == [d.code for d in found.differences]
        assert not found.applied
        held = bench.portfolio().positions[CODE]
        assert (there if taken else HELD[CODE]) == (held.qty, held.cost)

    asyncio.run(run())


def test_a_stock_that_is_not_there_any_more_was_not_divided() -> None:
    """An answer that lacks most of what is held is not believed."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        there = Bench(holdings={CODE: (500, 1_000_000)})
        bench.broker.state = there.broker.state  # type: ignore[method-assign]
        found = await execution.divide({CODE: (0.2,), OTHER: (0.2,)})
        assert found.vanished
        assert not found.divided

    asyncio.run(run())


def test_nothing_is_taken_over_while_orders_are_in_motion() -> None:
    """A partly filled order's fills would count twice."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.fill("1", 30, PRICE)
        there = Bench(holdings={**HELD, CODE: (1, 1)})
        bench.broker.state = there.broker.state  # type: ignore[method-assign]
        with pytest.raises(RecordsUnsettled):
            await execution.reconcile(apply=True)
        assert 130 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


def test_an_account_that_never_stands_still_is_not_compared() -> None:
    """With a trade between any two reads, the reconciliation gives up and says so."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.on_notice = None
        state = bench.broker.state

        async def moving() -> AccountState:
            bench.broker.fill("1", 1, PRICE)
            return await state()

        bench.broker.state = moving  # type: ignore[method-assign]
        with pytest.raises(RecordsUnsettled):
            await execution.reconcile()

    asyncio.run(run())


def test_a_trade_between_the_reads_is_no_difference() -> None:
    """The sides are read again until they belong together."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.on_notice = None
        state, once = bench.broker.state, [True]

        async def moving() -> AccountState:
            if once:
                once.clear()
                bench.broker.fill("1", 30, PRICE)
            return await state()

        bench.broker.state = moving  # type: ignore[method-assign]
        assert () == (await execution.reconcile()).differences

    asyncio.run(run())


def test_orders_of_unknown_fate_are_named_with_the_differences() -> None:
    """A lost call may explain what differs."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved())
        assert ("T1",) == (await execution.reconcile()).unresolved
        recovery = await (await bench.start(recover=False)).recover()
        assert [OrderState.UNKNOWN] == [o.state for o in recovery.unknown]

    asyncio.run(run())


def test_upkeep_settles_each_time_and_compares_now_and_then() -> None:
    """A hand-made order is booked at the next round; a comparison comes every ten minutes."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        assert None is await execution.tend()
        bench.broker.elsewhere(ticket())
        bench.clock.advance(6)
        assert None is await execution.tend()
        assert 1 == sum(isinstance(e, Foreign) for e in bench.events())
        bench.clock.advance(600)
        found = await execution.tend()
        assert found is not None
        assert () == found.differences

    asyncio.run(run())


def test_two_first_contacts_take_the_account_over_once() -> None:
    """Another process was quicker: nothing is written a second time."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        one, two = await bench.start(recover=False), await bench.start(recover=False)
        state = bench.broker.state

        async def late() -> AccountState:
            bench.broker.state = state  # type: ignore[method-assign]
            await two.recover()
            return await state()

        bench.broker.state = late  # type: ignore[method-assign]
        await one.recover()
        assert 1 == sum(isinstance(e, CashSet) for e in bench.events())

    asyncio.run(run())


def test_figures_are_not_taken_over_when_something_moves_at_the_last_moment() -> None:
    """A fill between the comparison and the writing stops the writing."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        await execution.send(bench.approved())
        there = Bench(holdings={**HELD, CODE: (1, 1)})
        bench.broker.state = there.broker.state  # type: ignore[method-assign]
        sleep = bench.clock.sleep

        async def fill_and_sleep(seconds: float) -> None:
            bench.broker.fill("1", 1, PRICE)
            await sleep(seconds)

        bench.clock.sleep = fill_and_sleep  # type: ignore[method-assign]
        with pytest.raises(RecordsUnsettled):
            await execution.reconcile(apply=True)
        assert 101 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())


def test_an_order_that_nobody_can_explain_does_not_stop_the_taking_over() -> None:
    """It was told to a person, who says what is so; one that may still be found does stop it."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        there = Bench(holdings={**HELD, CODE: (99, 1)})
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved())
        bench.broker.state = there.broker.state  # type: ignore[method-assign]
        bench.broker.faults.inject(Fault.READ_FAILS)
        with pytest.raises(BrokerUnavailable):
            await execution.reconcile(apply=True)
        bench.broker.elsewhere(ticket())
        assert (await execution.reconcile(apply=True)).applied
        assert 99 == bench.portfolio().positions[CODE].qty

    asyncio.run(run())
