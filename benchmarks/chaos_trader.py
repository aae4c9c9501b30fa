"""The trading process that the chaos run kills: it recovers, then orders and changes at random.

Every step of an order's life passes a tripwire; the process kills itself with SIGKILL at the one
it was told, or is killed by its parent at a random moment. It uses the house's own parts: the KIS
adapter over HTTP, the fsynced journal, execution.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np

from jennie_cli.adapters.journal import Journal
from jennie_cli.adapters.kis import (
    Access,
    AccountNumber,
    KisAccount,
    KisOrders,
    KisQuotes,
    KisSession,
    KisStream,
    Pace,
    Patience,
)
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.broker import Acknowledged, Capabilities, OrderTicket
from jennie_cli.engine.errors import JennieError, OutcomeUnknown
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.model import (
    BrokerOrder,
    Market,
    Order,
    OrderIntent,
    OrderState,
    OrderType,
    Side,
    Stock,
)
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import ManualFacts, Refusal, RiskPolicy, stamp_change, stamp_manual
from jennie_cli.engine.store import LedgerEvent, Recorded
from jennie_cli.engine.venue import Calendar, default_calendar, round_down
from jennie_cli.settings import Masker
from jennie_cli.simulator.driving import SimClock, WorldTime

T = TypeVar("T")

ACCOUNT = AccountNumber(number="77777777", product="01")
APP_KEY, APP_SECRET = "C" * 36, "H" * 180
HTS_ID = "chaos"
ORDER_TIMEOUT_S = 0.3
_PACE = Pace(per_second=250.0, limit=400.0)
_RICH = RiskPolicy(manual_order_cap=10**9, manual_day_cap=10**12, repeat_seconds=0)


class Tripwire:
    """Counts the steps passed and ends the process at once at the one it is set to."""

    def __init__(self, at: int | None) -> None:
        """`at` is the number of the fatal step, None = none."""
        self.passed = 0
        self._at = at

    def step(self) -> None:
        """Pass one step."""
        self.passed += 1
        if self.passed == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


class TrippedLedger:
    """A journal whose writer may die before or after each append."""

    def __init__(self, journal: Journal, wire: Tripwire) -> None:
        """Pass everything on to `journal`."""
        self._journal = journal
        self._wire = wire

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Append between two steps."""
        self._wire.step()
        kept = self._journal.append(events)
        self._wire.step()
        return kept

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """Read."""
        return self._journal.read(after)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the journal's lock."""
        return self._journal.exclusive()


class TrippedOrders:
    """Orders whose sender may die before a call and after its answer.

    `resends` plants the defect that the run must find: a lost order is simply sent again.
    """

    def __init__(self, orders: KisOrders, wire: Tripwire, *, resends: bool) -> None:
        """Pass everything on to `orders`."""
        self._orders = orders
        self._wire = wire
        self._resends = resends

    @property
    def capabilities(self) -> Capabilities:
        """What the broker can do."""
        return self._orders.capabilities

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Place between two steps."""
        self._wire.step()
        try:
            taken = await self._orders.place(ticket)
        except OutcomeUnknown:
            if not self._resends:
                raise
            taken = await self._orders.place(ticket)
        self._wire.step()
        return taken

    async def modify(
        self, row: Acknowledged, ticket: OrderTicket, *, price: int, qty: int
    ) -> Acknowledged:
        """Modify between two steps."""
        self._wire.step()
        taken = await self._orders.modify(row, ticket, price=price, qty=qty)
        self._wire.step()
        return taken

    async def cancel(self, row: Acknowledged, ticket: OrderTicket, *, qty: int) -> Acknowledged:
        """Cancel between two steps."""
        self._wire.step()
        taken = await self._orders.cancel(row, ticket, qty=qty)
        self._wire.step()
        return taken

    async def orders(self, day: date) -> tuple[BrokerOrder, ...]:
        """Read the rows of a day."""
        self._wire.step()
        return await self._orders.orders(day)

    async def open_orders(self) -> tuple[BrokerOrder, ...]:
        """Read the open orders."""
        return await self._orders.open_orders()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the chaos plays: the exchange, the stocks traded, the folder of journal and key."""

    url: str
    stocks: tuple[Stock, ...]
    folder: Path
    resends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An open trading process."""

    clock: SimClock
    calendar: Calendar
    account: KisAccount
    broker: KisOrders
    quotes: KisQuotes
    journal: Journal
    execution: Execution
    costs: Costs
    stream: KisStream


@asynccontextmanager
async def opened(scene: Scene, told: WorldTime, wire: Tripwire, seed: int) -> AsyncIterator[Room]:
    """Open the parts of a trading process; nothing is recovered yet."""
    wall, calendar = SystemClock(), default_calendar()
    clock = SimClock(scene.url, told=told, wall=wall)
    session = KisSession(
        Access(
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            rest_url=scene.url,
            socket_url=scene.url.replace("http", "ws", 1),
            paper=False,
        ),
        runtime=scene.folder / "key",
        clock=clock,
        steady=wall,
        veil=Masker(),
        rng=np.random.default_rng(seed),
        pace=_PACE,
        patience=Patience(order_timeout_s=ORDER_TIMEOUT_S, data_timeout_s=2.0),
    )
    listing = {stock.code: stock for stock in scene.stocks}
    costs = Costs(listing=listing.get)
    broker, account = KisOrders(session, ACCOUNT, clock), KisAccount(session, ACCOUNT)
    quotes = KisQuotes(session, clock=clock, calendar=calendar)
    stream = KisStream(
        session,
        quotes=quotes,
        clock=clock,
        steady=wall,
        calendar=calendar,
        rng=np.random.default_rng(seed),
        account=ACCOUNT,
        hts_id=HTS_ID,
    )
    journal = Journal(scene.folder / "journal.jsonl")
    execution = Execution(
        orders=TrippedOrders(broker, wire, resends=scene.resends),
        account=account,
        ledger=TrippedLedger(journal, wire),
        clock=clock,
        calendar=calendar,
        policy=ExecutionPolicy(),
        costs=costs,
    )
    try:
        yield Room(
            clock=clock,
            calendar=calendar,
            account=account,
            broker=broker,
            quotes=quotes,
            journal=journal,
            execution=execution,
            costs=costs,
            stream=stream,
        )
    finally:
        await stream.close()
        await session.close()
        await clock.close()


async def trade(
    scene: Scene,
    told: WorldTime,
    *,
    seed: int,
    fatal: int | None,
    enough: Callable[[], bool],
    recovered: Callable[[], None],
) -> None:
    """Recover and say so, then trade at random until tripwire, parent or `enough` ends it."""
    rng = np.random.default_rng(seed)
    async with opened(scene, told, Tripwire(fatal), seed) as room:
        listening = asyncio.ensure_future(room.execution.listen(room.stream))
        await persistently(room, room.execution.recover)
        recovered()
        number = 0
        while not enough():
            number += 1
            try:
                await _act(scene, room, rng, f"{seed}-{number}")
            except JennieError:
                # refusals, lost calls and unreachable records are what the run is about
                await room.clock.sleep(1)
        listening.cancel()


async def persistently(room: Room, work: Callable[[], Awaitable[object]]) -> None:
    """Do a piece of start-up work until the broker can be read."""
    while True:
        try:
            await work()
        except JennieError:
            await room.clock.sleep(1)
        else:
            return


async def _act(scene: Scene, room: Room, rng: np.random.Generator, name: str) -> None:
    live = [o for o in room.execution.book().values() if o.open_qty and o.broker_ids]
    dice = rng.random()
    if live and dice < 0.25:
        await room.execution.cancel(live[int(rng.integers(len(live)))].order_id)
    elif live and dice < 0.45:
        await _modify(scene, room, live[int(rng.integers(len(live)))], rng)
    elif dice < 0.55:
        await room.execution.tend()
    else:
        await _place(scene, room, rng, name)


async def _place(scene: Scene, room: Room, rng: np.random.Generator, name: str) -> None:
    stock = scene.stocks[int(rng.integers(len(scene.stocks)))]
    side = Side.BUY if rng.random() < 0.6 else Side.SELL
    facts = await _facts(room, stock, side)
    market = rng.random() < 0.3
    off_pct = rng.uniform(-1.0, 1.0)
    price = None if market else _near(facts.quote.price, off_pct, stock, facts.now)
    intent = OrderIntent(
        order_id=name,
        code=stock.code,
        side=side,
        type=OrderType.MARKET if market else OrderType.LIMIT,
        qty=int(rng.integers(1, 400)),
        price=price,
    )
    stamped = stamp_manual(intent, facts, _RICH)
    if isinstance(stamped, Refusal):
        return
    order = await room.execution.send(stamped)
    if order.state is not OrderState.UNKNOWN and rng.random() < 0.5:
        await room.execution.settle(order.order_id, int(rng.integers(1, 8)))


async def _modify(scene: Scene, room: Room, order: Order, rng: np.random.Generator) -> None:
    stock = next(s for s in scene.stocks if s.code == order.code)
    facts = await _facts(room, stock, order.side)
    price = _near(facts.quote.price, rng.uniform(-1.0, 1.0), stock, facts.now)
    stamped = stamp_change(order, price, facts, _RICH)
    if not isinstance(stamped, Refusal):
        await room.execution.modify(stamped)


async def _facts(room: Room, stock: Stock, side: Side) -> ManualFacts:
    quote = await room.quotes.quote(stock.code)
    buys = side is Side.BUY
    now = room.clock.now()
    return ManualFacts(
        now=now,
        session=room.calendar.session(now.date()),
        flags={},
        quote=quote,
        stock=stock,
        buying_power=await room.account.buying_power(
            stock.code, type_=OrderType.LIMIT, price=quote.price
        )
        if buys
        else None,
        sellable=None if buys else await room.account.sellable(stock.code),
        confirmed=True,
    )


def _near(price: int, off_pct: float, stock: Stock, now: datetime) -> int:
    wished = max(1, round(price * (1 + off_pct / 100)))
    return max(1, round_down(wished, market=Market(stock.market), on=now.date(), kind=stock.kind))
