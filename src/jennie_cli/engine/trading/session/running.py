"""The shell of a session: hears, beats, and carries wishes to the exchange; it decides nothing.

One task reads ticks, one judges what has come, one beats each second. Everything that may wait for
somebody else is a task of its own, so a call that hangs delays nothing but itself. A defect in any
of them ends the run with its error.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.execution import orders
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.model import Order
from jennie_cli.engine.store import LedgerEvent
from jennie_cli.engine.trading.entries import Entries
from jennie_cli.engine.trading.policy import Auto, TradingPolicy
from jennie_cli.engine.trading.session.day import TradingDay, Wishes
from jennie_cli.engine.trading.session.keeping import Kept
from jennie_cli.engine.trading.session.running_buys import Buys, Caps
from jennie_cli.engine.trading.session.running_care import Care, Recorder, Switchboard
from jennie_cli.engine.trading.session.running_keeping import Keeper, catch_up, warm_up
from jennie_cli.engine.trading.session.running_ports import (
    Loop,
    SessionRoom,
    SessionStatus,
)
from jennie_cli.engine.trading.session.running_sales import Sales
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles
from jennie_cli.engine.trading.session.running_telling import Teller
from jennie_cli.engine.trading.session.running_trades import TradeNews
from jennie_cli.engine.trading.session.running_watch import FeedWatch, Heartbeat, Watchdog
from jennie_cli.engine.trading.session.running_weather import MacroRoom, WeatherWatch
from jennie_cli.engine.venue import Session

_LAST_S = 5.0
"""Real seconds that calls in the air are given when a session ends."""

_TURNS = 8
"""Turns of the loop that everything else has between two looks at ticks: in a rush some wait before
each turn, and an answer about a buy takes several turns from the socket to the stamp.
"""

_NO_CAPS = Caps()


class FeedEnded(OutsideError):
    """The stream of ticks ended while the session ran."""

    code = "feed_ended"

    def __init__(self) -> None:
        """Say that nothing is watched any more."""
        super().__init__(
            "The stream of ticks ended; nothing held is watched any more.",
            hint="Start the session again at once.",
        )


class SessionRun:
    """One trading session in the foreground. It is run once."""

    def __init__(
        self,
        day: TradingDay,
        room: SessionRoom,
        *,
        hours: Session,
        waits: TradingPolicy,
        auto: Auto,
        opened_with: Sequence[LedgerEvent],
        caps: Caps = _NO_CAPS,
        kept: Kept | None = None,
        cold: frozenset[str] = frozenset(),
        macro: MacroRoom | None = None,
    ) -> None:
        """`opened_with` are the events of the ledger that `day` was opened with: what came after
        them is news to it. `caps` hold while automatic trading is ramped up. `kept` is what is
        kept on the bus of the session, None for nothing; `cold` are the codes of which the earlier
        minutes of the day are still to be read. `macro` is where the macro side is read again.
        """
        self._day, self._room, self._hours = day, room, hours
        self._troubles, self._errands = Troubles(room.ears.trouble), Errands()
        self._trades = TradeNews(day, room, self._troubles, opened_with)
        self._teller = Teller(day, room, self._errands, self._troubles)
        self._watchdog = Watchdog(room, hours)
        self._feed = FeedWatch(hours, self._troubles)
        self._switchboard = Switchboard(room, self._troubles)
        self._recorder = Recorder(day, room, self._troubles)
        self._care = Care(
            day,
            room,
            switchboard=self._switchboard,
            recorder=self._recorder,
            hours=hours,
            errands=self._errands,
            troubles=self._troubles,
            weather=self._watching(macro),
        )
        before = tuple(orders(opened_with).values())
        self._buys, self._entries = self._buying(auto, caps, waits, before)
        self._sales = self._selling(auto, waits, before)
        self._keeper = Keeper(kept, room, self._errands, self._troubles)
        self._cold = cold
        self._waiting: list[Tick | MarketEvent] = []
        self._some = asyncio.Event()
        self._heard_at: datetime | None = None
        self._entering: frozenset[str] = frozenset()
        self._watched: tuple[str, ...] | None = None

    async def run(self, until: datetime) -> None:
        """Run until a moment of the exchange. Raises the first defect of any task, FeedEnded."""
        self._trades.tell()
        self._watch_held()
        await self._care.first()
        heartbeat = Heartbeat(self._room, self._watchdog, self._troubles)
        try:
            # begun first: an exchange that we drive waits for it
            self._errands.begin(self._warm_up(), "warm up")
            for loop in (self._read(), self._hear(), self._watchdog.run(), heartbeat.run()):
                self._errands.begin(loop, "session")
            self._keeper.look(self._room.clock.now())
            missed = catch_up(self._day, self._room, self._hours, self._troubles)
            self._errands.begin(missed, "catch up")
            await self._errands.watch(self._errands.begin(self._beats(until), "beat"))
        finally:
            await self._close()

    async def _warm_up(self) -> None:
        day, room, cold = self._day, self._room, self._cold
        await warm_up(day, room, cold, watchdog=self._watchdog, troubles=self._troubles)

    async def _read(self) -> None:
        async for item in self._room.ticks.ticks():
            self._waiting.append(item)
            self._watchdog.owes(Loop.TICKS)
            self._some.set()
        raise FeedEnded

    async def _hear(self) -> None:
        """Judge all that has come whenever there is some: at rest one tick, in a rush many."""
        while True:
            await self._some.wait()
            self._some.clear()
            items, self._waiting = self._waiting, []
            now = self._heard_at = self._room.clock.now()
            self._feed.heard(now)
            if self._sales.open or self._buys.busy or self._entering:
                # what an order of ours has just bought is protected by the very next tick
                self._trades.tell()
            wishes = self._day.hear(items, now)
            self._act(wishes)
            self._watchdog.evaluated(Loop.TICKS)
            if wishes.buys:
                # ticks that come meanwhile are judged together, which is sooner than one by one
                await self._buys.stamped()
            self._tell()
            for _ in range(_TURNS):
                await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing

    async def _beats(self, until: datetime) -> None:
        while (now := self._room.clock.now()) < until:
            self._beat(now)
            self._watchdog.evaluated(Loop.SECONDS)
            self._watchdog.owes(Loop.SECONDS)
            await self._room.clock.sleep(1.0 - self._room.clock.now().microsecond / 1e6)

    def _beat(self, now: datetime) -> None:
        self._trades.tell()
        self._look_at_entries()
        self._sales.look()
        self._act(self._day.beat(now))
        self._tell()
        self._watch_held()
        self._feed.look(now, len(self._day.held))
        self._care.turn()
        self._room.ears.beat(now, self._status())

    def _act(self, wishes: Wishes) -> None:
        """Carry out what is wished, sales first."""
        for wish in wishes.sells:
            self._sales.begin(wish)
        for signal in wishes.buys:
            self._buys.begin(signal)

    def _tell(self) -> None:
        """Tell what was decided and keep where things stand; questions about a buy go first."""
        self._teller.tell()
        self._keeper.look(self._room.clock.now())

    def _look_at_entries(self) -> None:
        try:
            self._entries.look()
            self._entering = self._entries.locked()
        except JennieError as error:
            self._troubles.failed("ledger", error)

    def _watch_held(self) -> None:
        if self._day.held != self._watched:
            self._watched = self._day.held
            self._room.ticks.watch(self._day.codes, held=self._watched)

    def _status(self) -> SessionStatus:
        return SessionStatus(
            held=self._day.held,
            entering=self._entering,
            selling=self._sales.open,
            cash=self._trades.account.cash,
            heard_at=self._heard_at,
            failing=self._troubles.failing,
        )

    async def _close(self) -> None:
        """Let what is on its way to the exchange arrive, and keep the last of the record."""
        await self._errands.close(self._room.steady, _LAST_S)
        await self._entries.close()
        self._trades.tell()
        self._teller.tell()
        await self._recorder.keep()

    def _watching(self, macro: MacroRoom | None) -> WeatherWatch | None:
        if macro is None:
            return None
        day, room = self._day, self._room
        return WeatherWatch(macro, day, room, hours=self._hours, troubles=self._troubles)

    def _buying(
        self, auto: Auto, caps: Caps, waits: TradingPolicy, before: Sequence[Order]
    ) -> tuple[Buys, Entries]:
        room = self._room
        buys = Buys(
            self._day,
            room,
            trades=self._trades,
            teller=self._teller,
            read_flags=self._switchboard.read,
            auto=auto,
            caps=caps,
            before=before,
            errands=self._errands,
            troubles=self._troubles,
        )
        entries = Entries(lives=room.execution, ends=buys, clock=room.clock, policy=waits)
        buys.use(entries)
        return buys, entries

    def _selling(self, auto: Auto, waits: TradingPolicy, before: Sequence[Order]) -> Sales:
        return Sales(
            self._day,
            self._room,
            trades=self._trades,
            teller=self._teller,
            flags=self._switchboard.known,
            auto=auto,
            quiet_s=waits.rest_seconds,
            hours=self._hours,
            before=before,
            errands=self._errands,
            troubles=self._troubles,
        )
