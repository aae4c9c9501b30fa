"""The one socket of a key, for ticks and for notices of our orders; polls where it does not reach.

A second process with the same key is told who has the socket, for KIS would end both in turn.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from weakref import WeakSet

import numpy as np

from jennie_cli.adapters.kis.budget import (
    OPERATIONS,
    PAPER_NOTICES,
    REAL_NOTICES,
    TRADES,
    Plan,
    Wish,
    plan,
)
from jennie_cli.adapters.kis.caller import AccountNumber
from jennie_cli.adapters.kis.connection import Connection, Ending
from jennie_cli.adapters.kis.folder import SocketTaken
from jennie_cli.adapters.kis.hearing import Hearing
from jennie_cli.adapters.kis.hours import Hours
from jennie_cli.adapters.kis.mailbox import Mailbox, TickMailbox
from jennie_cli.adapters.kis.polling import DayVolumes, Poller, QuoteSource
from jennie_cli.adapters.kis.reading import Reader
from jennie_cli.adapters.kis.session import KisSession
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.model import Notice
from jennie_cli.engine.venue import Calendar
from jennie_cli.kis_wire import BadCipher, BadFrame, Record, parse_frame, split_records

_log = logging.getLogger(__name__)
_SOCKET = "socket.lock"
_BEAT_S = 1.0
_STABLE_S = 15.0
"""A socket that lived so long failed for a reason of its own: the next pause is the shortest."""

_LONGEST_PAUSE_S = 60.0
_TICKS_KEPT = 50_000
_NOTICES_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Seconds between polls; of silence until a socket is replaced, and a stock held asked for."""

    poll_held_s: float = 3.0
    poll_others_s: float = 10.0
    silence_s: float = 30.0
    mute_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatus:
    """How the stream does. `connections` counts sockets that registered something: after each
    but the first, the broker's records are to be read. `unreadable` counts records that could not
    be read, `dropped` ticks and notices that a reader was too slow for.
    """

    connected: bool
    connections: int
    streamed: tuple[str, ...]
    polled: tuple[str, ...]
    unreadable: int
    dropped: int


class KisStream:
    """Implements Ticks and Notices over one socket; starts with its first reader."""

    def __init__(
        self,
        session: KisSession,
        *,
        quotes: QuoteSource,
        clock: Clock,
        steady: Clock,
        calendar: Calendar,
        rng: np.random.Generator,
        account: AccountNumber | None = None,
        hts_id: str = "",
        rhythm: Rhythm | None = None,
    ) -> None:
        """`quotes` answers polls; without `hts_id` there are no notices. `clock` tells the
        market's time, `steady` the machine's; `rng` spreads reconnections.
        """
        self._session = session
        self._clock = clock
        self._steady = steady
        self._rng = rng
        self._hts_id = hts_id
        self._rhythm = rhythm or Rhythm()
        self._hours = Hours(clock=clock, calendar=calendar)
        self._reader = Reader(clock=clock, calendar=calendar, account=account)
        self._poller = self._poller_of(quotes)
        self._volumes = DayVolumes()
        self._hearing = Hearing(clock, self._rhythm.mute_s)
        self._held: tuple[str, ...] = ()
        self._watched: tuple[str, ...] = ()
        self._gaps: set[str] = set()
        self._ever_live: set[str] = set()
        self._tick_boxes: WeakSet[TickMailbox] = WeakSet()
        self._notice_boxes: WeakSet[Mailbox[Notice]] = WeakSet()
        self._connection: Connection | None = None
        self._connections = 0
        self._unreadable = 0
        self._approval = ""
        self._lock: int | None = None
        self._task: asyncio.Task[None] | None = None
        self.heard = asyncio.Event()
        """Set by every data frame, for those who wait for one; they clear it."""

    def _poller_of(self, quotes: QuoteSource) -> Poller:
        return Poller(
            quotes,
            clock=self._clock,
            held_s=self._rhythm.poll_held_s,
            others_s=self._rhythm.poll_others_s,
            regular=lambda: self._reader.regular(self._clock.now()),
        )

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Say what is wanted from now on; codes beyond the limit are polled."""
        self._held, self._watched = tuple(held), tuple(codes)
        self._nudge()

    def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Return what comes from now on. Raises SocketTaken when another process streams."""
        box = TickMailbox(_TICKS_KEPT)
        self._start()
        self._tick_boxes.add(box)
        return box

    def notices(self) -> AsyncIterator[Notice]:
        """Return the notices from now on. Raises SocketTaken when another process streams."""
        box: Mailbox[Notice] = Mailbox(_NOTICES_KEPT)
        self._start()
        self._notice_boxes.add(box)
        return box

    @property
    def status(self) -> StreamStatus:
        """Tell how the stream does."""
        streamed = self._live_codes()
        codes = dict.fromkeys((*self._held, *self._watched))
        return StreamStatus(
            connected=self._connection is not None and bool(self._connection.registered.live),
            connections=self._connections,
            streamed=tuple(c for c in codes if c in streamed),
            polled=tuple(c for c in codes if c not in streamed),
            unreadable=self._unreadable,
            dropped=sum(box.dropped for box in self._boxes()),
        )

    @property
    def frames(self) -> int:
        """How many data frames the present socket has brought and were taken apart."""
        return 0 if self._connection is None else self._connection.frames

    def plan(self) -> Plan:
        """Return how the registrations are spent now."""
        market, orders = self._hours.market, self._hours.orders
        return _planned(
            self._held if market else (),
            self._watched if market else (),
            self._hts_id if orders else "",
            self._session.paper,
        )

    async def close(self) -> None:
        """End the stream; its readers get what is kept and then the end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is not None and not self._task.done():
            return
        folder = self._session.folder
        self._lock = folder.claim(_SOCKET)
        if self._lock is None:
            raise SocketTaken(
                f"Another process (pid {folder.holder(_SOCKET)}) streams with this app key.",
                hint="KIS grants one socket a key. End that process, or use its prices.",
            )
        self._task = asyncio.get_running_loop().create_task(self._run(), name="kis-stream")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        for box in self._boxes():
            box.close(error)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_socket())
            tasks.create_task(self._keep_time())

    async def _keep_time(self) -> None:
        """Open and close with the session, and poll what no socket brings."""
        while True:
            await self._clock.sleep(min(_BEAT_S, self._rhythm.poll_held_s / 2))
            self._keep_lock()
            self._nudge()
            await self._poll()

    async def _poll(self) -> None:
        live, market = self._live_codes(), self._hours.market
        codes = dict.fromkeys((*self._held, *self._watched))
        # after the close no tick follows that could say what was missed before it
        owed = (self._gaps | self._hearing.lost) & codes.keys() if self._hours.closed else set()
        mute = self._hearing.mute(live & {*self._held}) if self._hours.trading else frozenset()
        untold = owed | mute
        asked = [code for code in codes if code in untold or (market and code not in live)]
        found = await self._poller.look(asked, held=(*self._held, *owed))
        # what the stream has spoken of meanwhile is older here than what it said
        spoke = mute - self._hearing.mute(mute)
        for tick in (tick for tick in found if tick.code not in spoke):
            told = self._volumes.polled(tick)
            if told is not None and told.qty and tick.code in mute:
                self._hearing.missed(tick.code)
            # a socket that came up meanwhile tells of these itself
            if tick.code in untold or tick.code not in self._live_codes():
                self._deliver(told)
            if tick.code in owed:
                self._gaps.discard(tick.code)
                self._hearing.heard(tick.code)

    def _keep_lock(self) -> None:
        """Hold on to the socket's lock, whoever empties its folder. Raises SocketTaken."""
        if self._lock is not None:
            self._lock = self._session.folder.keep_claim(_SOCKET, self._lock)

    async def _keep_socket(self) -> None:
        """Live one socket after the other, with a longer pause after each that failed soon."""
        failures = 0
        while True:
            while not self.plan().wishes:
                await self._clock.sleep(_BEAT_S)
            opened = self._steady.monotonic()
            ending = await self._one_life()
            if ending is Ending.IDLE:
                continue
            if self._steady.monotonic() - opened >= _STABLE_S:
                failures = 0
            pause = min(_LONGEST_PAUSE_S, 2.0**failures) * (1 + self._rng.random()) / 2
            failures = min(failures + 1, 16)
            _log.warning("the stream ended (%s); again in %.1f s", ending.value, pause)
            await self._steady.sleep(pause)

    async def _one_life(self) -> Ending:
        try:
            self._approval = await self._session.tokens.approval(instead_of=self._approval)
        except JennieError as error:
            _log.warning("no approval key for the stream: %s", error.message)
            return Ending.NOT_OPENED
        connection = Connection(
            url=self._session.access.socket_url,
            approval=self._approval,
            steady=self._steady,
            silence_s=self._rhythm.silence_s,
            wanted=lambda: self.plan().wishes,
            hear=self._hear,
            registered=self._registered,
            mask=self._session.veil,
        )
        self._connection = connection
        try:
            ending = await connection.live()
        finally:
            self._gaps |= self._live_codes()
            self._connection = None
        if ending is Ending.IDLE:
            self._gaps.clear()
            self._ever_live.clear()
        if ending is not Ending.BAD_APPROVAL:
            self._approval = ""
        return ending

    def _registered(self, wish: Wish) -> None:
        """A stock that was told before and left has a gap."""
        if self._connection is not None and not self._connection.registered.live:
            self._connections += 1
        if wish.tr_id == TRADES:
            self._hearing.heard(wish.tr_key)
            if wish.tr_key in self._ever_live:
                self._gaps.add(wish.tr_key)
            self._ever_live.add(wish.tr_key)

    def _boxes(self) -> Iterator[Mailbox[Any]]:
        yield from tuple(self._tick_boxes)
        yield from tuple(self._notice_boxes)

    def _live_codes(self) -> set[str]:
        if self._connection is None:
            return set()
        return {w.tr_key for w in self._connection.registered.live if w.tr_id == TRADES}

    def _nudge(self) -> None:
        if self._connection is not None:
            self._connection.changed.set()

    def _hear(self, message: str, connection: Connection) -> None:
        """Take a data frame apart; what cannot be read is counted, and its codes have a gap."""
        self.heard.set()
        try:
            frame = parse_frame(message)
            payload = frame.payload
            if frame.encrypted:
                payload = _opened(connection, frame.tr_id, payload)
            records = split_records(frame.tr_id, frame.count, payload)
        except (BadFrame, BadCipher) as error:
            self._missed(1, error)
            return
        if records.broken:
            self._missed(records.broken, BadFrame("records are not whole"))
        for record in records.rows:
            try:
                self._take(frame.tr_id, record)
            except (BadFrame, ValueError) as error:
                self._missed(1, error)

    def _take(self, tr_id: str, record: Record) -> None:
        if tr_id == TRADES:
            tick = self._reader.tick(record)
            if self._is_wanted(tick.code):
                self._hearing.heard(tick.code)
                self._deliver(self._volumes.streamed(tick))
        elif tr_id == OPERATIONS:
            for event in self._reader.events(record):
                for box in self._tick_boxes:
                    box.put(event)
        elif tr_id in {REAL_NOTICES, PAPER_NOTICES}:
            self._tell(self._reader.notice(record))

    def _is_wanted(self, code: str) -> bool:
        live = self._connection.registered.asked if self._connection else {}
        return Wish(tr_id=TRADES, tr_key=code) in live

    def _deliver(self, tick: Tick | None) -> None:
        if tick is None:
            return
        if tick.code in self._gaps:
            self._gaps.discard(tick.code)
            tick = replace(tick, after_gap=True)
        for box in self._tick_boxes:
            if box.put(tick) is not None and box.dropped.bit_count() == 1:
                _log.error("a reader is too slow: %d ticks dropped so far", box.dropped)

    def _tell(self, notice: Notice | None) -> None:
        if notice is None:
            return
        for box in self._notice_boxes:
            if box.put(notice) is not None:
                _log.error("a notice was dropped: its reader is too slow")

    def _missed(self, count: int, error: Exception) -> None:
        self._unreadable += count
        self._gaps |= self._live_codes()
        _log.warning("the stream sent %d unreadable records: %s", count, type(error).__name__)


@lru_cache(maxsize=4)
def _planned(held: tuple[str, ...], watched: tuple[str, ...], hts_id: str, paper: bool) -> Plan:
    """Return the plan for what is asked for every second and seldom changes."""
    return plan(held=held, watched=watched, hts_id=hts_id, paper=paper)


def socket_holder(session: KisSession) -> str | None:
    """Return the process id that streams with this key now, None when nobody does."""
    held = session.folder.claim(_SOCKET)
    if held is None:
        return session.folder.holder(_SOCKET)
    os.close(held)
    return None


def _opened(connection: Connection, tr_id: str, payload: str) -> str:
    """Decrypt with the key that the last acknowledgement of this TR told."""
    key = connection.registered.keys.get(tr_id)
    if key is None:
        raise BadCipher(f"no key for {tr_id}")
    return key.decrypt(payload)
