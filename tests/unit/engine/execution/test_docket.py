"""The fold: what cannot be is kept and told, whoever has the better evidence wins."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.unit.engine.execution.bench import CODE, DAY, PRICE, Bench, later

from jennie_cli.engine.broker import Fault
from jennie_cli.engine.execution import Docket, ImpossibleStep, orders
from jennie_cli.engine.model import Notice, NoticeKind, OrderState, Side
from jennie_cli.engine.portfolio import fills_of
from jennie_cli.engine.store import (
    Act,
    Evidence,
    Flagged,
    Intended,
    LedgerEvent,
    Lost,
    NoticeSeen,
    Sending,
    Taken,
    TurnedDown,
)

BENCH = Bench()
INTENDED = Intended(at=later(0), intent=BENCH.approved(order_id="A").intent, checks=())
SENDING = Sending(at=later(0), order_id="A", call_id="A/1", act=Act.PLACE, qty=100, price=PRICE)
LOST = Lost(at=later(1), order_id="A", call_id="A/1", act=Act.PLACE, text="")
DOWN = TurnedDown(
    at=later(1), order_id="A", call_id="A/1", act=Act.PLACE, broker_code="NO", text=""
)


def _taken(number: str, how: Evidence) -> Taken:
    return Taken(
        at=later(1),
        order_id="A",
        call_id="A/1",
        act=Act.PLACE,
        broker_id=number,
        branch="",
        day=DAY,
        how=how,
    )


def _filled(number: str, qty: int) -> LedgerEvent:
    notice = Notice(
        kind=NoticeKind.FILLED,
        broker_id=number,
        original_id=None,
        code=CODE,
        side=Side.BUY,
        qty=qty,
        price=PRICE,
        order_qty=100,
        at=later(1),
    )
    return NoticeSeen(at=later(1), notice=notice)


def test_a_second_sending_is_kept_and_told_and_raises_when_strict() -> None:
    """The order stays as it was, with the oddity in its note."""
    again = replace(SENDING, call_id="A/2")
    order = orders([INTENDED, SENDING, again])["A"]
    assert OrderState.SENT is order.state
    assert "'sent' cannot be learnt" in order.note
    docket = Docket(strict=True)
    for event in (INTENDED, SENDING):
        docket.take(event)
    with pytest.raises(ImpossibleStep, match="A: "):
        docket.take(again)


@pytest.mark.parametrize("stray", [INTENDED, LOST])
def test_what_belongs_to_no_order_is_kept_apart(stray: LedgerEvent) -> None:
    """An outcome without an order, an order written twice: strays, or an error when strict."""
    first = [INTENDED] if stray is INTENDED else []
    docket, strict = Docket(), Docket(strict=True)
    for event in first:
        docket.take(event)
        strict.take(event)
    docket.take(stray)
    assert [stray] == docket.strays
    with pytest.raises(ImpossibleStep):
        strict.take(stray)


def test_the_reply_rules_over_a_guess_from_the_records() -> None:
    """A wrong claim gives its number back; the later guess changes nothing."""
    told: list[LedgerEvent] = [INTENDED, SENDING, LOST, _taken("7", Evidence.RECORDS)]
    docket = Docket()
    for event in told:
        docket.take(event)
    docket.take(_taken("8", Evidence.REPLY))
    assert ("8",) == docket.order("A").broker_ids
    docket.take(_taken("7", Evidence.NOTICE))
    assert ("8",) == docket.order("A").broker_ids
    docket.take(_filled("7", 5))
    assert ["7"] == [s.key.broker_id for s in docket.records.unowned(DAY)]


def test_an_outcome_of_a_call_never_written_down_still_counts_for_the_order() -> None:
    """The order cannot be refused before it was sent: told, not followed."""
    assert OrderState.NEW is orders([INTENDED, DOWN])["A"].state


def test_a_flag_is_told_once() -> None:
    """Twice the same words are one note; words about no order are passed over."""
    flag = Flagged(at=later(1), order_id="A", text="look")
    docket = Docket()
    for event in (flag, INTENDED, flag, flag):
        docket.take(event)
    assert "look" == docket.order("A").note


def test_oddities_are_written_down_once_in_life() -> None:
    """A process that meets an impossible step flags it; the next one does not again."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        order = await execution.send(bench.approved())
        refused = TurnedDown(
            at=bench.clock.now(),
            order_id=order.order_id,
            call_id="T1/1",
            act=Act.PLACE,
            broker_code="NO",
            text="",
        )
        bench.ledger.append([refused])
        for _ in range(2):
            await execution.resolve()
            await (await bench.start()).resolve()
        flags = [e for e in bench.events() if isinstance(e, Flagged)]
        assert ["T1"] == [f.order_id for f in flags]
        assert OrderState.WORKING is execution.order("T1").state

    asyncio.run(run())


def test_notices_are_heard_for_as_long_as_they_come() -> None:
    """The same order as when the broker calls us."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        told: list[Notice] = []
        bench.broker.on_notice = told.append
        await execution.send(bench.approved())
        bench.broker.faults.inject(Fault.NOTICE_TWICE)
        bench.broker.fill("1", 30, PRICE)

        class Ended:
            def notices(self) -> AsyncIterator[Notice]:
                return _each(told)

        await execution.listen(Ended())
        assert 30 == execution.order("T1").filled_qty

    asyncio.run(run())


def test_orders_and_fills_agree() -> None:
    """What an order says is filled is the sum of its fills, by notice or by row."""

    async def run() -> None:
        bench = Bench()
        execution = await bench.start()
        await execution.send(bench.approved())
        bench.broker.fill("1", 30, PRICE)
        bench.broker.faults.inject(Fault.NOTICE_LOST)
        bench.broker.fill("1", 20, PRICE - 10)
        await execution.refresh()
        order = execution.order("T1")
        fills = fills_of(bench.events())
        assert (50, 2) == (order.filled_qty, len(fills))
        assert (order.filled_qty, order.filled_amount) == (
            sum(f.qty for f in fills),
            sum(f.amount for f in fills),
        )

    asyncio.run(run())


async def _each(told: list[Notice]) -> AsyncIterator[Notice]:
    for notice in told:
        yield notice
