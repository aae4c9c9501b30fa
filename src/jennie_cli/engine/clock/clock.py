"""The clock port and the twin that tests and replays drive. The real one is in adapters/system."""

from datetime import datetime, timedelta, timezone
from typing import Protocol

KST = timezone(timedelta(hours=9), "KST")
"""Korea has had no daylight saving time since 1988, so a fixed offset is exact."""


class Clock(Protocol):
    """Answers what time it is and waits."""

    def now(self) -> datetime:
        """Return the aware present, in KST."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many of this clock's seconds."""
        ...


class ManualClock:
    """A clock that stands until it is moved; sleeping moves it."""

    def __init__(self, start: datetime) -> None:
        """`start` must be aware; a naive time raises ValueError."""
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware start")
        self._now = start.astimezone(KST)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds this clock has been moved since its start."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds` without waiting."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`; a negative step raises ValueError."""
        if seconds < 0:
            raise ValueError("time does not step back")
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
