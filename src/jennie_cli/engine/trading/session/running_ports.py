"""What a running session needs of others, and what it tells them."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from jennie_cli.engine.broker import Account
from jennie_cli.engine.bus import Keys, Locks
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Reconciliation
from jennie_cli.engine.feed import Quotes, Ticks
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.model import Flag, Signal
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import ApprovedOrder
from jennie_cli.engine.store import Evaluations, Flags, FlagState
from jennie_cli.engine.trading.entries_ends import EntryAlarm
from jennie_cli.engine.trading.ports import OrderLives
from jennie_cli.engine.trading.session.decisions import Decision

T = TypeVar("T")

KnownFlags = Mapping[Flag, FlagState] | None
"""The trading flags, None when nobody could read them."""


class Loop(StrEnum):
    """What must go on evaluating: the hearing of ticks, and the look at each second."""

    TICKS = "ticks"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatus:
    """Where a session stands.

    `held` are the codes held, `entering` and `selling` those with an automatic order that has not
    ended, `cash` won as the ledger tells them, None while nobody knows. `heard_at` is when the
    last tick or event came, `failing` what does not work now.
    """

    held: tuple[str, ...]
    entering: frozenset[str]
    selling: frozenset[str]
    cash: int | None
    heard_at: datetime | None
    failing: tuple[str, ...]


class SessionEars(Protocol):
    """Hears of a session at once. Nothing here may wait: the session's own loop is behind it."""

    def decided(self, decision: Decision) -> None:
        """Hear one step of a decision."""
        ...

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Tell a person of an automatic buy that needs one."""
        ...

    def trouble(self, where: str, error: JennieError) -> None:
        """Hear of a failed call, once per kind until it works again."""
        ...

    def throttled(self, turn: Turn) -> None:
        """Hear of a new level of the throttle."""
        ...

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Tell a person of a loop that has stopped evaluating while the market is open."""
        ...

    def beat(self, now: datetime, status: SessionStatus) -> None:
        """Hear, once a second of exchange time, where the session stands."""
        ...


class Approvals(Protocol):
    """Asks a person whether a stamped buy may leave."""

    async def ask(self, order: ApprovedOrder, signal: Signal) -> bool:
        """Return the answer; it is cancelled when it is awaited no more. Raises OutsideError."""
        ...


class NobodyApproves:
    """There is no person to ask, so nothing is approved."""

    async def ask(self, order: ApprovedOrder, signal: Signal) -> bool:  # noqa: ARG002  # the port's shape
        """Say no."""
        return False


class Lives(OrderLives, Protocol):
    """Order lives with their upkeep; `execution` is it."""

    async def tend(self) -> Reconciliation | None:
        """Do one round of upkeep. Raises BrokerUnavailable."""
        ...


class Aside(Protocol):
    """Does what may block, away from the loop; a thread, or at once where nothing blocks."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the work returns, or raise what it raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRoom:
    """All that a running session asks and tells, plugged together by who starts it.

    `clock` is the exchange's, `steady` the machine's. `costs` are what the account pays,
    `liquidation` reads the codes that must go. Without `locks` this process is taken to be the only
    one that buys. `quoted_at_once` is how many stocks one call of `quotes` tells. `holding` keeps
    an exchange that we drive from going on meanwhile.
    """

    ticks: Ticks
    quotes: Quotes
    account: Account
    execution: Lives
    flags: Flags
    evaluations: Evaluations
    keys: Keys
    clock: Clock
    steady: Clock
    new_id: Callable[[], str]
    costs: Costs
    liquidation: Callable[[], Awaitable[frozenset[str]]]
    ears: SessionEars
    aside: Aside
    locks: Locks | None = None
    approvals: Approvals = field(default_factory=NobodyApproves)
    quoted_at_once: int = 1
    holding: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def driven(self) -> bool:
        """Whether the exchange's time goes on only as we let it."""
        return self.holding is not nullcontext
