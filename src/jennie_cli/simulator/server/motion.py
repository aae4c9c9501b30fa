"""How the exchange's clock moves: not at all, as told, at a speed, as fast as it can, with ours."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import InputError, JennieError
from jennie_cli.simulator.driving import Pace, WorldTime
from jennie_cli.simulator.exchange import Phase
from jennie_cli.simulator.playing import Play
from jennie_cli.simulator.server.tape import Tape

LOG = logging.getLogger(__name__)

_STEP = timedelta(seconds=1)
"""The longest stretch that is told at once while the clock runs and somebody listens."""

_LEAP = timedelta(seconds=10)
"""The same while it is moved by hand."""

_BEAT_S, _QUICK_BEAT_S = 0.01, 0.004
"""Real seconds between two looks at the clock, at the market's own speed and above it. What falls
between them is told at once: the longer they are apart, the larger the bursts of a fast clock."""

_QUIET = frozenset({Phase.BEFORE, Phase.AFTER})
_BEFORE_OPEN = timedelta(minutes=30)
_FASTEST = 100_000.0


class Motion:
    """Moves one play and tells the tape; everything happens in the one event loop."""

    def __init__(
        self,
        play: Play,
        tape: Tape,
        wall: Clock,
        *,
        watched: Callable[[], bool],
        drained: Callable[[], Awaitable[None]],
    ) -> None:
        """`watched` says whether anybody listens, `drained` lets others go on and the listeners
        catch up. The clock stands.
        """
        self._play = play
        self._tape = tape
        self._wall = wall
        self._watched = watched
        self._drained = drained
        self._anchor = (play.now, wall.monotonic())
        self.pace = Pace.STANDING
        self.speed = 0.0

    @property
    def time(self) -> WorldTime:
        """The present and how it moves."""
        return WorldTime(now=self._play.now, pace=self.pace, speed=self.speed)

    async def advance(self, to: datetime) -> None:
        """Move on to an aware moment; a long way is told in steps, others go on in between.

        Raises InputError for an earlier moment.
        """
        if to <= self._play.now:
            self._tape.tell(self._play.advance(to))
        to = _whole_ms(to)
        while self._play.now < to:
            self._tape.tell(self._play.advance(self._stop(to, _LEAP)))
            if self._play.now < to:
                await self._drained()
        self._begin(self.pace, self.speed)

    async def next_morning(self) -> None:
        """Move on to half an hour before the next opening."""
        calendar = self._play.market.calendar
        day = self._play.now.date()
        while True:
            session = calendar.session(day)
            if session is not None and session.open - _BEFORE_OPEN > self._play.now:
                await self.advance(session.open - _BEFORE_OPEN)
                return
            day = calendar.next_day(day)

    def run(self, speed: float | str) -> None:
        """Set the pace: 0 stands, "max", "wall" (1, with the machine's clock), or a factor."""
        if speed == Pace.MAX:
            self._begin(Pace.MAX, 0.0)
        elif speed == Pace.WALL:
            self._begin(Pace.WALL, 1.0)
            self._anchor = (self._wall.now(), self._wall.monotonic())
        elif isinstance(speed, str) or not 0 <= speed <= _FASTEST:
            raise InputError(
                f"The clock cannot run at a speed of {speed}.",
                hint=f"0 (stands) to {_FASTEST:.0f}, or max.",
            )
        else:
            self._begin(Pace.SPEED if speed else Pace.STANDING, float(speed))

    def _begin(self, pace: Pace, speed: float) -> None:
        self.pace, self.speed = pace, speed
        self._anchor = (self._play.now, self._wall.monotonic())

    async def keep_going(self) -> None:
        """Move the clock for as long as the server runs; at the end of the known days it stands."""
        if self.pace is Pace.SPEED:
            self._begin(self.pace, self.speed)
        while True:
            try:
                await self._beat()
            except JennieError as error:
                LOG.warning("the clock stands: %s", error.message)
                self._begin(Pace.STANDING, 0.0)

    async def _beat(self) -> None:
        if self.pace is Pace.MAX:
            await self._leap()
            await self._drained()
            return
        if self.pace is not Pace.STANDING:
            begun, since = self._anchor
            passed = (self._wall.monotonic() - since) * self.speed
            await self._catch_up(_whole_ms(begun + timedelta(seconds=passed)))
        await self._wall.sleep(_BEAT_S if self.speed <= 1 else _QUICK_BEAT_S)

    async def _leap(self) -> None:
        ahead = self._play.next_event()
        if ahead is None:
            self._begin(Pace.STANDING, 0.0)
            return
        self._tape.tell(self._play.advance(self._stop(max(ahead, self._play.now + _STEP), _STEP)))

    async def _catch_up(self, to: datetime) -> None:
        """Move on in steps, letting calls in between."""
        anchor = self._anchor
        while self._play.now < to and self._anchor is anchor:
            self._tape.tell(self._play.advance(self._stop(to, _STEP)))
            await self._drained()

    def _stop(self, to: datetime, step: timedelta) -> datetime:
        """Return how far one step goes on the way to a moment, if somebody listens."""
        now = self._play.now
        if self._play.exchange.phase in _QUIET:
            ahead = self._play.next_event()
            if ahead is not None and now < ahead < to:
                return ahead
            return min(to, now + step) if ahead == now else to
        return min(to, now + step) if self._watched() else to


def _whole_ms(moment: datetime) -> datetime:
    """Return a moment as a play's clock can stand at it."""
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
