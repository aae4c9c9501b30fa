"""One recorded session as it was known then, and what came of trading it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jennie_cli.engine.indicators import DayBars, SessionBars
from jennie_cli.engine.model import (
    ExitReason,
    Market,
    Regime,
    RiskTag,
    SecurityKind,
    StockStatus,
    Strategy,
    TradeTier,
)
from jennie_cli.engine.model.session import TradingContext
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.signals import Candidates
from jennie_cli.engine.venue import Session

NO_WATCHLIST = "none saved; every recorded stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSession:
    """A session and all that was known before it; columns are the stocks of `candidates.codes`.

    They are the watchlist of that morning and what was held. `bars` are its minutes with a trade;
    `days` the days before it, adjusted as of that morning, (days, stocks). `context` is None
    where no macro context was known. `names`, `groups` (sector groups) and `kinds` are by column.

    So are `statuses`, `tiers`, `tags` and `scored_at` (when a model scored the stock), each empty
    where nobody told: then a stock trades as usual, the tier is read off the candidates, no tag is
    known, and no model scored anything. `sector_budget` is the budget as it was published, None
    without one.

    `watchlist` says where the stocks come from: the id of a scout run, NO_WATCHLIST with what was
    assumed of them, or "" where nobody asked. `regime_known` is False where the regime is an
    assumption of the caller.
    """

    day: date
    hours: Session
    bars: SessionBars
    candidates: Candidates
    days: DayBars
    names: tuple[str, ...]
    groups: tuple[str, ...]
    kinds: tuple[SecurityKind, ...]
    regime: Regime
    context: TradingContext | None
    tiers: tuple[TradeTier, ...] = ()
    tags: tuple[RiskTag | None, ...] = ()
    statuses: tuple[StockStatus, ...] = ()
    scored_at: tuple[datetime | None, ...] = ()
    sector_budget: Mapping[str, object] | None = None
    watchlist: str = ""
    regime_known: bool = True

    @property
    def markets(self) -> tuple[Market, ...]:
        """The board of each stock."""
        return self.candidates.markets


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Shares from their purchase to one sale; what is sold in slices makes several trips.

    Moments are aware (KST), prices won a share as filled. `cost` is won paid for these shares with
    their part of the fee, `proceeds` won left of them after fee and tax. Shares still held have
    `reason` None and are valued at the last close.
    """

    code: str
    strategy: Strategy
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
    strategy: Strategy
    rule: str
    value: float | None
    limit: float | None
    price: int
    after_30_min_pct: float
    at_close_pct: float


class Step(StrEnum):
    """What became of a wish to buy or to sell, step by step."""

    SIGNAL = "signal"
    DROPPED = "dropped"
    REFUSED = "refused"
    ORDERED = "ordered"
    BOUGHT = "bought"
    LAPSED = "lapsed"
    SOLD = "sold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One step at an aware moment. `rule` is what decided it: the strategy that wishes or buys,
    the rule that said no with its figure and limit, the reason of a sale. Prices are won a share,
    `qty` shares, 0 where none are meant yet.
    """

    at: datetime
    code: str
    step: Step
    rule: str
    price: int
    qty: int = 0
    value: float | str | None = None
    limit: float | str | None = None


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
