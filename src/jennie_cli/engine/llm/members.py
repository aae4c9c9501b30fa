"""Who can be asked for a tier: providers in order, how patient each is asked, and who rests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm.asked import Tier
from jennie_cli.engine.llm.failures import FailureKind, ModelFailed
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import Provider

_NOT_ITS_FAULT = frozenset({FailureKind.BUSY, FailureKind.CANCELLED, FailureKind.CONTEXT_FULL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """After which failures one provider is asked again by itself, and the seconds before each."""

    kinds: frozenset[FailureKind] = frozenset()
    waits_s: tuple[float, ...] = ()

    def pause_s(
        self, failed: ModelFailed, pauses: int, *, retry_after_max_s: float
    ) -> float | None:
        """Return how long to wait after the pauses made so far, None to ask it no more.

        A provider that asks for a wait gets it once, if it is no longer than allowed.
        """
        asked = failed.retry_after_s
        if asked is not None and not 0.0 <= asked <= retry_after_max_s:
            return None
        if failed.kind in self.kinds and pauses < len(self.waits_s):
            return max(self.waits_s[pauses], asked or 0.0)
        return asked if failed.kind is FailureKind.RATE_LIMITED and pauses == 0 else None


NO_PATIENCE = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One provider of a tier; without a provider it cannot be asked, and `absent` says why.

    `opener` builds a provider that takes long to build, such as a model that must be loaded, and
    returns the member with it, or without it and with `absent`; it raises nothing. It is called
    each time that the member's turn comes and keeps what it built itself. `thought_tokens` are
    what it may write beyond the answer's length, for the estimate of a cost. All words of a
    `simulated` member are marked so.
    """

    name: str
    provider: Provider | None
    patience: Patience = NO_PATIENCE
    thought_tokens: int = 0
    simulated: bool = False
    absent: str = "no key, address or model file"
    opener: "Callable[[], Awaitable[Member]] | None" = None

    @property
    def askable(self) -> bool:
        """Whether there is a provider, or will be as far as anybody knows."""
        return self.provider is not None or self.opener is not None

    async def opened(self) -> "Member":
        """Return the member as it is to be asked."""
        return self if self.opener is None else await self.opener()


class Members(Protocol):
    """Knows the providers by their names in settings, and builds them when they are first asked."""

    async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
        """Return the members of a name in the order of asking. Raises SettingsError."""
        ...


@dataclass(slots=True)
class Rests:
    """Leaves a member alone for a while after failures in a row."""

    policy: LlmPolicy
    clock: Clock
    _failures: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def resting(self, name: str) -> bool:
        """Whether the member is left alone now."""
        return self.clock.monotonic() < self._until.get(name, float("-inf"))

    def answered(self, name: str) -> None:
        """Hear that the member answered."""
        self._failures.pop(name, None)

    def failed(self, name: str, failed: ModelFailed) -> None:
        """Hear that the member failed; too long a question or too many are not its fault."""
        if failed.kind in _NOT_ITS_FAULT:
            return
        self._failures[name] = self._failures.get(name, 0) + 1
        if self._failures[name] >= self.policy.rest_failures:
            self._until[name] = self.clock.monotonic() + self.policy.rest_s
            del self._failures[name]
