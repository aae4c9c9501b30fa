"""Who answers, who remembers what was answered, and who counts what it cost."""

from datetime import date, datetime
from typing import Protocol, TypeVar

from jennie_cli.engine.llm.answered import Answer, Exchange, Reply, Usage, UsageTotal
from jennie_cli.engine.llm.asked import Call, Request

T = TypeVar("T")


class Provider(Protocol):
    """A model behind some door."""

    @property
    def name(self) -> str:
        """The name that settings, logs and statistics know it by."""
        ...

    @property
    def model(self) -> str:
        """The model id that it will ask for, for the estimate of a cost."""
        ...

    async def reply(self, call: Call) -> Reply:
        """Return the model's words. Raises ModelFailed; tries nothing twice itself.

        A cancelled call leaves nothing behind.
        """
        ...

    async def close(self) -> None:
        """Let go of what it holds; calls in flight fail as cancelled."""
        ...


class Models(Protocol):
    """What a room asks: one question, one validated answer."""

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return the answer. Raises NoAnswer, ModelFailed, BudgetSpent, NotInLog, SettingsError."""
        ...


class ReplyLog(Protocol):
    """Keeps every exchange by the hash of what was asked."""

    def find(self, key: str, *, before: datetime | None = None) -> Exchange | None:
        """Return the newest exchange of a key, answered or failed, None when there is none."""
        ...

    def told(self, key: str) -> tuple[Exchange, ...]:
        """Return the exchanges of a key of one run, in the order they were added.

        The run is that of the newest answer, and of the newest failure when nobody ever answered.
        """
        ...

    def add(self, exchange: Exchange) -> None:
        """Keep one exchange."""
        ...


class UsageBook(Protocol):
    """Counts calls, tokens and money by Korean day, service, provider and model."""

    async def add(self, usage: Usage) -> None:
        """Count one call. What cannot be counted is logged, not raised: it was paid for."""
        ...

    def spent(self, day: date, service: str) -> int:
        """Return the millionths of a US dollar that a service spent on a day."""
        ...

    def totals(self, first: date, last: date) -> tuple[UsageTotal, ...]:
        """Return the sums of each day from first to last, service, provider and model."""
        ...
