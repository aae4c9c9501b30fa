"""A session that runs over an in-memory broker, bus and ledger, on clocks that tests move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from tests.unit.engine.execution.bench import (
    CODE,
    COSTS,
    DAY,
    OTHER,
    PRICE,
    TEN,
    Bench,
    Fuse,
    Killed,
)
from tests.unit.engine.trading.entry_room import FullLedger, SlowBroker, WaitingClock
from tests.unit.engine.trading.session.running_day import StopDay, quoted

from jennie_cli.engine.broker import MEMORY, MemoryBroker
from jennie_cli.engine.bus import Locks, MemoryBus
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import trades_of
from jennie_cli.engine.feed import MarketEvent, MinuteBar, Quote, Tick
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.model import Flag
from jennie_cli.engine.risk import ApprovedOrder
from jennie_cli.engine.store import FlagState, MemoryEvaluations, MemoryFlags
from jennie_cli.engine.trading import EntryAlarm, TradingPolicy
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session import Decision
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_ports import (
    Approvals,
    Loop,
    SessionRoom,
    SessionStatus,
)
from jennie_cli.engine.trading.session.running_weather import MacroRoom
from jennie_cli.engine.venue import default_calendar

T = TypeVar("T")
HOURS = default_calendar().session(DAY)
_ROUNDS = 30


class Exchange(SlowBroker):
    """The slow twin with a hundred shares of one stock in the account."""

    def __init__(self, clock: WaitingClock) -> None:
        """Hold the shares; answer what can be sold at once."""
        MemoryBroker.__init__(self, clock, holdings={CODE: (100, 1_000_000)}, capabilities=MEMORY)
        self.delays = []
        self.before_cancel = None
        self._wait = clock
        self.silent = False

    async def sellable(self, code: str) -> int:
        """Answer, unless the broker is silent."""
        if self.silent:
            await asyncio.Event().wait()
        return await super().sellable(code)


class Market:
    """Ticks and quotes that a test sends; a session that starts again gets a new stream."""

    def __init__(self, prices: dict[str, int]) -> None:
        """Know the prices."""
        self.prices = prices
        self.wanted: list[tuple[str, ...]] = []
        self.expected: int | None = None
        self.asked = 0
        self.silent = False
        self.charts: dict[str, tuple[MinuteBar, ...]] = {}
        self.broken: JennieError | None = None
        self.stream: asyncio.Queue[Tick | MarketEvent | None] = asyncio.Queue()

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:  # noqa: ARG002  # the port's shape
        """Keep what is wanted first."""
        self.wanted.append(tuple(held))

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield what is sent; None is the end."""
        self.stream = asyncio.Queue()
        while (item := await self.stream.get()) is not None:
            yield item

    async def quote(self, code: str) -> Quote:
        """Return the price as a quote."""
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        return quoted(code, self.prices[code])

    async def minutes(self, code: str) -> tuple[MinuteBar, ...]:
        """Return the chart, unless it cannot be had."""
        if self.broken is not None:
            raise self.broken
        return self.charts.get(code, ())

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes with the expected price of an auction."""
        self.asked += 1
        return tuple(
            Quote(**{**_fields(quoted(c, self.prices[c])), "expected_price": self.expected})
            for c in codes
        )


class Ears:
    """What a session told."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.decisions: list[Decision] = []
        self.troubles: list[tuple[str, str]] = []
        self.silences: list[tuple[str, str]] = []
        self.alarms: list[tuple[Loop, float]] = []
        self.entry_alarms: list[EntryAlarm] = []
        self.turns: list[Turn] = []
        self.status: list[tuple[datetime, SessionStatus]] = []

    def decided(self, decision: Decision) -> None:
        """Keep it."""
        self.decisions.append(decision)

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Keep it."""
        self.entry_alarms.append(alarm)

    @property
    def failing(self) -> tuple[str, ...]:
        """What did not work at the last beat, but for the feed, which most tests leave silent."""
        return tuple(where for where in self.status[-1][1].failing if where != "feed")

    def trouble(self, where: str, error: JennieError) -> None:
        """Keep where and which kind; most tests have nothing to say for a minute."""
        (self.silences if where == "feed" else self.troubles).append((where, error.code))

    def throttled(self, turn: Turn) -> None:
        """Keep it."""
        self.turns.append(turn)

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Keep it."""
        self.alarms.append((loop, silent_s))

    def beat(self, now: datetime, status: SessionStatus) -> None:
        """Keep it."""
        self.status.append((now, status))


class Someone:
    """Approves or not, in his own time."""

    def __init__(self, clock: WaitingClock) -> None:
        """Say yes at once."""
        self.says, self.after_s, self.asked = True, 0.0, 0
        self._clock = clock

    async def ask(self, order: ApprovedOrder, signal: Any) -> bool:  # noqa: ARG002  # the port's shape
        """Answer after a while."""
        self.asked += 1
        await self._clock.sleep(self.after_s)
        return self.says


class RunningRoom(Bench):
    """Everything a session stands on; `open` is a new process."""

    clock: WaitingClock
    broker: Exchange
    ledger: FullLedger

    def __init__(
        self,
        *,
        auto: Auto = Auto.AUTO,
        start: datetime = TEN,
        cold: frozenset[str] = frozenset(),
    ) -> None:
        """Open with a hundred shares, at ten in the morning unless told."""
        super().__init__()
        self.clock, self.steady = WaitingClock(start), WaitingClock(TEN)
        self.broker, self.ledger = Exchange(self.clock), FullLedger()
        self.market = Market({CODE: PRICE, OTHER: PRICE})
        for code, price in self.market.prices.items():
            self.broker.quote(code, price)
        self.bus = MemoryBus(self.clock)
        self.flags, self.evaluations = MemoryFlags(), MemoryEvaluations()
        self.someone = Someone(self.clock)
        self.locks: Locks | None = self.bus.locks
        self.approvals: Approvals = self.someone
        self.auto, self.cold = auto, cold
        self.macro: MacroRoom | None = None
        self.quoted_at_once = 1
        self.doomed: frozenset[str] = frozenset()
        self.made = 0
        self.day: StopDay
        self.ears: Ears
        self.task: asyncio.Task[None]

    async def open(self, fuse: Fuse | None = None, *, until: datetime | None = None) -> None:
        """Start a process; with a fuse it dies on the way, once the test has set it."""
        assert HOURS is not None
        self.clock.alone = True
        self.execution = await self.start(fuse=fuse)
        self.clock.alone = False
        events = self.execution.events()
        self.day, self.ears = StopDay(trades_of(events)), Ears()
        day: Any = self.day
        run = SessionRun(
            day,
            self.room(),
            hours=HOURS,
            waits=TradingPolicy(),
            auto=self.auto,
            opened_with=events,
            cold=self.cold,
            macro=self.macro,
        )
        self.task = asyncio.create_task(run.run(until or HOURS.close))
        await quiet()

    def room(self) -> SessionRoom:
        """Return what the session is given."""
        return SessionRoom(
            ticks=self.market,
            quotes=self.market,  # type: ignore[arg-type]  # the rest of the port is not asked
            account=self.broker,
            execution=self.execution,
            flags=self.flags,
            evaluations=self.evaluations,
            keys=self.bus.keys,
            clock=self.clock,
            steady=self.steady,
            new_id=self.new_id,
            costs=COSTS,
            liquidation=self.liquidation,
            ears=self.ears,
            aside=at_once,
            locks=self.locks,
            approvals=self.approvals,
            quoted_at_once=self.quoted_at_once,
        )

    def new_id(self) -> str:
        """Return an id that no process of the room had before."""
        self.made += 1
        return f"S{self.made}"

    async def liquidation(self) -> frozenset[str]:
        """Return what must go."""
        return self.doomed

    async def tick(self, price: int, code: str = CODE, *more: int) -> None:
        """Let the exchange trade at a price, and the session hear it."""
        for told in (price, *more):
            self.broker.quote(code, told)
            self.market.prices[code] = told
            self.market.stream.put_nowait(self._tick(code, told))
        await quiet()

    async def seconds(self, number: int) -> None:
        """Let seconds pass on both clocks."""
        for _ in range(number):
            await self.clock.pass_time(1)
            await self.steady.pass_time(1)
            await quiet()

    async def die(self) -> None:
        """Wait until the fuse has ended the process, and bury it."""
        self.steady.alone = True
        with pytest.raises(Killed):
            await self.task
        self.steady.alone = False
        self.bury()
        # a death inside the twin's own call must not stop the exchange in the middle of a match
        for code, price in self.market.prices.items():
            self.broker.trade(code, price, 100)

    async def close(self) -> None:
        """End the process as a person does; calls in the air get no more time."""
        self.steady.alone = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    def put(self, flag: Flag, *, up: bool = True) -> None:
        """Put a flag up, or take it down."""
        state = FlagState(up=up, who="cli", at=self.clock.now(), reason="")
        self.flags.put(flag, state)

    def sold(self) -> list[int]:
        """Return the shares of each sale at the exchange."""
        return [e.qty for e in self.broker.executions() if e.side == "sell"]

    def _tick(self, code: str, price: int) -> Tick:
        return Tick(
            code=code,
            at=self.clock.now() + timedelta(milliseconds=1),
            price=price,
            qty=1,
            day_volume=1,
            day_high=price,
        )


def run(
    work: Callable[[RunningRoom], Awaitable[None]],
    *,
    first: Callable[[RunningRoom], object] = id,
    **room: Any,
) -> RunningRoom:
    """Open a room with a session in it, and work in it; `first` comes before the session."""

    async def session() -> RunningRoom:
        made = RunningRoom(**room)
        first(made)
        await made.open()
        try:
            await work(made)
            if made.task.done():
                made.task.result()
        finally:
            await made.close()
        return made

    return asyncio.run(session())


async def at_once(work: Callable[[], T]) -> T:
    """Do it now."""
    return work()


async def quiet() -> None:
    """Let every task go as far as it can."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing


def _fields(quote: Quote) -> dict[str, Any]:
    return {name: getattr(quote, name) for name in quote.__slots__}
