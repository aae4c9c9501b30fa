"""One recorded session as it was known then, and what came of trading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import ExitReason, Regime
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.trading.session import Decision, Morning


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSession(Morning):
    """A session and all that was known before it; `bars` are its minutes with a trade."""

    bars: SessionBars


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Shares from their purchase to one sale; what is sold in slices makes several trips.

    Moments are aware (KST), prices won a share as filled. `cost` is won paid for these shares with
    their part of the fee, `proceeds` won left of them after fee and tax. Shares still held have
    `reason` None and are valued at the last close.
    """

    code: str
    strategy: str
    regime: Regime
    entered_at: datetime
    exited_at: datetime
    qty: int
    entry_price: int
    exit_price: int
    cost: int
    proceeds: int
    reason: ExitReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A strategy's hit that one rule kept from being bought, and what the price did next.

    `rule` is the first gate or check that said no, `price` the close in won. What came after is
    the change of the price in percent, NaN where there was no bar any more.
    """

    at: datetime
    code: str
    strategy: str
    rule: str
    value: float | None
    limit: float | None
    price: int
    after_30_min_pct: float
    at_close_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What came of one session. `equity` is won at its close, `counts` how often each rule of
    gates, strategies and exits was asked and fired. `trips` are the sales of the session,
    `decisions` all that was decided, oldest first.
    """

    day: date
    regime: Regime
    equity: int
    trips: Sequence[Trip]
    blocked: Sequence[Blocked]
    counts: Sequence[RuleCount]
    decisions: Sequence[Decision] = ()
