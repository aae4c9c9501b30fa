"""Where the council's words come from, and what stands in for them in memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.model import MacroInsight


class InsightSource(Protocol):
    """Keeps what the council wrote."""

    def newest(self, at: datetime) -> MacroInsight | None:
        """Return what was written last by `at`, None before the first. Raises OutsideError."""
        ...


@dataclass(slots=True)
class MemoryMacro:
    """A source that is told what to answer; `failure` is raised instead while it is set."""

    insights: list[MacroInsight] = field(default_factory=list)
    failure: JennieError | None = None

    def newest(self, at: datetime) -> MacroInsight | None:
        """Return the insight written last by `at`."""
        if self.failure is not None:
            raise self.failure
        written = (i for i in self.insights if i.at <= at)
        return max(written, key=lambda i: i.at, default=None)
