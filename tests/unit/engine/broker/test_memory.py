"""The twin sits the exam that every broker sits, and fails on demand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime

import pytest

from jennie_cli.engine.broker import (
    MEMORY,
    Acknowledged,
    BrokerBusy,
    BrokerRefused,
    BrokerUnavailable,
    Fault,
    MemoryBroker,
    OrderTicket,
)
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.model import Notice, NoticeKind, OrderType, Side, Venue
from jennie_cli.testing import BrokerDesk, BrokerExam

CODE = "005930"
DAY = date(2026, 6, 16)
TEN = datetime(2026, 6, 16, 10, tzinfo=KST)
PAPER = replace(MEMORY, name="paper", open_orders=False, order_rows=False, sellable=False)


@asynccontextmanager
async def _desk(broker: MemoryBroker, clock: ManualClock) -> AsyncIterator[BrokerDesk]:
    async def wait(seconds: int) -> None:
        clock.advance(seconds)
        for _ in range(5):
            await asyncio.wait({asyncio.ensure_future(_breath())})

    broker.quote(CODE, 10_000)
    yield BrokerDesk(
        orders=broker,
        account=broker,
        notices=broker,
        wait=wait,
        day=DAY,
        code=CODE,
        rest_buy=9_900,
        cross_buy=10_100,
        rest_sell=10_100,
        cross_sell=9_900,
    )


async def _breath() -> None:
    return None


class TestMemoryBroker(BrokerExam):
    """MemoryBroker sits the whole exam."""

    capabilities = MEMORY

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BrokerDesk]:
        """Open an account at a new twin."""
        clock = ManualClock(TEN)
        async with _desk(MemoryBroker(clock), clock) as desk:
            yield desk


class TestPaperBroker(BrokerExam):
    """A twin that can do less is asked less."""

    capabilities = PAPER

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BrokerDesk]:
        """Open an account at a new twin of the paper kind."""
        clock = ManualClock(TEN)
        async with _desk(MemoryBroker(clock, capabilities=PAPER), clock) as desk:
            yield desk

    def test_what_needs_rows_is_not_asked(self) -> None:
        """Cases about records are left out, cases about the account stay."""
        assert None is self.test_02_a_resting_order_is_in_the_records
        assert None is not self.test_05_a_fill_moves_shares_and_cash


def _ticket(side: Side = Side.BUY, qty: int = 10, price: int | None = 10_000) -> OrderTicket:
    kind = OrderType.MARKET if price is None else OrderType.LIMIT
    return OrderTicket(code=CODE, side=side, type=kind, qty=qty, price=price)


def _broker(**kwargs: object) -> MemoryBroker:
    return MemoryBroker(ManualClock(TEN), **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (Fault.LOST_BEFORE, OutcomeUnknown, False),
        (Fault.LOST_AFTER, OutcomeUnknown, True),
        (Fault.REFUSED, BrokerRefused, False),
        (Fault.BUSY, BrokerBusy, False),
        (Fault.UNREACHABLE, BrokerUnavailable, False),
    ],
)
def test_a_call_fails_as_it_was_told_to(
    fault: Fault, error: type[Exception], *, arrives: bool
) -> None:
    """Once, and the order is in the books only if it arrived."""

    async def run() -> None:
        broker = _broker()
        broker.faults.inject(fault)
        with pytest.raises(error):
            await broker.place(_ticket())
        assert int(arrives) == len(await broker.orders(DAY))
        await broker.place(_ticket())
        assert int(arrives) + 1 == len(await broker.orders(DAY))

    asyncio.run(run())


def test_reads_fail_and_answers_are_empty_on_demand() -> None:
    """A failed read raises; empty rows and holdings look like an answer."""

    async def run() -> None:
        broker = _broker(holdings={CODE: (5, 50_000)})
        await broker.place(_ticket())
        reads: list[Callable[[], Awaitable[object]]] = [
            lambda: broker.orders(DAY),
            broker.open_orders,
            broker.state,
            lambda: broker.buying_power(CODE, type_=OrderType.LIMIT, price=1),
            lambda: broker.sellable(CODE),
        ]
        for read in reads:
            broker.faults.inject(Fault.READ_FAILS)
            with pytest.raises(BrokerUnavailable):
                await read()
        broker.faults.inject(Fault.NO_ROWS)
        broker.faults.inject(Fault.NO_HOLDINGS)
        assert () == await broker.orders(DAY)
        assert () == (await broker.state()).holdings
        assert 1 == len((await broker.state()).holdings)

    asyncio.run(run())


def test_a_hidden_row_is_shown_later() -> None:
    """The order trades meanwhile."""

    async def run() -> None:
        broker = _broker()
        broker.faults.inject(Fault.HIDDEN_ROW)
        await broker.place(_ticket())
        assert ((), ()) == (await broker.orders(DAY), await broker.open_orders())
        broker.fill("1", 4, 10_000)
        broker.show_rows()
        assert [4] == [r.filled_qty for r in await broker.orders(DAY)]

    asyncio.run(run())


def test_notices_are_lost_doubled_held_back_and_turned_round() -> None:
    """Each fault strikes one notice; what was held back is told the latest first."""

    async def run() -> None:
        broker, heard = _broker(), list[Notice]()
        broker.on_notice = heard.append
        await broker.place(_ticket())
        broker.faults.inject(Fault.NOTICE_LOST)
        broker.fill("1", 1, 10_000)
        broker.faults.inject(Fault.NOTICE_TWICE)
        broker.fill("1", 2, 10_000)
        broker.faults.inject(Fault.NOTICE_LATE, 2)
        broker.fill("1", 3, 10_000)
        broker.fill("1", 4, 10_000)
        assert [10, 2, 2] == [n.qty for n in heard]
        broker.release_notices()
        assert [4, 3] == [n.qty for n in heard[3:]]
        assert [NoticeKind.ACCEPTED] + 4 * [NoticeKind.FILLED] == [n.kind for n in heard]

    asyncio.run(run())


def test_a_trade_goes_through_the_orders_that_cross_in_the_order_they_came() -> None:
    """Only those, only so many shares; sells cross from above."""

    async def run() -> None:
        broker = _broker(holdings={CODE: (10, 100_000)})
        await broker.place(_ticket())
        await broker.place(_ticket(price=9_990))
        await broker.place(_ticket(price=10_010))
        await broker.place(_ticket(Side.SELL))
        assert 15 == broker.trade(CODE, 10_000, 15)
        assert [10, 0, 5, 0] == [r.filled_qty for r in await broker.orders(DAY)]
        assert 15 == broker.trade(CODE, 10_005, 99)
        assert [10, 0, 10, 10] == [r.filled_qty for r in await broker.orders(DAY)]
        with pytest.raises(ValueError, match="cannot be filled"):
            broker.fill("1", 1, 10_000)
        broker.fill("2", 0, 10_000)
        assert 4 == len(broker.executions())

    asyncio.run(run())


def test_cash_and_cost_follow_the_rules_of_the_house() -> None:
    """Fee 140 on 995,000 and 70 on 498,000; tax cut to won; moving-average cost."""

    async def run() -> None:
        broker = _broker(cash=10_000_000)
        broker.quote(CODE, 99_500)
        await broker.place(_ticket(price=99_500))
        assert 10_000_000 - 995_000 - 140 == (await broker.state()).settled_cash
        broker.quote(CODE, 99_600)
        await broker.place(_ticket(Side.SELL, 5, 99_600))
        state = await broker.state()
        assert 10_000_000 - 995_000 - 140 + 498_000 - 70 - 996 == state.settled_cash
        assert [(5, 497_500, 498_000)] == [(h.qty, h.cost, h.value) for h in state.holdings]

    asyncio.run(run())


def test_impossible_orders_are_refused_with_a_code() -> None:
    """Types and venues it cannot do, codes and numbers it does not know, too many shares."""

    async def run() -> None:
        limits_only = replace(MEMORY, types=(OrderType.LIMIT,))
        broker = _broker(capabilities=limits_only)
        nowhere = Acknowledged(broker_id="9", branch="", at=TEN)
        cases = {
            "TYPE": broker.place(_ticket(price=None)),
            "VENUE": broker.place(replace(_ticket(), venue=Venue.NXT)),
            "UNKNOWN": broker.cancel(nowhere, _ticket(), qty=1),
        }
        for code, call in cases.items():
            with pytest.raises(BrokerRefused) as refusal:
                await call
            assert code == refusal.value.broker_code
        with pytest.raises(BrokerRefused) as refusal:
            await _broker().place(_ticket(price=None))
        assert "CODE" == refusal.value.broker_code
        row = await broker.place(_ticket())
        broker.fill(row.broker_id, 5, 10_000)
        with pytest.raises(BrokerRefused) as refusal:
            await broker.cancel(row, _ticket(), qty=6)
        assert "OVER" == refusal.value.broker_code

    asyncio.run(run())


def test_at_market_the_upper_limit_is_reserved() -> None:
    """30 % above the quote a share."""

    async def run() -> None:
        broker = _broker(cash=130_019)
        broker.quote(CODE, 10_000)
        power = await broker.buying_power(CODE, type_=OrderType.MARKET, price=None)
        assert (130_019, 10, 13_000) == (power.cash, power.qty, power.unit_price)
        short = await _broker(cash=100_013).buying_power(CODE, type_=OrderType.LIMIT, price=10_000)
        assert 9 == short.qty

    asyncio.run(run())


def test_the_session_ends_without_a_word() -> None:
    """Open orders have nothing remaining, and no notice tells so."""

    async def run() -> None:
        broker, heard = _broker(), list[Notice]()
        await broker.place(_ticket())
        broker.on_notice = heard.append
        broker.end_session()
        assert [(0, 0)] == [(r.remaining_qty, r.cancelled_qty) for r in await broker.orders(DAY)]
        assert [] == heard

    asyncio.run(run())
