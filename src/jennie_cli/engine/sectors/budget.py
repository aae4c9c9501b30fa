"""The sector budget: how many stocks of a group the watchlist and the portfolio may hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from jennie_cli.engine.indicators import nearest_rank
from jennie_cli.engine.model import SectorTier
from jennie_cli.engine.sectors.groups import GROUPS
from jennie_cli.engine.sectors.policy import SectorPolicy
from jennie_cli.engine.store import SectorRow
from jennie_cli.engine.store.panels import BoolArray, FloatArray


def budget(
    *,
    return_pct: FloatArray,
    groups: Sequence[str],
    knife: BoolArray,
    eligible: BoolArray,
    held: Mapping[str, int],
    policy: SectorPolicy,
    avoid: Collection[str] = (),
    favour: Collection[str] = (),
) -> tuple[SectorRow, ...]:
    """Return one row for each of the 14 groups, in the order of GROUPS.

    Per stock: `return_pct` over the policy's sessions (NaN unknown), its group, membership of a
    falling-knife sector, and whether it is eligible. `held` counts the portfolio by group as the
    stock master files it. The council may name groups to `avoid` (COOL) or to `favour` (a COOL
    group becomes WARM); avoiding wins.
    """
    label = np.asarray(groups, dtype=str)
    heats = {g: _heat(return_pct, knife, eligible & (label == g)) for g in GROUPS}
    edges = _edges([h for h in heats.values() if h.known >= policy.min_names])
    rows = []
    for group, heat in heats.items():
        tier = _advised(group, _tier(heat, edges, policy), avoid, favour)
        rows.append(_row(group, tier, heat, held.get(group, 0), policy))
    return tuple(rows)


def effective_cap(watchlist_cap: int, portfolio_cap: int, held: int) -> int:
    """Return how many names of a group may still enter the watchlist; never below 1."""
    return min(watchlist_cap, max(0, portfolio_cap - held) + 1)


def budget_payload(rows: Sequence[SectorRow], run_id: str, at: datetime) -> dict[str, Any]:
    """Return the budget as the JSON document that `portfolio_cap` reads."""
    return {
        "generated_at": at.isoformat(),
        "run_id": run_id,
        "groups": {
            r.group: {
                "tier": r.tier.value,
                "avg_return": r.return_pct,
                "falling_knife_ratio": r.falling_knife_ratio,
                "watchlist_cap": r.watchlist_cap,
                "portfolio_cap": r.portfolio_cap,
                "effective_cap": r.effective_cap,
                "held_count": r.held_count,
            }
            for r in rows
        },
    }


def portfolio_cap(payload: object, group: str, policy: SectorPolicy) -> int:
    """Return the portfolio cap of a group; the fixed cap while the budget is off, missing
    (None), without this group, or not of the shape that `budget_payload` writes.
    """
    groups = payload.get("groups") if isinstance(payload, Mapping) else None
    row = groups.get(group) if isinstance(groups, Mapping) else None
    cap = row.get("portfolio_cap") if isinstance(row, Mapping) else None
    if not policy.dynamic or not isinstance(cap, int) or isinstance(cap, bool) or cap < 0:
        return policy.fixed_cap
    return cap


@dataclass(frozen=True, slots=True)
class _Heat:
    """A group measured: mean return in percent, stocks, those of them with a return, knives."""

    return_pct: float
    stocks: int
    known: int
    knife_ratio: float


def _heat(return_pct: FloatArray, knife: BoolArray, members: BoolArray) -> _Heat:
    known = return_pct[members & np.isfinite(return_pct)]
    stocks = int(members.sum())
    return _Heat(
        return_pct=float(known.mean()) if len(known) else float("nan"),
        stocks=stocks,
        known=len(known),
        knife_ratio=float(knife[members].mean()) if stocks else 0.0,
    )


def _edges(ranked: Sequence[_Heat]) -> tuple[float, float]:
    """Return the 25th and 75th percentile of the group returns by nearest rank."""
    returns = np.array([h.return_pct for h in ranked])
    if not len(returns):
        return float("nan"), float("nan")
    return nearest_rank(returns, 0.25), nearest_rank(returns, 0.75)


def _tier(heat: _Heat, edges: tuple[float, float], policy: SectorPolicy) -> SectorTier:
    low, high = edges
    if heat.known < policy.min_names:
        return SectorTier.WARM
    falls = heat.return_pct <= low and heat.return_pct < 0.0
    if falls or heat.knife_ratio >= policy.cool_knife_ratio:
        return SectorTier.COOL
    rises = heat.return_pct >= high and heat.return_pct > 0.0
    return SectorTier.HOT if rises else SectorTier.WARM


def _advised(
    group: str, tier: SectorTier, avoid: Collection[str], favour: Collection[str]
) -> SectorTier:
    if group in avoid:
        return SectorTier.COOL
    return SectorTier.WARM if group in favour and tier is SectorTier.COOL else tier


def _row(group: str, tier: SectorTier, heat: _Heat, held: int, policy: SectorPolicy) -> SectorRow:
    caps = {
        SectorTier.HOT: policy.hot_cap,
        SectorTier.WARM: policy.warm_cap,
        SectorTier.COOL: policy.cool_cap,
    }
    cap = caps[tier] if policy.dynamic else policy.fixed_cap
    return SectorRow(
        group=group,
        tier=tier if policy.dynamic else SectorTier.WARM,
        return_pct=heat.return_pct if heat.known else None,
        stocks=heat.stocks,
        falling_knife_ratio=heat.knife_ratio,
        watchlist_cap=cap,
        portfolio_cap=cap,
        effective_cap=effective_cap(cap, cap, held) if policy.dynamic else cap,
        held_count=held,
    )
