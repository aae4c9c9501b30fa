"""Notices when a session has stopped evaluating, and tells others while it has not.

The watch runs on the machine's steady clock, so that it also sees an exchange's clock that hangs.
"""

from datetime import timedelta

from jennie_cli.engine.bus.names import MONITOR_BEAT, SCANNER_BEAT
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.trading.session.running_ports import Loop, SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Troubles, within
from jennie_cli.engine.venue import Session

_LOOK_S = 1.0
_SILENT_S = 9.0
"""Silence that raises the alarm; with one look a second nobody waits longer than ten for it."""

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
        return now - self._owed.get(loop, now)

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
