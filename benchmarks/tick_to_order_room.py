"""A running session for the benchmark from tick to order: all of it real but exchange and broker.

Bus, journal, tables, tape, stamp and the shell are those of `jennie trade run`, in a home of its
own.
"""

import asyncio
import os
import signal as signals
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.tick_to_order_market import Exchange, Stocks, Turns, WatchedBroker
from benchmarks.tick_to_order_seen import Course, Seen, TurningClock, closing

from jennie_cli._version import __version__
from jennie_cli.adapters.journal import JournaledLedger
from jennie_cli.adapters.redis import EmbeddedServer, RedisBus
from jennie_cli.adapters.sql import SqlFlags
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.model import Signal
from jennie_cli.engine.portfolio import Costs, fold
from jennie_cli.engine.risk import ApprovedOrder, AutoPolicy, Refusal
from jennie_cli.engine.signals import Guest, Guests, SignalPolicy, StrategyPolicy
from jennie_cli.engine.trading import EntryAlarm, OrderIds, TradingPolicy
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session import Decision, Morning, SessionPolicies
from jennie_cli.engine.trading.session.day import Wishes
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.opening import opening_of
from jennie_cli.engine.trading.session.overhearing import OverheardTicks
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_ports import Loop, SessionRoom, SessionStatus
from jennie_cli.engine.trading.session.tape import Beginning, SessionTape
from jennie_cli.engine.trading.session.taping import TapedDay
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House, open_house
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.records import open_evaluations
from jennie_cli.wiring.session_tapes import kept_tapes
from jennie_cli.wiring.sites import origin
from jennie_cli.wiring.standing import standing_of
from jennie_cli.wiring.trading import ledger_parts

T = TypeVar("T")

SWITCHES = (
    *("recon_bull_entry", "momentum_continuation", "short_term_high_breakout"),
    *("volume_breakout_1min", "bull_pullback", "vcp_breakout", "institutional_entry"),
    *("dip_buy", "golden_cross", "rsi_rebound", "bb_lower", "momentum"),
)
"""Our own strategies that are on by default."""

POLICIES = SessionPolicies(
    signals=SignalPolicy(
        cooldown_seconds=0, flags_block=3, rsi_max=100.0, micro_timing=False, top_ticks=0
    ),
    strategies=StrategyPolicy(**dict.fromkeys(SWITCHES, False)),
    risk=AutoPolicy(
        max_day_buys=1_000_000,
        max_holdings=1_000,
        max_qty=10,
        cash_keep_pct=0.0,
        max_heat_pct=100.0,
        guard=False,
        correlation_block_ratio=1.0,
        sector_value_pct=100.0,
    ),
)
"""Every gate, strategy and limit is asked; these are so far away that none stops a signal of the
guest, and our own strategies, which are switched off, are judged all the same.
"""


class WatchedDay(TapedDay):
    """The machine of a session; notes when a signal came, what closed its bar, and its stamp."""

    def __init__(self, *given: Any, clock: TurningClock, seen: Seen, **named: Any) -> None:
        """`clock` tells when things were due."""
        self._watch_clock, self._seen = clock, seen
        super().__init__(*given, **named)

    def hear(self, items: Sequence[Tick | MarketEvent], now: datetime) -> Wishes:
        """Take what the market said."""
        wishes = super().hear(items, now)
        judged = time.perf_counter()
        for signal in wishes.buys:
            turn = signal.at.replace(second=0, microsecond=0)
            closed = closing(items, signal.code, turn)
            if closed is None:
                raise LookupError(f"no tick closed the bar of {signal.code}")
            due, worked = self._watch_clock.moment(closed), self._seen.first[signal.code][1]
            self._signalled(signal, due=due, judged=judged, by_tick=True, worked=worked)
        return wishes

    def beat(self, now: datetime) -> Wishes:
        """Let a second go by."""
        worked = time.thread_time()
        wishes = super().beat(now)
        judged, due = time.perf_counter(), self._watch_clock.moment(self._watch_clock.second(now))
        for signal in wishes.buys:
            self._signalled(signal, due=due, judged=judged, by_tick=False, worked=worked)
        return wishes

    def _signalled(
        self, signal: Signal, *, due: float, judged: float, by_tick: bool, worked: float
    ) -> None:
        turn = signal.at.replace(second=0, microsecond=0)
        self._seen.signalled(
            Course(
                code=signal.code,
                turn=turn,
                due=due,
                judged=judged,
                by_tick=by_tick,
                worked=worked,
            )
        )

    def stamp_buy(self, signal: Signal, outside: Outside) -> ApprovedOrder | Refusal:
        """Size and stamp a signal."""
        answer = super().stamp_buy(signal, outside)
        refused = answer.rule if isinstance(answer, Refusal) else ""
        self._seen.stamped(signal.code, time.perf_counter(), refused)
        return answer


class Ears:
    """Hears of a session; what goes wrong is kept."""

    def __init__(self, seen: Seen) -> None:
        """Have heard nothing."""
        self._seen = seen

    def decided(self, decision: Decision) -> None:
        """Pass over a decision."""

    def throttled(self, turn: Turn) -> None:
        """Hear of a new level of the throttle; nobody asks for it here."""

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Keep an alarm."""
        self._seen.troubles.append(f"entry {alarm.kind}: {alarm.said}")

    def trouble(self, where: str, error: JennieError) -> None:
        """Keep a failure."""
        self._seen.troubles.append(f"{where}: {error.message}")

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Keep an alarm."""
        self._seen.troubles.append(f"{loop} silent for {silent_s:.0f} s")

    def beat(self, now: datetime, status: SessionStatus) -> None:  # noqa: ARG002  # the port's shape
        """Note how many stocks are held."""
        self._seen.held = len(status.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a session stands on."""

    house: House
    bus: RedisBus
    tape: SessionTape
    clock: TurningClock
    exchange: Exchange
    broker: WatchedBroker
    execution: Execution
    costs: Costs
    morning: Morning
    seen: Seen

    def run(self, guest: Turns) -> SessionRun:
        """Return the session, opened in the middle of its day with its charts still to be read."""
        events = self.execution.events()
        codes = frozenset(self.morning.candidates.codes)
        opening = opening_of(
            events,
            self.morning,
            portfolio=fold(events, self.costs),
            highs={},
            ex_dates=(),
            signalled_until={},
            latched=False,
            policies=POLICIES,
            base_prices=self._bases(),
            groups={},
            cold=codes,
        )
        waits = TradingPolicy()
        beginning = Beginning(
            morning=self.morning,
            opening=opening,
            policies=POLICIES,
            since=self.clock.now(),
            grace_s=waits.bar_grace_seconds,
        )
        day = self._day(beginning, guest)
        return SessionRun(
            day,
            self._room(),
            hours=self.morning.hours,
            waits=waits,
            auto=Auto.AUTO,
            opened_with=events,
            kept=day.kept,
            cold=codes,
        )

    def _day(self, beginning: Beginning, guest: Turns) -> WatchedDay:
        return WatchedDay(
            beginning,
            self.tape,
            calendar=self.house.calendar,
            costs=self.costs,
            by=__version__,
            lost=lambda error: Ears(self.seen).trouble("tape", error),
            guests=Guests(strategies=(Guest(name="turns", ask=guest),)),
            clock=self.clock,
            seen=self.seen,
        )

    def _bases(self) -> dict[str, int]:
        stocks = self.morning.candidates
        return dict(zip(stocks.codes, stocks.base_price.astype(int).tolist(), strict=True))

    def _room(self) -> SessionRoom:
        desk = StandingDesk(
            standing=standing_of(self.house),
            keys=self.bus.keys,
            clock=self.clock,
            wall=self.house.wall_clock,
        )
        heard = OverheardTicks(self.exchange, lambda _: None)

        async def liquidation() -> frozenset[str]:
            asked = await _aside(desk.now)
            heard.listen_for(asked.alerts)
            return asked.selling

        quotes: Any = self.exchange
        return SessionRoom(
            ticks=heard,
            quotes=quotes,
            account=self.broker,
            execution=self.execution,
            flags=SqlFlags(self.house.records),
            evaluations=open_evaluations(self.house),
            keys=self.bus.keys,
            locks=self.bus.locks,
            clock=self.clock,
            steady=self.house.wall_clock,
            new_id=OrderIds(self.clock, origin()),
            costs=self.costs,
            liquidation=liquidation,
            ears=Ears(self.seen),
            aside=_aside,
        )


@asynccontextmanager
async def opened(
    folder: Path, stocks: Stocks, *, clock: TurningClock, exchange: Exchange, seen: Seen
) -> AsyncIterator[Floor]:
    """Open a home with its bus, its tape and its ledger, compared with the broker."""
    house, ears = open_house(Options(home=folder, profile=Profile.SIM), Masker()), Ears(seen)
    broker, morning, costs = WatchedBroker(clock, stocks, seen), stocks.morning(), Costs()
    async with open_bus_of(house) as bus:
        tape = kept_tapes(house).begin(morning.day)
        ledger = JournaledLedger(
            *ledger_parts(house, costs), report=lambda error: ears.trouble("tables", error)
        )
        execution = Execution(
            orders=broker,
            account=broker,
            ledger=ledger,
            clock=clock,
            calendar=house.calendar,
            policy=ExecutionPolicy(),
            costs=costs,
        )
        try:
            await execution.recover()
            yield Floor(
                house=house,
                bus=bus,
                tape=tape,
                clock=clock,
                exchange=exchange,
                broker=broker,
                execution=execution,
                costs=costs,
                morning=morning,
                seen=seen,
            )
        finally:
            ledger.settle()
            tape.close()
            _leave(house, folder)
    house.close()


def _leave(house: House, folder: Path) -> None:
    """End the bus, which would outlive us."""
    server = EmbeddedServer(house.folder.bus(house.profile), runtime=folder, clock=SystemClock())
    if (pid := server.pid) is not None:
        os.kill(pid, signals.SIGTERM)


def _aside(work: Callable[[], T]) -> Awaitable[T]:
    return asyncio.to_thread(work)
