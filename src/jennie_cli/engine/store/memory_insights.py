"""The in-memory twin of what the council wrote."""

from datetime import date, datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store.insights import CouncilRecord


class MemoryInsights:
    """Records that are forgotten at exit."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._runs: list[CouncilRecord] = []

    def save(self, record: CouncilRecord) -> None:
        """Keep a record."""
        self._runs.append(record)

    def on(self, day: date) -> CouncilRecord | None:
        """Return the record of a day that was saved last."""
        return next(iter(self.runs(day)[::-1]), None)

    def newest(self, at: datetime) -> CouncilRecord | None:
        """Return what stood at a moment."""
        today = at.astimezone(KST).date()
        stood = (r for r in self._runs[::-1] if r.insight_date <= today and r.updated_at <= at)
        return max(stood, key=lambda r: (r.insight_date, r.updated_at), default=None)

    def runs(self, day: date) -> tuple[CouncilRecord, ...]:
        """Return every run for a day, oldest first."""
        return tuple(r for r in self._runs if r.insight_date == day)
