"""The in-memory twin of the evaluations."""

from collections.abc import Sequence
from datetime import date, datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store.evaluations import (
    IN_FORCE,
    Evaluation,
    Judged,
    Judging,
    Sheet,
    Stamped,
    tally,
)


class MemoryEvaluations:
    """Evaluations that are forgotten at exit."""

    def __init__(self) -> None:
        """Start with nothing judged."""
        self._sheets: list[Sheet] = []
        self._stamps: list[Stamped] = []

    def keep(self, sheets: Sequence[Sheet], stamps: Sequence[Stamped] = ()) -> None:
        """Keep sheets and stamps."""
        self._sheets += (sheet for sheet in sheets if sheet.codes)
        self._stamps += stamps

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

    def last(self, before: datetime) -> datetime | None:
        """Return the newest moment at or before `before`."""
        moments = [s.at for s in self._sheets] + [s.at for s in self._stamps]
        return max((at for at in moments if at <= before), default=None)

    def counts(self, first: date, last: date) -> tuple[RuleCount, ...]:
        """Return the counts of the days."""
        return tally(
            (s for s in self._sheets if first <= _day(s.at) <= last),
            (s for s in self._stamps if first <= _day(s.at) <= last),
        )


def _stands(at: datetime, moment: datetime) -> bool:
    return at <= moment <= at + IN_FORCE


def _day(at: datetime) -> date:
    return at.astimezone(KST).date()
