"""Notices when a session has stopped evaluating, and tells others while it has not.

The watch runs on the machine's steady clock, so that it also sees an exchange's clock that hangs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from jennie_cli.engine.bus.names import MONITOR_BEAT, SCANNER_BEAT
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.trading.session.running_ports import Loop, SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Troubles, within
from jennie_cli.engine.venue import Session

_LOOK_S = 1.0
_SILENT_S = 9.0
"""Silence that raises the alarm; with one look a second nobody waits longer than ten for it."""

_FEED_SILENT = timedelta(seconds=60)
_BEAT_S = 5.0
_ASK_S = 2.0
_EARLY = timedelta(minutes=1)
"""The watch begins before the open: a clock that hangs just before it would never reach it."""


class Watchdog:
    """Knows since when each loop owes an evaluation."""

    def __init__(
        self,
        room: SessionRoom,
        hours: Session,
    ) -> None:
        """The exchange's clock is only read, never waited for."""
        self._clock, self._steady, self._ears = room.clock, room.steady, room.ears
        self._hours = hours
        self._owed: dict[Loop, float] = {}
        self._told: set[Loop] = set()
        self._excused = 0

    def owes(self, loop: Loop) -> None:
        """Hear that a loop has something to evaluate."""
        self._owed.setdefault(loop, self._steady.monotonic())

    def evaluated(self, loop: Loop) -> None:
        """Hear that a loop has evaluated all it had."""
        self._owed.pop(loop, None)
        self._told.discard(loop)

    def silent_s(self, loop: Loop) -> float:
        """Return for how many seconds a loop has owed an evaluation."""
        now = self._steady.monotonic()
        return 0.0 if self._excused else now - self._owed.get(loop, now)

    @contextmanager
    def excused(self, *, standing: bool) -> Iterator[None]:
        """Let nobody owe anything while an exchange that we drive stands; another never does."""
        self._excused += standing
        try:
            yield
        finally:
            self._excused -= standing
            if standing:
                self._owed = dict.fromkeys(self._owed, self._steady.monotonic())

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await self._steady.sleep(_LOOK_S)
            if not self._hours.open - _EARLY <= self._clock.now() < self._hours.close:
                continue
            for loop in Loop:
                silent = self.silent_s(loop)
                if silent >= _SILENT_S and loop not in self._told:
                    self._told.add(loop)
                    self._ears.alarm(loop, silent)


class FeedSilent(OutsideError):
    """No trade of any stock was told for a long time while the market trades."""

    code = "feed_silent"

    def __init__(self, seconds: float, held: int) -> None:
        """`seconds` of exchange time; `held` stocks wait for a price."""
        super().__init__(
            f"No price came for {seconds:.0f} seconds; {held} held stocks are not watched.",
            hint="jennie doctor. A stop cannot run without prices: jennie trade positions",
        )


class FeedWatch:
    """Notices a feed that is open and says nothing."""

    def __init__(self, hours: Session, troubles: Troubles) -> None:
        """The silence of continuous trading is counted, not that of auctions."""
        self._hours, self._troubles = hours, troubles
        self._heard: datetime | None = None

    def heard(self, now: datetime) -> None:
        """Hear that something came."""
        self._heard = now
        self._troubles.worked("feed")

    def look(self, now: datetime, held: int) -> None:
        """Tell of a silence once it is long, and again after the feed has worked."""
        hours = self._hours
        if not hours.open <= now < hours.closing_auction_start:
            return
        since = max(self._heard or hours.open, hours.open)
        if self._heard is None:
            # the silence of a session that begins late begins with it
            self._heard = now
        elif now - since >= _FEED_SILENT:
            self._troubles.failed("feed", FeedSilent((now - since).total_seconds(), held))


class Heartbeat:
    """Says on the bus every few seconds that scanner and monitor evaluate, while they do."""

    def __init__(self, room: SessionRoom, watchdog: Watchdog, troubles: Troubles) -> None:
        """The keys carry the exchange's time and run out by themselves."""
        self._watchdog, self._keys, self._troubles = watchdog, room.keys, troubles
        self._clock, self._steady = room.clock, room.steady

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            if all(self._watchdog.silent_s(loop) < _BEAT_S for loop in Loop):
                await self._beat()
            await self._steady.sleep(_BEAT_S)

    async def _beat(self) -> None:
        now = self._clock.now().isoformat()
        beats = {SCANNER_BEAT: now, MONITOR_BEAT: now}
        try:
            await within(self._steady, _ASK_S, self._keys.put_all(beats))
        except OutsideError as error:
            self._troubles.failed("heartbeat", error)
        else:
            self._troubles.worked("heartbeat")
