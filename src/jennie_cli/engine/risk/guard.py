"""What one buy may make of the portfolio: stocks of a sector, cash left, weights.

Counts and weights go by the same 14 groups.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.model import Regime
from jennie_cli.engine.regime import CASH_FLOOR_PCT
from jennie_cli.engine.risk.gathered import Wealth
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.pricing import part
from jennie_cli.engine.risk.rulings import asked, ruled
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import buying as rule
from jennie_cli.engine.sectors import SectorPolicy, portfolio_cap


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """A buy of `qty` shares at `price` won as the portfolio sees it; `held` counts its group."""

    qty: int
    price: int
    group: str
    held: int
    sector_cap: int
    regime: Regime
    wealth: Wealth


def budget_cap(
    payload: object, group: str, now: datetime, sectors: SectorPolicy, policy: AutoPolicy
) -> int:
    """Return how many stocks of a group may be held, by the sector budget as it was published.

    A budget that is missing (None), of another shape, dated ahead or too old is as good as none:
    the fixed cap.
    """
    made = payload.get("generated_at") if isinstance(payload, Mapping) else None
    try:
        at = datetime.fromisoformat(made) if isinstance(made, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        return sectors.fixed_cap
    fresh = timedelta(0) <= now - at <= timedelta(hours=policy.budget_hours)
    return portfolio_cap(payload if fresh else None, group, sectors)


def cash_floor_pct(regime: Regime, policy: AutoPolicy) -> float:
    """Return the percent of the total that stays cash: the larger of regime floor and keep."""
    return max(policy.cash_keep_pct, CASH_FLOOR_PCT[regime] if policy.guard else 0.0)


def guard(buy: Weighing, policy: AutoPolicy) -> Iterator[Check]:
    """Ask the portfolio guard: stocks of the sector held already, and cash left after the buy."""
    fits = buy.held < buy.sector_cap
    cash = buy.wealth.cash - buy.qty * buy.price
    least = -part(-buy.wealth.total, max(policy.cash_keep_pct, CASH_FLOOR_PCT[buy.regime]))
    if policy.guard:
        yield ruled(rule.SECTOR_COUNT, value=buy.held, limit=buy.sector_cap, passed=fits)
        yield ruled(rule.CASH_FLOOR, value=cash, limit=least, passed=cash >= least)
    else:
        yield ruled(rule.SECTOR_LOGGED, value=buy.held, limit=buy.sector_cap, passed=True)
        yield ruled(rule.CASH_LOGGED, value=cash, limit=least, passed=True)


def spread(buy: Weighing, policy: AutoPolicy) -> tuple[int, tuple[Check, ...]]:
    """Return the shares that sector and stock have room for, and the checks; the last may refuse.

    A buy beyond the room is cut to a little less than it, and left out when too little remains.
    """
    strong = buy.regime is Regime.STRONG_BULL
    total, worth = buy.wealth.total, buy.qty * buy.price
    sector = policy.sector_value_bull_pct if strong else policy.sector_value_pct
    stock = policy.stock_value_bull_pct if strong else policy.stock_value_pct
    room = part(total, sector) - buy.wealth.groups.get(buy.group, 0)
    spare = -part(-total, policy.room_spare_pct)
    by_sector = room if worth <= room else room - spare
    by_stock = part(total, stock) if worth <= part(total, stock) else part(total, stock) - spare
    qty = max(0, min(buy.qty, by_sector // buy.price, by_stock // buy.price))
    least = -part(-buy.qty, policy.smart_skip_pct)
    used = worth <= room or room > part(total, policy.room_least_pct)
    checks, _ = asked(
        (
            ruled(rule.SECTOR_VALUE, value=worth, limit=max(0, room), passed=used),
            ruled(rule.STOCK_VALUE, value=worth, limit=part(total, stock), passed=by_stock > 0),
            ruled(rule.SPREAD_SKIP, value=qty, limit=max(1, least), passed=qty >= max(1, least)),
        )
    )
    return qty, checks
