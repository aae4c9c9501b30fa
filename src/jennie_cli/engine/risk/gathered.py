"""What the automatic stamp looks at, and what the account is worth by it.

A fact that could not be had is None. A buy is refused for it under a rule of its own; a sale that
protects goes out without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import RiskTag, TradingContext
from jennie_cli.engine.risk.facts import Moment
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.pricing import part
from jennie_cli.engine.venue import Calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One stock held, or that an open buy may still bring (at its limit). Prices are won a share.

    `price` is that of now, None or 0 when unknown; `protective` the highest level at which it would
    be sold now (stop, lock or trailing), None while nothing protects it.
    """

    code: str
    group: str
    qty: int
    price: int | None
    protective: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """When a stock was last bought, last sold, and last sold by a stop-loss or a death cross."""

    bought_at: datetime | None = None
    sold_at: datetime | None = None
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wealth:
    """The account marked to market, won: `at_risk` is what falls to the protective levels cost."""

    total: int
    cash: int
    at_risk: int
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoFacts(Moment):
    """The moment an automatic order is judged in; `order_id` is what it will be called.

    `cash` is won of D+2 less what open buys reserve, `buying_power` asked with `entry_price`.
    `holdings` count open buys as held; `correlation` is that of each of them with the stock, in
    their order, NaN where unknown, None when it could not be computed. `atr` is won of the last
    full day, None to size by a part of the price. `taken` and `locked` say that the signal was
    acted upon before and that somebody else is at this stock; `bus_alive` that both were truly
    asked. `bought_today` counts automatic buys filled or open, `ordered_today` is their won;
    `order_cap` and `day_cap` are won, None without one. `closing_equity` is won at the last close,
    `deposits` won paid in since then (less what was drawn), `loss_latched` whether the loss limit
    was met today. `sector_cap` is that of the stock's group by `budget_cap`. `market_halted` is
    True during a market-wide circuit breaker.
    """

    calendar: Calendar
    order_id: str
    quote: Quote | None = None
    market_halted: bool = False
    bus_alive: bool = False
    taken: bool | None = None
    locked: bool | None = None
    context: TradingContext | None = None
    risk_tag: RiskTag | None = None
    holdings: tuple[Held, ...] | None = None
    cash: int | None = None
    past: Past | None = None
    bought_today: int | None = None
    ordered_today: int | None = None
    order_cap: int | None = None
    day_cap: int | None = None
    closing_equity: int | None = None
    deposits: int = 0
    loss_latched: bool = False
    correlation: FloatArray | None = None
    atr: int | None = None
    sector_cap: int = 0

    @property
    def wealth(self) -> Wealth | None:
        """What the account is worth now, None while cash, a price or a level is unknown."""
        if self.holdings is None or self.cash is None:
            return None
        total, at_risk = self.cash, 0
        groups: dict[str, int] = {}
        for held in self.holdings:
            if not held.price or held.protective is None:
                return None
            worth = held.qty * held.price
            total += worth
            at_risk += held.qty * max(0, held.price - held.protective)
            groups[held.group] = groups.get(held.group, 0) + worth
        return Wealth(total=total, cash=self.cash, at_risk=at_risk, groups=groups)


def trading_days_since(at: datetime, now: datetime, calendar: Calendar) -> int:
    """Return the trading days after the day of `at` up to that of `now`, 0 on the same day."""
    first, last = at.astimezone(KST).date(), now.astimezone(KST).date()
    return len(calendar.days(first + _DAY, last))


def loss_reached(equity: int, closing: int, deposits: int, policy: AutoPolicy) -> bool:
    """Whether the day's loss limit is met; all won: equity now, at the last close, paid in since.

    Whoever runs the session latches it until the next trading day.
    """
    return equity - closing - deposits <= part(-closing, policy.daily_loss_pct)
