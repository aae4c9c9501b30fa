"""What a session does beside trading: flags, what must go, macro, upkeep, auctions, its record.

None of it is waited for: each is a routine of its own, begun by the beat of the session.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Stamped
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.running_ports import KnownFlags, SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Errands, Routine, Troubles, within
from jennie_cli.engine.trading.session.running_weather import WeatherWatch
from jennie_cli.engine.venue import Session, SessionPhase

_FLAGS_S, _LIQUIDATION_S, _TEND_S, _AUCTION_S = 2.0, 3.0, 15.0, 5.0
_MACRO_S, _INDEX_S = 60.0, 300.0
_ASK_S = 5.0
_TEND_LONGEST_S = 90.0
_KEEP_AFTER = timedelta(seconds=10)
"""The record of a minute is kept so long after its turn: orders go out first."""


class Switchboard:
    """The trading flags. What was read last stands for sales; a buy has them read anew."""

    def __init__(self, room: SessionRoom, troubles: Troubles) -> None:
        """Nothing is known before the first reading."""
        self._flags, self._aside, self._steady = room.flags, room.aside, room.steady
        self._troubles = troubles
        self._known: KnownFlags = None
        self._next: asyncio.Task[KnownFlags] | None = None

    def known(self) -> KnownFlags:
        """Return the flags as they were last read, None before that."""
        return self._known

    async def read(self) -> KnownFlags:
        """Return the flags as they are now, None when they cannot be read, which is told.

        Who asks before a reading has begun shares it.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._read())
        return await asyncio.shield(self._next)

    async def reread(self) -> None:
        """Read the flags."""
        await self.read()

    async def _read(self) -> KnownFlags:
        self._next = None
        try:
            self._known = await within(self._steady, _ASK_S, self._aside(self._flags.all))
        except JennieError as error:
            self._troubles.failed("flags", error)
            return None
        self._troubles.worked("flags")
        return self._known


class Recorder:
    """Keeps what was judged and stamped; what could not be kept waits for the next time."""

    def __init__(self, day: TradingDay, room: SessionRoom, troubles: Troubles) -> None:
        """Have nothing to keep yet."""
        self._day, self._evaluations, self._aside = day, room.evaluations, room.aside
        self._troubles = troubles
        self._sheets: list[Sheet] = []
        self._stamps: list[Stamped] = []
        self._minute: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def turn(self, now: datetime, errands: Errands) -> None:
        """Begin to keep the minute that ended, once its orders have had time to go out."""
        minute = (now - _KEEP_AFTER).replace(second=0, microsecond=0)
        if minute != self._minute and (self._task is None or self._task.done()):
            self._minute = minute
            # cut off, its thread would write on, and the same be written again at the end
            self._task = errands.begin(self.keep(), "record", urgent=True)

    async def keep(self) -> None:
        """Keep all that came since the last time. A failure is told and stops nothing."""
        sheets, stamps = self._day.take_records()
        self._sheets += sheets
        self._stamps += stamps
        if not self._sheets and not self._stamps:
            return
        all_sheets, all_stamps = tuple(self._sheets), tuple(self._stamps)
        try:
            await self._aside(lambda: self._evaluations.keep(all_sheets, all_stamps))
        except JennieError as error:
            self._troubles.failed("evaluations", error)
            return
        self._troubles.worked("evaluations")
        del self._sheets[: len(all_sheets)], self._stamps[: len(all_stamps)]


class Care:
    """The routines of one session."""

    def __init__(
        self,
        day: TradingDay,
        room: SessionRoom,
        *,
        switchboard: Switchboard,
        recorder: Recorder,
        hours: Session,
        errands: Errands,
        troubles: Troubles,
        weather: WeatherWatch | None = None,
    ) -> None:
        """Nothing is done before the first turn. Without `weather` the macro side of the morning
        holds all day.
        """
        self._day, self._room, self._recorder = day, room, recorder
        self._hours, self._errands, self._troubles = hours, errands, troubles
        self._first = [
            self._routine("liquidation", _LIQUIDATION_S, self._reread),
            self._routine("reading flags", _FLAGS_S, switchboard.reread),
        ]
        if weather is not None:
            self._first.append(self._routine("macro", _MACRO_S, weather.look))
        self._routines = (
            *self._first,
            self._routine("upkeep", _TEND_S, self._tend, _TEND_LONGEST_S),
            self._routine("auction", _AUCTION_S, self._ask_the_auction, _TEND_LONGEST_S),
        )
        if weather is not None:
            index = self._routine("index", _INDEX_S, weather.refresh, _TEND_LONGEST_S)
            self._routines = (*self._routines, index)

    async def first(self) -> None:
        """Learn what must be known before anything is judged."""
        for routine in self._first:
            await routine.round()

    def turn(self) -> None:
        """Begin what is due."""
        moment = self._room.clock.monotonic()
        for routine in self._routines:
            routine.turn(moment, self._errands)
        self._recorder.turn(self._room.clock.now(), self._errands)

    def _routine(
        self,
        where: str,
        every_s: float,
        work: Callable[[], Coroutine[Any, Any, None]],
        longest_s: float = 2 * _ASK_S,
    ) -> Routine:
        return Routine(
            where,
            every_s,
            work,
            steady=self._room.steady,
            longest_s=longest_s,
            troubles=self._troubles,
        )

    async def _reread(self) -> None:
        self._day.liquidate(await self._room.liquidation())

    async def _tend(self) -> None:
        await self._room.execution.tend()

    async def _ask_the_auction(self) -> None:
        """Tell the session at which price the closing auction would trade what is held.

        As many at once as one call tells, and by itself each that such an answer leaves out or
        spoils; each is told as soon as it is known, for a slow key needs longer for all of them
        than a price stays fresh. Raises the last failure, once every stock has had its turn.
        """
        now, held, failures = self._room.clock.now(), self._day.held, list[JennieError]()
        if self._hours.phase(now) is not SessionPhase.CLOSING_AUCTION:
            return
        for first in range(0, len(held), self._room.quoted_at_once):
            codes = held[first : first + self._room.quoted_at_once]
            told = await self._expected(codes, failures)
            if len(codes) > 1:
                for code in codes:
                    if code not in told:
                        await self._expected((code,), failures)
        if failures:
            raise failures[-1]

    async def _expected(
        self, codes: tuple[str, ...], failures: list[JennieError]
    ) -> frozenset[str]:
        """Pass on what one call tells of an auction; return the codes whose price it told."""
        try:
            found = await within(self._room.steady, _ASK_S, self._room.quotes.quotes(codes))
        except JennieError as error:
            failures.append(error)
            return frozenset()
        known = {quote.code: quote.expected_price for quote in found if quote.expected_price}
        for code, price in known.items():
            self._day.expect(code, price, self._room.clock.now())
        return frozenset(known)
