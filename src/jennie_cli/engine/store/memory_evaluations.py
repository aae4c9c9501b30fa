"""The in-memory twin of the evaluations."""

from collections.abc import Sequence
from datetime import date, datetime

from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import RuleCount, summed
from jennie_cli.engine.store.evaluations import (
    IN_FORCE,
    Evaluation,
    Judged,
    Judging,
    Sheet,
    Stamped,
    daily_tally,
    day_of,
)


class MemoryEvaluations:
    """Evaluations that are forgotten at exit."""

    def __init__(self) -> None:
        """Start with nothing judged."""
        self._sheets: list[Sheet] = []
        self._stamps: list[Stamped] = []
        self._counts: dict[date, tuple[RuleCount, ...]] = {}

    def keep(self, sheets: Sequence[Sheet], stamps: Sequence[Stamped] = ()) -> None:
        """Keep sheets and stamps."""
        sheets = [sheet for sheet in sheets if sheet.codes]
        self._sheets += sheets
        self._stamps += stamps
        for day, counts in daily_tally(sheets, stamps).items():
            self._counts[day] = summed((*self._counts.get(day, ()), *counts))

    def at(self, code: str, moment: datetime) -> Evaluation:
        """Return what stood at a moment."""
        judged: dict[Judging, Judged] = {}
        for sheet in sorted(self._sheets, key=lambda s: s.at):
            told = sheet.of(code) if _stands(sheet.at, moment) else None
            if told is not None:
                judged[sheet.judging] = told
        stamps: dict[Side, Stamped] = {}
        for stamp in sorted(self._stamps, key=lambda s: s.at):
            if stamp.code == code and _stands(stamp.at, moment):
                stamps[stamp.side] = stamp
        return Evaluation(code=code, moment=moment, judged=judged, stamps=stamps)

    def last(self, before: datetime, code: str | None = None) -> datetime | None:
        """Return the newest moment at or before `before`."""
        sheets = [s for s in self._sheets if s.at <= before]
        stamps = [s for s in self._stamps if s.at <= before]
        said = [s.at for s in sheets if code is None or code in s.spoken_of]
        said += [s.at for s in stamps if code in {None, s.code}]
        return max(said, default=None)

    def counts(self, first: date, last: date) -> tuple[RuleCount, ...]:
        """Return the counts of the days."""
        days = (day for day in self._counts if first <= day <= last)
        return summed(count for day in days for count in self._counts[day])

    def sessions(self) -> int:
        """Return on how many days rules were counted."""
        return sum(bool(counts) for counts in self._counts.values())

    def forget(self, before: date) -> int:
        """Drop what was said before a day."""
        had = len(self._sheets) + len(self._stamps)
        self._sheets = [s for s in self._sheets if day_of(s.at) >= before]
        self._stamps = [s for s in self._stamps if day_of(s.at) >= before]
        return had - len(self._sheets) - len(self._stamps)


def _stands(at: datetime, moment: datetime) -> bool:
    return at <= moment <= at + IN_FORCE
