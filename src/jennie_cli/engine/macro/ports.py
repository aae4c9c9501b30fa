"""Where macro figures and the council's words come from, and what stands in for both in memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.model import MacroInsight, MacroSnapshot


class SnapshotSource(Protocol):
    """Tells the macro figures of now."""

    async def snapshot(self) -> MacroSnapshot | None:
        """Return the newest figures, None before the first. Raises OutsideError."""
        ...


class InsightSource(Protocol):
    """Keeps what the council wrote."""

    def newest(self, at: datetime) -> MacroInsight | None:
        """Return what was written last by `at`, None before the first. Raises OutsideError."""
        ...


@dataclass(slots=True)
class MemoryMacro:
    """Both sources, told what to answer; `failure` is raised instead while it is set."""

    now: MacroSnapshot | None = None
    insights: list[MacroInsight] = field(default_factory=list)
    failure: JennieError | None = None

    async def snapshot(self) -> MacroSnapshot | None:
        """Return the figures it was given."""
        self._fail()
        return self.now

    def newest(self, at: datetime) -> MacroInsight | None:
        """Return the insight written last by `at`."""
        self._fail()
        written = (i for i in self.insights if i.at <= at)
        return max(written, key=lambda i: i.at, default=None)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
