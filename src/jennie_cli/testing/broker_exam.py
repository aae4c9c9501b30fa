"""The exam of a broker: subclass it in a test module, name its capabilities and give `open`.

A case that needs what the broker cannot do is not asked. Every case starts with a fresh account
that holds cash and no shares, during the regular session.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from jennie_cli.engine.broker import (
    Account,
    Acknowledged,
    BrokerRefused,
    Capabilities,
    Notices,
    Orders,
    OrderTicket,
)
from jennie_cli.engine.model import BrokerOrder, Notice, NoticeKind, OrderType, Side

_QTY = 10
_NEEDS = "exam_needs"
_Case = Callable[[Any], None]


@dataclass(slots=True, kw_only=True)
class BrokerDesk:
    """A broker and one code to trade, as an exam needs them.

    Buys rest at `rest_buy` and trade in full at `cross_buy` (won); sells likewise. `wait` lets so
    many seconds of exchange time pass. `day` is the trading day.
    """

    orders: Orders
    account: Account
    notices: Notices
    wait: Callable[[int], Awaitable[None]]
    day: date
    code: str
    rest_buy: int
    cross_buy: int
    rest_sell: int
    cross_sell: int
    heard: list[Notice] = field(default_factory=list)

    def ticket(self, side: Side, price: int | None, qty: int = _QTY) -> OrderTicket:
        """Return an order of the desk's code; without a price, at market."""
        type_ = OrderType.MARKET if price is None else OrderType.LIMIT
        return OrderTicket(code=self.code, side=side, type=type_, qty=qty, price=price)

    async def place(self, side: Side, price: int | None, qty: int = _QTY) -> Acknowledged:
        """Place an order and let it arrive."""
        taken = await self.orders.place(self.ticket(side, price, qty))
        await self.wait(2)
        return taken

    async def row(self, broker_id: str) -> BrokerOrder:
        """Return the records' row of a number."""
        rows = [r for r in await self.orders.orders(self.day) if r.broker_id == broker_id]
        assert 1 == len(rows), f"{len(rows)} rows have the number {broker_id}"
        return rows[0]


def needs(*names: str) -> Callable[[_Case], _Case]:
    """Ask a case only of a broker with these capabilities."""

    def mark(case: _Case) -> _Case:
        setattr(case, _NEEDS, names)
        return case

    return mark


class BrokerExam(ABC):
    """Numbered questions about orders, records, notices and the account."""

    capabilities: ClassVar[Capabilities]

    def __init_subclass__(cls) -> None:
        """Leave out the cases that the broker's capabilities do not cover."""
        super().__init_subclass__()
        able = cls.capabilities
        for name in dir(BrokerExam):
            wanted = getattr(getattr(BrokerExam, name), _NEEDS, ())
            if not all(_can(able, want) for want in wanted):
                setattr(cls, name, None)

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[BrokerDesk]:
        """Open a desk with a fresh account and close it afterwards."""

    def test_01_an_order_that_is_taken_has_a_number_of_its_own(self) -> None:
        """Numbers are digits without leading zeros, no two alike, with branch and exchange day."""

        async def case(desk: BrokerDesk) -> None:
            first = await desk.place(Side.BUY, desk.rest_buy)
            second = await desk.place(Side.BUY, desk.rest_buy)
            for taken in (first, second):
                assert taken.broker_id.isdigit()
                assert not taken.broker_id.startswith("0")
                assert desk.day == taken.at.date()
            assert first.broker_id != second.broker_id

        self._ask(case)

    @needs("order_rows")
    def test_02_a_resting_order_is_in_the_records(self) -> None:
        """With everything that was asked for, and all of it remaining."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.rest_buy)
            row = await desk.row(taken.broker_id)
            assert (desk.code, Side.BUY, OrderType.LIMIT) == (row.code, row.side, row.type)
            assert (_QTY, desk.rest_buy, 0, _QTY) == (
                row.qty,
                row.price,
                row.filled_qty,
                row.remaining_qty,
            )
            assert (desk.day, None, False) == (row.day, row.original_id, row.cancels)

        self._ask(case)

    @needs("open_orders")
    def test_03_only_what_can_be_changed_is_open(self) -> None:
        """A resting order is listed, a filled one is not."""

        async def case(desk: BrokerDesk) -> None:
            await desk.place(Side.BUY, desk.cross_buy)
            resting = await desk.place(Side.BUY, desk.rest_buy)
            assert [resting.broker_id] == [r.broker_id for r in await desk.orders.open_orders()]

        self._ask(case)

    @needs("order_rows")
    def test_04_a_fill_is_in_the_records(self) -> None:
        """All shares, at the limit or better."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.cross_buy)
            row = await desk.row(taken.broker_id)
            assert (_QTY, 0) == (row.filled_qty, row.remaining_qty)
            assert 0 < row.filled_amount <= _QTY * desk.cross_buy

        self._ask(case)

    def test_05_a_fill_moves_shares_and_cash(self) -> None:
        """The cost is the amount before fees; cash falls by a little more."""

        async def case(desk: BrokerDesk) -> None:
            before = await desk.account.state()
            await desk.place(Side.BUY, desk.cross_buy)
            after = await desk.account.state()
            held = {h.code: h for h in after.holdings}[desk.code]
            spent = before.settled_cash - after.settled_cash
            assert () == before.holdings
            assert (_QTY, _QTY) == (held.qty, held.sellable_qty)
            assert held.cost <= spent <= held.cost * 1.01
            assert after.total == after.settled_cash + held.value

        self._ask(case)

    @needs("notices")
    def test_06_the_broker_tells_of_acceptance_and_fills(self) -> None:
        """One notice of the order, and executions that sum up to it."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.cross_buy)
            own = [n for n in desk.heard if n.broker_id == taken.broker_id]
            accepted = [n for n in own if n.kind is NoticeKind.ACCEPTED]
            fills = [n for n in own if n.kind is NoticeKind.FILLED]
            assert [(_QTY, desk.cross_buy)] == [(n.qty, n.price) for n in accepted]
            assert _QTY == sum(n.qty for n in fills)
            assert {(_QTY, Side.BUY, desk.code)} == {(n.order_qty, n.side, n.code) for n in own}
            assert not any(n.at.microsecond for n in own)

        self._ask(case)

    @needs("order_rows")
    def test_07_a_cancel_has_its_own_number_and_ends_the_order(self) -> None:
        """The order keeps its row with everything taken back."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.rest_buy)
            answer = await desk.orders.cancel(taken, desk.ticket(Side.BUY, desk.rest_buy), qty=_QTY)
            await desk.wait(2)
            row = await desk.row(taken.broker_id)
            assert answer.broker_id != taken.broker_id
            assert (_QTY, 0, 0) == (row.cancelled_qty, row.remaining_qty, row.filled_qty)

        self._ask(case)

    @needs("order_rows")
    def test_08_a_part_can_be_taken_back(self) -> None:
        """The rest keeps its number and goes on working."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.rest_buy)
            await desk.orders.cancel(taken, desk.ticket(Side.BUY, desk.rest_buy), qty=4)
            await desk.wait(2)
            row = await desk.row(taken.broker_id)
            assert (4, _QTY - 4) == (row.cancelled_qty, row.remaining_qty)

        self._ask(case)

    @needs("order_rows")
    def test_09_a_modify_moves_the_rest_to_a_new_number(self) -> None:
        """The new row names the old number, which has nothing remaining."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.rest_buy)
            answer = await desk.orders.modify(
                taken, desk.ticket(Side.BUY, desk.rest_buy), price=desk.cross_buy, qty=_QTY
            )
            await desk.wait(2)
            old, new = await desk.row(taken.broker_id), await desk.row(answer.broker_id)
            assert (0, 0) == (old.remaining_qty, old.filled_qty)
            assert (taken.broker_id, False) == (new.original_id, new.cancels)
            assert (_QTY, desk.cross_buy, _QTY) == (new.qty, new.price, new.filled_qty)

        self._ask(case)

    def test_10_what_is_filled_cannot_be_cancelled(self) -> None:
        """The broker refuses and says so."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.cross_buy)
            ticket = desk.ticket(Side.BUY, desk.cross_buy)
            assert await _refused(desk.orders.cancel(taken, ticket, qty=_QTY))

        self._ask(case)

    def test_11_more_than_the_cash_pays_for_is_refused(self) -> None:
        """Nothing is bought on credit."""

        async def case(desk: BrokerDesk) -> None:
            power = await desk.account.buying_power(
                desk.code, type_=OrderType.LIMIT, price=desk.rest_buy
            )
            ticket = desk.ticket(Side.BUY, desk.rest_buy, power.qty + 1)
            assert await _refused(desk.orders.place(ticket))
            await desk.orders.place(desk.ticket(Side.BUY, desk.rest_buy, power.qty))

        self._ask(case)

    def test_12_an_open_buy_holds_its_cash_back(self) -> None:
        """Buying power falls by what the order may cost, and comes back with the cancel."""

        async def case(desk: BrokerDesk) -> None:
            async def power() -> int:
                answer = await desk.account.buying_power(
                    desk.code, type_=OrderType.LIMIT, price=desk.rest_buy
                )
                return answer.cash

            before = await power()
            taken = await desk.place(Side.BUY, desk.rest_buy)
            held_back = before - await power()
            # a broker may keep its fee back in whole won
            assert _QTY * desk.rest_buy - 1 <= held_back
            await desk.orders.cancel(taken, desk.ticket(Side.BUY, desk.rest_buy), qty=_QTY)
            await desk.wait(2)
            assert before == await power()

        self._ask(case)

    def test_13_what_is_not_held_cannot_be_sold(self) -> None:
        """No short sale."""

        async def case(desk: BrokerDesk) -> None:
            assert await _refused(desk.orders.place(desk.ticket(Side.SELL, desk.rest_sell)))

        self._ask(case)

    @needs("sellable")
    def test_14_an_open_sale_holds_its_shares_back(self) -> None:
        """Sellable shares fall, holdings stay."""

        async def case(desk: BrokerDesk) -> None:
            await desk.place(Side.BUY, desk.cross_buy)
            await desk.place(Side.SELL, desk.rest_sell, 4)
            assert _QTY - 4 == await desk.account.sellable(desk.code)
            state = await desk.account.state()
            assert [_QTY] == [h.qty for h in state.holdings]

        self._ask(case)

    def test_15_what_is_sold_to_the_last_share_is_no_holding(self) -> None:
        """The account lists nothing, and cash is less than at the start by the costs."""

        async def case(desk: BrokerDesk) -> None:
            before = await desk.account.state()
            await desk.place(Side.BUY, desk.cross_buy)
            await desk.place(Side.SELL, desk.cross_sell)
            after = await desk.account.state()
            assert () == after.holdings
            assert after.settled_cash < before.settled_cash

        self._ask(case)

    @needs("order_rows", "market")
    def test_16_a_market_order_trades_and_has_no_price(self) -> None:
        """Its row says so."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, None)
            row = await desk.row(taken.broker_id)
            assert (OrderType.MARKET, None, _QTY) == (row.type, row.price, row.filled_qty)

        self._ask(case)

    @needs("order_rows")
    def test_17_a_day_without_orders_is_empty(self) -> None:
        """Nothing to tell is no failure."""

        async def case(desk: BrokerDesk) -> None:
            assert () == await desk.orders.orders(desk.day)

        self._ask(case)

    @needs("notices")
    def test_18_changes_are_told_with_the_number_they_change(self) -> None:
        """A modify and a cancel come under their own numbers."""

        async def case(desk: BrokerDesk) -> None:
            taken = await desk.place(Side.BUY, desk.rest_buy)
            ticket = desk.ticket(Side.BUY, desk.rest_buy)
            moved = await desk.orders.modify(taken, ticket, price=desk.rest_buy - 100, qty=_QTY)
            await desk.wait(2)
            ended = await desk.orders.cancel(moved, ticket, qty=_QTY)
            await desk.wait(2)
            told = {n.kind: n for n in desk.heard}
            modified, cancelled = told[NoticeKind.MODIFIED], told[NoticeKind.CANCELLED]
            assert (moved.broker_id, taken.broker_id, _QTY) == (
                modified.broker_id,
                modified.original_id,
                modified.qty,
            )
            assert (ended.broker_id, moved.broker_id, _QTY) == (
                cancelled.broker_id,
                cancelled.original_id,
                cancelled.qty,
            )

        self._ask(case)

    def _ask(self, case: Callable[[BrokerDesk], Coroutine[Any, Any, None]]) -> None:
        async def sit() -> None:
            async with self.open() as desk, _hearing(desk, able=self.capabilities.notices):
                await case(desk)

        asyncio.run(sit())


@asynccontextmanager
async def _hearing(desk: BrokerDesk, *, able: bool) -> AsyncIterator[None]:
    async def hear() -> None:
        async for notice in desk.notices.notices():
            desk.heard.append(notice)

    ear = asyncio.create_task(hear()) if able else None
    await desk.wait(1)
    try:
        yield
    finally:
        if ear is not None:
            ear.cancel()
            with suppress(asyncio.CancelledError):
                await ear


async def _refused(call: Awaitable[Acknowledged]) -> bool:
    try:
        await call
    except BrokerRefused as refusal:
        return bool(refusal.broker_code)
    return False


def _can(able: Capabilities, want: str) -> bool:
    if want == "market":
        return OrderType.MARKET in able.types
    return bool(getattr(able, want))
