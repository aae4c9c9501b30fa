"""A cost that only the broker can know is written down; any other difference is reported."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, Bench, ticket

from jennie_cli.engine.broker import AccountState, Fault
from jennie_cli.engine.execution import Difference, DifferenceKind, Execution
from jennie_cli.engine.model import Position, Side
from jennie_cli.engine.store import CostSeen

HELD = {CODE: (100, 1_000_000), OTHER: (10, 500_000)}
TRUE_COST = 500_000 + 600_000


def seen(bench: Bench) -> list[CostSeen]:
    """Return the costs that were written down."""
    return [e for e in bench.events() if isinstance(e, CostSeen)]


async def traded(*, deaf: bool = True) -> tuple[Bench, Execution]:
    """Sell 50 of 100 shares, then buy 50 at 12,000; deaf, nobody was told in which order."""
    bench = Bench(holdings=HELD)
    execution = await bench.start()
    if deaf:
        bench.broker.on_notice = None
    await execution.send(bench.approved(Side.SELL, 50))
    await execution.send(bench.approved(Side.BUY, 50, price=12_000))
    bench.broker.fill("1", 50, PRICE)
    bench.clock.advance(2)
    bench.broker.fill("2", 50, 12_000)
    bench.clock.advance(2)
    return bench, execution


def wrong_by(bench: Bench, won: int, *, cash: int = 0) -> None:
    """Let the broker tell other figures from now on."""
    state = bench.broker.state

    async def wrong() -> AccountState:
        told = await state()
        holdings = tuple(
            replace(h, cost=h.cost + won) if h.code == CODE else h for h in told.holdings
        )
        return replace(told, holdings=holdings, settled_cash=told.settled_cash + cash)

    bench.broker.state = wrong  # type: ignore[method-assign]


def kinds(found: tuple[Difference, ...]) -> list[DifferenceKind]:
    """Return what kinds of difference were found."""
    return [d.kind for d in found]


async def _by_recover(_: Bench, execution: Execution) -> None:
    assert () == (await execution.recover()).reconciliation.differences


async def _by_tend(bench: Bench, execution: Execution) -> None:
    bench.clock.advance(600)
    found = await execution.tend()
    assert found is not None
    assert () == found.differences


async def _by_reconcile(_: Bench, execution: Execution) -> None:
    found = await execution.reconcile()
    assert ((), False) == (found.differences, found.applied)


async def _by_apply(_: Bench, execution: Execution) -> None:
    found = await execution.reconcile(apply=True)
    assert ((), False) == (found.differences, found.applied)


@pytest.mark.parametrize("ask", [_by_recover, _by_tend, _by_reconcile, _by_apply])
def test_the_order_that_nobody_told_is_taken_from_the_broker_s_cost(
    ask: Callable[[Bench, Execution], Awaitable[None]],
) -> None:
    """Written down once; shares, cash, cost and profit are the broker's ever after."""

    async def run() -> None:
        bench, execution = await traded()
        await ask(bench, execution)
        assert [(CODE, 100, TRUE_COST)] == [(s.code, s.qty, s.cost) for s in seen(bench)]
        assert Position(code=CODE, qty=100, cost=TRUE_COST) == bench.portfolio().positions[CODE]
        assert 0 == bench.portfolio().realised
        await ask(bench, execution)
        assert 1 == len(seen(bench))

    asyncio.run(run())


def test_a_wrong_cost_is_reported_when_the_order_of_fills_is_known() -> None:
    """Every fill was told in its second: such a difference is an error of somebody."""

    async def run() -> None:
        bench, execution = await traded(deaf=False)
        assert () == (await execution.reconcile()).differences
        wrong_by(bench, 1)
        assert [DifferenceKind.COST] == kinds((await execution.reconcile()).differences)
        assert [] == seen(bench)

    asyncio.run(run())


def test_a_wrong_cost_is_reported_after_the_order_was_settled() -> None:
    """What was open is open no more."""

    async def run() -> None:
        bench, execution = await traded()
        await execution.reconcile()
        wrong_by(bench, 1)
        found = (await execution.reconcile()).differences
        expected = Difference(
            kind=DifferenceKind.COST, code=CODE, ledger=TRUE_COST, broker=TRUE_COST + 1
        )
        assert ((expected,), 1) == (found, len(seen(bench)))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("won", "cash", "expected"),
    [
        pytest.param(0, 1, [DifferenceKind.COST, DifferenceKind.CASH], id="cash differs"),
        pytest.param(600_000, 0, [DifferenceKind.COST], id="more than was ever paid"),
    ],
)
def test_a_cost_that_no_order_of_fills_explains_is_reported(
    won: int, cash: int, expected: list[DifferenceKind]
) -> None:
    """Something else is wrong, and a person must see it."""

    async def run() -> None:
        bench, execution = await traded()
        wrong_by(bench, won, cash=cash)
        for _ in range(2):
            assert expected == kinds((await execution.reconcile()).differences)
        assert [] == seen(bench)

    asyncio.run(run())


def test_nothing_is_written_while_a_call_of_the_code_may_have_traded() -> None:
    """Its fate may explain the difference; when it is known the cost is written down."""

    async def run() -> None:
        bench, execution = await traded()
        bench.broker.faults.inject(Fault.LOST_BEFORE)
        await execution.send(bench.approved(qty=1))
        found = await execution.reconcile()
        assert ([DifferenceKind.COST], ("T3",)) == (kinds(found.differences), found.unresolved)
        assert [] == seen(bench)
        bench.clock.advance(61)
        assert () == (await execution.reconcile()).differences
        assert 1 == len(seen(bench))

    asyncio.run(run())


def test_a_call_that_nobody_can_explain_does_not_stop_the_writing_down() -> None:
    """It was told to a person, and the rows that fit it have traded nothing."""

    async def run() -> None:
        bench, execution = await traded()
        bench.broker.faults.inject(Fault.LOST_AFTER)
        await execution.send(bench.approved(qty=1))
        bench.broker.elsewhere(ticket(qty=1))
        found = await execution.reconcile()
        assert (("T3",), ()) == (found.unresolved, found.differences)
        assert 1 == len(seen(bench))

    asyncio.run(run())


def test_nothing_is_taken_from_an_answer_that_lacks_the_holdings() -> None:
    """A broker that has lost most of them is not believed in the rest either."""

    async def run() -> None:
        bench, execution = await traded()
        state = bench.broker.state

        async def vanishing() -> AccountState:
            told = await state()
            return replace(told, holdings=tuple(h for h in told.holdings if h.code == CODE))

        execution = await _with_more_held(bench)
        bench.broker.state = vanishing  # type: ignore[method-assign]
        found = await execution.reconcile()
        assert (True, []) == (found.vanished, seen(bench))

    asyncio.run(run())


async def _with_more_held(bench: Bench) -> Execution:
    """Trade a third code, so that more than half can vanish."""
    execution = await bench.start(recover=False)
    bench.broker.elsewhere(replace(ticket(qty=1), code="035420"))
    bench.broker.fill("3", 1, PRICE)
    bench.clock.advance(6)
    await execution.resolve()
    return execution


def test_a_trade_while_the_cost_is_written_down_is_waited_for() -> None:
    """The account is read again, so that figures of one moment are written."""

    async def run() -> None:
        bench, execution = await traded()
        sleep, once = bench.clock.sleep, [True]

        async def trade_and_sleep(seconds: float) -> None:
            if once:
                once.clear()
                bench.broker.elsewhere(ticket(qty=1))
                bench.broker.fill("3", 1, PRICE)
                bench.clock.advance(6)
                await execution.resolve()
            await sleep(seconds)

        bench.clock.sleep = trade_and_sleep  # type: ignore[method-assign]
        assert () == (await execution.reconcile()).differences
        assert [(101, TRUE_COST + PRICE)] == [(s.qty, s.cost) for s in seen(bench)]

    asyncio.run(run())


trades = st.tuples(
    st.sampled_from([Side.BUY, Side.BUY, Side.SELL]),
    st.integers(1, 30),
    st.integers(9_000, 11_000),
    st.integers(0, 2),
    st.booleans(),
    st.sampled_from(["", "", "read", "reconcile"]),
)


@settings(max_examples=40)
@given(st.lists(trades, max_size=12))
def test_however_deaf_the_desk_was_its_costs_are_the_broker_s(
    day: list[tuple[Side, int, int, int, bool, str]],
) -> None:
    """Buys and sells in pieces, some heard of, some read later: no difference is left."""

    async def run() -> None:
        bench = Bench(holdings=HELD)
        execution = await bench.start()
        for side, qty, price, pause, heard, then in day:
            if side is Side.SELL and qty > await bench.broker.sellable(CODE):
                continue
            bench.broker.on_notice = execution.hear if heard else None
            number = bench.broker.elsewhere(ticket(side, qty, price))
            bench.broker.fill(number, qty - qty // 3, price)
            bench.clock.advance(pause)
            bench.broker.fill(number, qty // 3, price + 1)
            if then == "read":
                await execution.resolve()
            elif then:
                await execution.reconcile()
        bench.clock.advance(6)
        await bench.agrees(execution)

    asyncio.run(run())
