"""Random days: orders, faults, notices in any order, kills; ledger and broker tell one story."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.execution.bench import CODE, OTHER, PRICE, Bench, Fuse, Killed, ticket
from tests.unit.engine.execution.shuffling import shuffled

from jennie_cli.engine.broker import BrokerRefused, BrokerUnavailable, Fault
from jennie_cli.engine.errors import OutcomeUnknown, Refused
from jennie_cli.engine.execution import Execution, orders
from jennie_cli.engine.model import Order, OrderState, Side
from jennie_cli.engine.store import Act as CallKind
from jennie_cli.engine.store import Sending

pytestmark = pytest.mark.slow

_FATES = {OrderState.NEW, OrderState.SENT, OrderState.UNKNOWN}
_CALL_FAULTS = [
    Fault.LOST_BEFORE,
    Fault.LOST_AFTER,
    Fault.REFUSED,
    Fault.BUSY,
    Fault.READ_FAILS,
    Fault.HIDDEN_ROW,
    Fault.NO_ROWS,
    Fault.NOTICE_LOST,
    Fault.NOTICE_TWICE,
    Fault.NOTICE_LATE,
]


@dataclass(frozen=True)
class Act:
    """One thing that happens in a day, with what it needs."""

    name: str
    a: int = 0
    b: int = 0


_ON_AN_ORDER = {"cancel", "cancel_part", "modify"}
_small = st.integers(0, 4)
acts = st.one_of(
    st.builds(Act, st.just("buy"), _small, _small),
    st.builds(Act, st.just("buy"), _small, _small),
    st.builds(Act, st.just("sell"), _small, _small),
    st.builds(Act, st.just("cancel"), _small),
    st.builds(Act, st.just("cancel_part"), _small),
    st.builds(Act, st.just("modify"), _small, _small),
    st.builds(Act, st.just("trade"), _small, _small),
    st.builds(Act, st.just("trade"), _small, _small),
    st.builds(Act, st.just("elsewhere"), _small, _small),
    st.builds(Act, st.just("wait"), _small),
    st.builds(Act, st.just("resolve")),
    st.builds(Act, st.just("release")),
    st.builds(Act, st.just("fault"), st.integers(0, len(_CALL_FAULTS) - 1), st.integers(0, 2)),
    st.builds(Act, st.just("fault"), st.integers(0, len(_CALL_FAULTS) - 1), st.integers(0, 2)),
    st.builds(Act, st.just("kill"), st.integers(0, 12)),
)


def _price(step: int) -> int:
    return PRICE + 10 * (step - 2)


async def _act(bench: Bench, execution: Execution, act: Act) -> None:
    live = [o for o in execution.book().values() if not o.state.final]
    if act.name in _ON_AN_ORDER and live:
        await _change(bench, execution, act, live[act.a % len(live)])
    elif act.name in {"buy", "sell"}:
        await execution.send(bench.approved(Side(act.name), 10 + act.a % 2, price=_price(act.b)))
    elif act.name == "resolve":
        await execution.resolve()
    else:
        _outside(bench, act)


async def _change(bench: Bench, execution: Execution, act: Act, order: Order) -> None:
    if act.name == "modify":
        if order.open_qty:
            await execution.modify(bench.change(order, _price(act.b)))
    else:
        await execution.cancel(order.order_id, 3 if act.name == "cancel_part" else None)


def _outside(bench: Bench, act: Act) -> None:
    broker = bench.broker
    match act.name:
        case "trade":
            broker.trade(CODE, _price(act.a), 4 * act.b)
        case "elsewhere":
            broker.elsewhere(ticket(qty=10 + act.a % 2, price=_price(act.b)))
        case "wait":
            bench.clock.advance(7 * act.a)
        case "release":
            broker.release_notices()
        case "fault":
            broker.faults.inject(_CALL_FAULTS[act.a], 1 + act.b)


async def _day(day: list[Act]) -> tuple[Bench, Execution]:
    bench = Bench(holdings={CODE: (50, 512_345), OTHER: (7, 100_001)})
    execution = await bench.start()
    fuse: Fuse | None = None
    for act in day:
        if act.name == "kill":
            fuse = Fuse(act.a)
            execution = await _revive(bench, fuse)
            continue
        try:
            await _act(bench, execution, act)
        except Killed:
            execution = await _revive(bench, None)
        except (Refused, BrokerRefused, BrokerUnavailable, OutcomeUnknown):
            continue
    bench.bury()
    bench.broker.show_rows()
    execution = await bench.start()
    bench.broker.release_notices()
    return bench, execution


async def _revive(bench: Bench, fuse: Fuse | None) -> Execution:
    """Start a new process; one that cannot read the broker tries again, as one that is killed."""
    while True:
        bench.ledger.fuse = None
        bench.broker.on_notice = None
        try:
            return await bench.start(fuse=fuse)
        except Killed:
            fuse = None
        except BrokerUnavailable:
            bench.clock.advance(1)


async def _check(day: list[Act]) -> None:
    bench, execution = await _day(day)
    calls = bench.broker.calls
    for _ in range(3):
        bench.clock.advance(31)
        await execution.resolve()
        assert orders(bench.events()) == execution.book()
    await bench.agrees(execution)
    assert calls == bench.broker.calls
    sendings = [e for e in bench.events() if isinstance(e, Sending)]
    assert len(sendings) >= calls
    placed = [e.order_id for e in sendings if e.act is CallKind.PLACE]
    assert len(set(placed)) == len(placed)
    for order in execution.book().values():
        assert order.state not in _FATES or order.note, order
    claimed = [i for o in execution.book().values() for i in o.broker_ids]
    assert len(set(claimed)) == len(claimed)
    bench.strict()


@settings(max_examples=100)
@given(st.lists(acts, max_size=25))
def test_any_day_ends_with_the_ledger_equal_to_the_broker(day: list[Act]) -> None:
    """Fills, shares and cash agree to the won; no number is claimed twice; no fate is untold."""
    asyncio.run(_check(day))


@settings(max_examples=40)
@given(st.lists(acts, max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(day: list[Act], chance: Any) -> None:
    """Rows and notices shuffled among themselves and folded anew tell of the same orders."""

    async def run() -> None:
        bench, execution = await _day([a for a in day if a.name != "kill"])
        await execution.resolve()
        told = {i: (o.state, o.filled_qty, o.qty) for i, o in execution.book().items()}
        again = shuffled(bench.events(), chance)
        assert told == {i: (o.state, o.filled_qty, o.qty) for i, o in again.items()}

    asyncio.run(run())
