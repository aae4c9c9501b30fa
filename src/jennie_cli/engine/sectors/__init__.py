"""Fine sectors to 14 groups, falling knives, hot sectors, and the sector budget."""

from jennie_cli.engine.sectors.budget import (
    budget,
    budget_payload,
    effective_cap,
    portfolio_cap,
)
from jennie_cli.engine.sectors.groups import FINE, GROUPS, OTHER, Placement, group_of, place
from jennie_cli.engine.sectors.policy import SectorPolicy
from jennie_cli.engine.sectors.trends import (
    FineTrend,
    Trend,
    day_change_pct,
    fine_trends,
    hot_members,
    knife_members,
    period_return_pct,
)

__all__ = [
    "FINE",
    "GROUPS",
    "OTHER",
    "FineTrend",
    "Placement",
    "SectorPolicy",
    "Trend",
    "budget",
    "budget_payload",
    "day_change_pct",
    "effective_cap",
    "fine_trends",
    "group_of",
    "hot_members",
    "knife_members",
    "period_return_pct",
    "place",
    "portfolio_cap",
]
