"""One account, one ledger, a clock that tests move, and processes that enter and die on them."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.unit.engine.execution.bench import (
    CODE,
    PRICE,
    TEN,
    Bench,
    CountingLedger,
    Fuse,
    SteppedClock,
)

from jennie_cli.engine.broker import MEMORY, Acknowledged, Fault, MemoryBroker, OrderTicket
from jennie_cli.engine.errors import JennieError, StorageFull
from jennie_cli.engine.execution import Execution
from jennie_cli.engine.model import Order, OrderIntent, Strategy
from jennie_cli.engine.risk import BY_SIGNAL, ApprovedOrder
from jennie_cli.engine.store import LedgerEvent, Recorded
from jennie_cli.engine.trading import Entries, EntryAlarm, EntryAlarmKind, TradingPolicy

_ROUNDS = 4


class WaitingClock(SteppedClock):
    """Sleepers wait until somebody lets the time pass; `alone`, a sleeper moves it himself."""

    def __init__(self, start: datetime) -> None:
        """Stand at `start`."""
        super().__init__(start)
        self.alone = False
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    async def sleep(self, seconds: float) -> None:
        """Wait until the time has passed."""
        if self.alone:
            self.advance(seconds)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), wake))
        await wake

    async def pass_time(self, seconds: float) -> None:
        """Move on, waking each sleeper at its own moment."""
        end = self._elapsed + seconds
        await _quiet()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, wake = heapq.heappop(self._sleepers)
            self._reach(at)
            if not wake.done():
                wake.set_result(None)
                await _quiet()
        self._reach(end)

    def _reach(self, at: float) -> None:
        if at > self._elapsed:
            self._now += timedelta(seconds=at - self._elapsed)
            self._elapsed = at


async def _quiet() -> None:
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing


class SlowBroker(MemoryBroker):
    """A twin whose next placings may take a while, and at which something may come first."""

    def __init__(self, clock: WaitingClock) -> None:
        """Answer at once."""
        super().__init__(clock, capabilities=MEMORY)
        self.delays: list[float] = []
        self.before_cancel: Callable[[], object] | None = None
        self._wait = clock

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Take an order in its time."""
        if self.delays:
            await self._wait.sleep(self.delays.pop(0))
        return await super().place(ticket)

    async def cancel(self, row: Acknowledged, ticket: OrderTicket, *, qty: int) -> Acknowledged:
        """Cancel, just after what comes first."""
        first, self.before_cancel = self.before_cancel, None
        if first is not None:
            first()
        return await super().cancel(row, ticket, qty=qty)


class FullLedger(CountingLedger):
    """A ledger whose disk is full after some more writes; None = there is room."""

    room: int | None = None

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events while there is room."""
        if self.room == 0:
            raise StorageFull("The disk is full.")
        if self.room is not None:
            self.room -= 1
        return super().append(events)


@dataclass(slots=True)
class Heard:
    """What one process was told of the ends of its entries."""

    ends: list[Order] = field(default_factory=list)
    unsent: list[tuple[OrderIntent, JennieError]] = field(default_factory=list)
    alarms: list[EntryAlarm] = field(default_factory=list)
    trips_over: Exception | None = None

    def bought(self, order: Order) -> None:
        """Keep an end with shares, unless it trips over it this once."""
        stone, self.trips_over = self.trips_over, None
        if stone is not None:
            raise stone
        assert order.filled_qty
        self.ends.append(order)

    def missed(self, order: Order) -> None:
        """Keep an end without shares."""
        assert not order.filled_qty
        self.ends.append(order)

    def not_sent(self, intent: OrderIntent, why: JennieError) -> None:
        """Keep what was not sent."""
        self.unsent.append((intent, why))

    def alarm(self, alarm: EntryAlarm) -> None:
        """Keep an alarm."""
        self.alarms.append(alarm)

    def kinds(self) -> list[EntryAlarmKind]:
        """Return the kinds of the alarms so far."""
        return [a.kind for a in self.alarms]

    def shares(self) -> list[int]:
        """Return the shares of each end so far."""
        return [o.filled_qty for o in self.ends]


class EntryRoom(Bench):
    """A bench on which automatic buys are entered; `open` is a new process."""

    clock: WaitingClock
    broker: SlowBroker
    ledger: FullLedger

    def __init__(self) -> None:
        """Open at ten in the morning of a trading day."""
        super().__init__()
        self.clock = WaitingClock(TEN)
        self.broker = SlowBroker(self.clock)
        self.ledger = FullLedger()
        self.heard = Heard()
        self.told: list[Heard] = []
        self.execution: Execution
        self.entries: Entries

    async def open(self, fuse: Fuse | None = None) -> Entries:
        """Return the entries of a new, recovered process; with a fuse it dies on the way."""
        self.clock.alone = True
        try:
            self.execution = await self.start(fuse=fuse)
        finally:
            self.clock.alone = False
        self.heard = Heard()
        self.told.append(self.heard)
        self.entries = Entries(
            lives=self.execution, ends=self.heard, clock=self.clock, policy=TradingPolicy()
        )
        self.entries.look()
        return self.entries

    async def kill(self) -> None:
        """End the process without a word; it writes and hears nothing more."""
        self.ledger.fuse = Fuse(0)
        self.broker.on_notice = None
        await self.entries.close()
        self.ledger.fuse = None

    async def agrees(self, execution: Execution) -> None:
        """Assert that ledger and broker tell one story."""
        self.clock.alone = True
        await super().agrees(execution)
        self.clock.alone = False

    async def seconds(self, number: int) -> None:
        """Let seconds pass, with a look after each as the session takes it."""
        for _ in range(number):
            await self.clock.pass_time(1)
            self.entries.look()

    def stamped(self, order_id: str = "A", **changes: Any) -> ApprovedOrder:
        """Return a stamped automatic buy: 100 shares at 10,000 won at most."""
        fields: dict[str, Any] = {
            "reason": BY_SIGNAL,
            "strategy": Strategy.MOMENTUM.value,
            **changes,
        }
        return self.approved(order_id=order_id, **fields)

    def order(self, order_id: str = "A") -> Order:
        """Return an order as the ledger tells it."""
        return self.execution.order(order_id)


def told(work: Callable[[EntryRoom], Awaitable[None]]) -> EntryRoom:
    """Open a room with its first process and work in it."""
    made = EntryRoom()

    async def run() -> None:
        await made.open()
        await work(made)
        await made.entries.close()

    asyncio.run(run())
    return made


def fails(*faults: Fault) -> Callable[[EntryRoom], object]:
    """Return what goes wrong from then on, each named fault once."""

    def act(room: EntryRoom) -> None:
        for fault in faults:
            room.broker.faults.inject(fault)

    return act


def unseen(qty: int) -> Callable[[EntryRoom], object]:
    """Return a trade that no notice tells."""

    def act(room: EntryRoom) -> None:
        room.broker.faults.inject(Fault.NOTICE_LOST)
        room.broker.trade(CODE, PRICE, qty)

    return act
