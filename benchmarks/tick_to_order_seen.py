"""What the benchmark from tick to order sees: the exchange's clock, and when each signal got where.

All moments are seconds of `time.perf_counter`.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.feed import MarketEvent, Tick

LEAD_S, KEPT_S = 1.0, 3.0
"""Seconds of each minute that are played: so many before its turn, and so many in all."""

_MINUTE = timedelta(minutes=1)
_HAIR = timedelta(milliseconds=1)
"""A sleeper may wake by so much before the second that it waits for."""


class TurningClock:
    """The exchange's clock: as fast as the wall's around each turn of a minute, the rest left out.

    It stands a second before the first turn until it is begun.
    """

    def __init__(self, first: datetime) -> None:
        """`first` is the first turn."""
        self._start = first - timedelta(seconds=LEAD_S)
        self._begun: float | None = None

    def begin(self) -> float:
        """Let time go by from now on; return when that was."""
        self._begun = time.perf_counter()
        return self._begun

    def at(self, moment: float) -> datetime:
        """Return what the clock shows at a moment."""
        if self._begun is None:
            return self._start
        minutes, seconds = divmod(max(0.0, moment - self._begun), KEPT_S)
        return self._start + timedelta(minutes=minutes, seconds=seconds)

    def moment(self, at: datetime) -> float:
        """Return when the clock shows a time, or the next one after it that is played."""
        minutes, rest = divmod(at - self._start, _MINUTE)
        begun = 0.0 if self._begun is None else self._begun
        return begun + minutes * KEPT_S + min(rest.total_seconds(), KEPT_S)

    def second(self, at: datetime) -> datetime:
        """Return the whole second that a time has just reached."""
        return (at + _HAIR).replace(microsecond=0)

    def now(self) -> datetime:
        """Return the exchange's present."""
        return self.at(time.perf_counter())

    def monotonic(self) -> float:
        """Return the exchange's seconds since it stood."""
        return (self.now() - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Wait for so many of the exchange's seconds, or for the skip that takes them away."""
        until = self.moment(self.now() + timedelta(seconds=seconds))
        await asyncio.sleep(until - time.perf_counter())


@dataclass(slots=True, kw_only=True)
class Course:
    """One signal: the minute whose turn gave it, when what closed its bar was `due`, when the
    session had judged the bar, and when the order was stamped and handed to the broker, None where
    it was not; `by_tick` is False for a bar that the timer closed. `worked` are the seconds of
    processor time that the loop's thread had had when the tick came, `cost` those until the stamp.
    """

    code: str
    turn: datetime
    due: float
    judged: float
    by_tick: bool
    worked: float = 0.0
    cost: float | None = None
    stamped: float | None = None
    sent: float | None = None
    refused: str = ""


@dataclass(slots=True)
class Seen:
    """All that one row of the table is made of. `lag` are seconds by which sleepers woke late;
    `worked` and `stolen` the shares of a core that we had and of the processors that the host of
    this machine gave to others. `first` is by code the minute of its newest tick, and the processor
    time that the loop's thread had had when the first one of that minute was handed in.
    """

    courses: list[Course] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    ticks: int = 0
    seconds: float = 0.0
    worked: float = 0.0
    stolen: float = 0.0
    held: int = 0
    first: dict[str, tuple[int, float]] = field(default_factory=dict)
    _open: dict[str, Course] = field(default_factory=dict)

    def signalled(self, course: Course) -> None:
        """Hear of a signal; what is stamped and sent of its stock from now on is its own."""
        self.courses.append(course)
        self._open[course.code] = course

    def handed_in(self, tick: Tick) -> None:
        """Hear of a tick."""
        minute = tick.at.minute
        if self.first.get(tick.code, (-1, 0.0))[0] != minute:
            self.first[tick.code] = minute, time.thread_time()

    def stamped(self, code: str, at: float, refused: str) -> None:
        """Hear the answer of the stamp; `refused` is the rule that said no, else empty."""
        course = self._open[code]
        course.cost = None if refused else time.thread_time() - course.worked
        course.refused = refused
        course.stamped = None if refused else at

    def sent(self, code: str, at: float) -> None:
        """Hear that the broker was given the order of a stock."""
        self._open[code].sent = at

    def counted(self, since: datetime) -> list[Course]:
        """Return the signals of the turns from a moment on."""
        return [course for course in self.courses if course.turn >= since]


def closing(items: Sequence[Tick | MarketEvent], code: str, turn: datetime) -> datetime | None:
    """Return the time of the tick that closed a stock's bar: its first of those heard together
    that is not before the turn, None without one.
    """
    times = (i.at for i in items if isinstance(i, Tick) and i.code == code and i.at >= turn)
    return next(times, None)


def to_stamp_ms(courses: Iterable[Course]) -> NDArray[np.float64]:
    """Return the milliseconds from tick or timer to the stamped order."""
    return np.array([(c.stamped - c.due) * 1e3 for c in courses if c.stamped is not None])


def of_processor_ms(courses: Iterable[Course]) -> NDArray[np.float64]:
    """Return the milliseconds that the loop's thread worked from tick or timer to the stamp."""
    return np.array([c.cost * 1e3 for c in courses if c.cost is not None])


def to_broker_ms(courses: Iterable[Course]) -> NDArray[np.float64]:
    """Return the milliseconds from tick or timer until the broker was given the order."""
    return np.array([(c.sent - c.due) * 1e3 for c in courses if c.sent is not None])


def to_signal_ms(courses: Iterable[Course]) -> NDArray[np.float64]:
    """Return the milliseconds from tick or timer until the bar was judged."""
    return np.array([(c.judged - c.due) * 1e3 for c in courses])


def spread(values: NDArray[np.float64]) -> str:
    """Return median, 99th percentile and maximum; a dash without values."""
    if not len(values):
        return "-"
    return "{:.1f}, {:.1f}, {:.1f}".format(*np.percentile(values, (50, 99, 100)))
