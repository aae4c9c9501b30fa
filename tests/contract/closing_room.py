"""A session over the KIS client on an exchange in this process, about to close."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from tests.contract.in_process import CODE, DAY, KEY, PRICE, SECRET, Served, serving_here
from tests.unit.engine.research.walk_cases import CALENDAR, POLICIES, at, past, still
from tests.unit.engine.trading.session.running_room import Ears, at_once

from jennie_cli.adapters.kis import (
    Access,
    AccountNumber,
    KisAccount,
    KisOrders,
    KisQuotes,
    KisSession,
    KisStream,
    Pace,
)
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.exits import trades_of
from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.model import Market, OrderIntent, OrderType, Side, Stock
from jennie_cli.engine.portfolio import Costs, fold
from jennie_cli.engine.risk import ApprovedOrder
from jennie_cli.engine.store import MemoryEvaluations, MemoryFlags, MemoryLedger
from jennie_cli.engine.trading import TradingPolicy
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import opening_of
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_ports import SessionRoom
from jennie_cli.settings import Masker
from jennie_cli.simulator.playing.recorded import MinuteBars

QTY = 10
_ACCOUNT = AccountNumber(number="12345678", product="01")
_AT_ONCE = Pace(per_second=10_000.0, limit=20_000.0)
_COSTS = Costs(listing=lambda code: Stock(code=code, name=code, market=Market.KOSPI))


def closing_bars(*, last: int, close: int) -> MinuteBars:
    """Return an afternoon at PRICE won that ends at `last` in its last minutes, and its close."""
    times = np.array([900, *range(1500, 1520), 1530], dtype=np.int64)
    price = np.full(len(times), PRICE)
    steps = np.linspace(PRICE, last, 9)[1:]
    price[-9:-1] = (steps // 100 * 100).astype(np.int64)
    price[-1] = close
    names = ("open", "high", "low", "close")
    volume = np.full(len(times), 50_000)
    return {"time": times, **{name: price.copy() for name in names}, "volume": volume}


@dataclass(slots=True, kw_only=True)
class ClosingRoom:
    """A session and what it stands on; `orders` are those the broker has on its records."""

    served: Served
    quotes: KisQuotes
    orders: KisOrders
    execution: Execution
    stream: KisStream
    room: SessionRoom
    ears: Ears
    new_id: Callable[[], str]

    async def wait_until(self, clock: str) -> None:
        """Take the exchange to a time of the day at once."""
        await self.served.clock.move(at(clock, DAY))

    async def buy(self) -> None:
        """Buy shares by hand, at market, and have the ledger know."""
        intent = OrderIntent(
            order_id=self.new_id(), code=CODE, side=Side.BUY, type=OrderType.MARKET, qty=QTY
        )
        now = self.served.clock.now()
        order = await self.execution.send(ApprovedOrder(intent=intent, checks=(), at=now))
        await self.served.clock.sleep(3)
        await self.execution.refresh()
        assert QTY == self.execution.order(order.order_id).filled_qty

    async def session(self, until: datetime) -> TradingDay:
        """Run a session until a moment, as a process that starts now; return its day."""
        hours = CALENDAR.session(DAY)
        assert hours is not None
        events = self.execution.events()
        day = self._day()
        run = SessionRun(
            day,
            self.room,
            hours=hours,
            waits=TradingPolicy(),
            auto=Auto.AUTO,
            opened_with=events,
        )
        await run.run(until)
        return day

    async def sales(self) -> list[tuple[str, int, int, int]]:
        """Return the sales on the broker's records: type, shares, filled, won a share."""
        rows = await self.orders.orders(DAY)
        return [
            (row.type.value, row.qty, row.filled_qty, row.filled_amount // max(1, row.filled_qty))
            for row in rows
            if row.side is Side.SELL
        ]

    async def buys(self) -> int:
        """Return how many purchases are on the broker's records."""
        return sum(row.side is Side.BUY for row in await self.orders.orders(DAY))

    def _day(self) -> TradingDay:
        events = self.execution.events()
        morning = morning_at(PRICE)
        opening = opening_of(
            events,
            morning,
            portfolio=fold(events, _COSTS),
            highs={},
            ex_dates=(),
            signalled_until={},
            latched=False,
            policies=POLICIES,
            base_prices={CODE: PRICE},
            groups={},
        )
        assert trades_of(events)
        return TradingDay(
            morning,
            opening,
            policies=POLICIES,
            calendar=CALENDAR,
            costs=_COSTS,
            since=self.served.clock.now(),
            grace_s=0.0,
        )


def morning_at(price: int) -> Morning:
    """Return the morning of a stock that closed at `price` won, with moves of 1 % before."""
    told = past({CODE: still(30, price)}, day=DAY)
    scale = price / 10_000
    days = told.days
    moved = DayBars(
        days=days.days, high=days.high * scale, low=days.low * scale, close=days.close * scale
    )
    stocks = replace(
        told.candidates,
        list_close=told.candidates.list_close * scale,
        base_price=told.candidates.base_price * scale,
        upper_limit=told.candidates.upper_limit * scale,
    )
    return replace(told, candidates=stocks, days=moved)


@asynccontextmanager
async def closing(
    runtime: Path, bars: MinuteBars, *, paper: bool, start: str
) -> AsyncIterator[ClosingRoom]:
    """Open an exchange at a time of the afternoon and everything that a session needs on it."""
    async with serving_here(paper=paper, at=start, bars=bars) as served:
        wall = SystemClock()
        session = KisSession(
            Access(
                app_key=KEY,
                app_secret=SECRET,
                rest_url=served.url,
                socket_url=served.ws_url,
                paper=paper,
            ),
            runtime=runtime,
            clock=served.clock,
            steady=wall,
            veil=Masker(),
            rng=np.random.default_rng(1),
            pace=_AT_ONCE,
            transport=served.transport,
            during=served.clock.calling,
        )
        async with session:
            made = await _furnished(served, session, wall)
            try:
                yield made
            finally:
                await made.stream.close()


async def _furnished(served: Served, session: KisSession, wall: SystemClock) -> ClosingRoom:
    quotes = KisQuotes(session, clock=served.clock, calendar=CALENDAR)
    stream = KisStream(
        session,
        quotes=quotes,
        clock=served.clock,
        steady=wall,
        calendar=CALENDAR,
        rng=np.random.default_rng(2),
        account=_ACCOUNT,
        hts_id="",
    )
    orders, account = KisOrders(session, _ACCOUNT, served.clock), KisAccount(session, _ACCOUNT)
    execution = Execution(
        orders=orders,
        account=account,
        ledger=MemoryLedger(),
        clock=served.clock,
        calendar=CALENDAR,
        policy=ExecutionPolicy(),
        costs=_COSTS,
    )
    await execution.recover()
    numbers = iter(range(1, 1_000))
    bus, ears = MemoryBus(served.clock), Ears()

    async def nothing() -> frozenset[str]:
        return frozenset()

    def new_id() -> str:
        return f"C{next(numbers)}"

    room = SessionRoom(
        ticks=stream,
        quotes=quotes,
        account=account,
        execution=execution,
        flags=MemoryFlags(),
        evaluations=MemoryEvaluations(),
        keys=bus.keys,
        locks=bus.locks,
        clock=served.clock,
        steady=wall,
        new_id=new_id,
        costs=_COSTS,
        liquidation=nothing,
        ears=ears,
        aside=at_once,
        holding=served.clock.calling,
    )
    return ClosingRoom(
        served=served,
        quotes=quotes,
        orders=orders,
        execution=execution,
        stream=stream,
        room=room,
        ears=ears,
        new_id=new_id,
    )
