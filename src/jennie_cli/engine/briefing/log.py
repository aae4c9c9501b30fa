"""The port to the briefings that were made, each whole."""

from datetime import date, datetime
from typing import Protocol

from jennie_cli.engine.briefing.figures import Briefing


class BriefingLog(Protocol):
    """Keeps the briefings of one account and market. Raises OutsideError when it cannot."""

    def add(self, briefing: Briefing) -> None:
        """Keep a briefing beside the day's earlier ones; one of the same moment is replaced."""
        ...

    def newest(self, day: date | None = None) -> Briefing | None:
        """Return the briefing made last, of a day or of all."""
        ...


class MemoryBriefingLog:
    """Implements BriefingLog within one process."""

    def __init__(self) -> None:
        """Start with no briefing."""
        self._made: dict[tuple[date, datetime], Briefing] = {}

    def add(self, briefing: Briefing) -> None:
        """Keep a briefing."""
        self._made[briefing.day, briefing.at] = briefing

    def newest(self, day: date | None = None) -> Briefing | None:
        """Return the briefing made last."""
        found = [key for key in self._made if day in {None, key[0]}]
        return self._made[max(found)] if found else None
