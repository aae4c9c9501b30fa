"""Stand-ins in memory: a provider told what to say, a log and a book that forget."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from jennie_cli.engine.llm.answered import (
    Exchange,
    Reply,
    Usage,
    UsageTotal,
    usage_totals,
)
from jennie_cli.engine.llm.asked import Call
from jennie_cli.engine.llm.failures import FailureKind, ModelFailed


class ScriptedProvider:
    """Says what it was given, in order, and remembers what it was asked."""

    def __init__(
        self, script: Iterable[Reply | str | ModelFailed], *, name: str = "scripted"
    ) -> None:
        """A text is a reply of ten tokens in and ten out; a failure is raised."""
        self.name = name
        self.model = "scripted-1"
        self.calls: list[Call] = []
        self._script = deque(script)

    async def reply(self, call: Call) -> Reply:
        """Return the next of the script. Raises ModelFailed when it is told to or at its end."""
        self.calls.append(call)
        if not self._script:
            raise ModelFailed("The script has ended.", kind=FailureKind.EMPTY)
        said = self._script.popleft()
        if isinstance(said, ModelFailed):
            raise said
        if isinstance(said, str):
            return Reply(text=said, model=self.model, tokens_in=10, tokens_out=10)
        return said

    async def close(self) -> None:
        """Forget the rest of the script."""
        self._script.clear()


@dataclass(slots=True)
class MemoryReplyLog:
    """A reply log that lasts as long as it is held."""

    exchanges: list[Exchange] = field(default_factory=list)

    def find(self, key: str, *, before: datetime | None = None) -> Exchange | None:
        """Return the exchange of a key that was added last."""
        found = (e for e in reversed(self.exchanges) if e.key == key)
        return next((e for e in found if before is None or e.at <= before), None)

    def told(self, key: str) -> tuple[Exchange, ...]:
        """Return those of the run of the newest answer, or of the newest failure."""
        found = [e for e in self.exchanges if e.key == key]
        newest = max(
            enumerate(found), key=lambda one: (one[1].failure is None, one[0]), default=None
        )
        return tuple(e for e in found if newest and e.run == newest[1].run)

    def add(self, exchange: Exchange) -> None:
        """Keep one exchange."""
        self.exchanges.append(exchange)


@dataclass(slots=True)
class MemoryUsageBook:
    """A usage book that lasts as long as it is held."""

    used: list[Usage] = field(default_factory=list)

    async def add(self, usage: Usage) -> None:
        """Count one call."""
        self.used.append(usage)

    def spent(self, day: date, service: str) -> int:
        """Return the millionths of a US dollar that a service spent on a day."""
        return sum(t.usd_micro for t in self.totals(day, day) if t.service == service)

    def totals(self, first: date, last: date) -> tuple[UsageTotal, ...]:
        """Return the sums of each day, service, provider and model."""
        return tuple(t for t in usage_totals(self.used) if first <= t.date <= last)
