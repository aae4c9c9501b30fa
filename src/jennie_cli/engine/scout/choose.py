"""From analysed stocks to a watchlist: what is held leaves, calm is kept, caps decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jennie_cli.engine.analyst import Verdict
from jennie_cli.engine.model import SectorTier
from jennie_cli.engine.rules import Check, Rule, Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scout.measure import Measured, measure
from jennie_cli.engine.scout.policy import ScoutPolicies
from jennie_cli.engine.scout.request import Previous, ScoutRequest
from jennie_cli.engine.scout.selection import Approved, Selection, select, watchlist_size
from jennie_cli.engine.scout.stability import admission, bucket, smoothed
from jennie_cli.engine.sectors import budget, period_return_pct
from jennie_cli.engine.store import SectorRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run was asked, with the settings and the past it may use."""

    request: ScoutRequest
    policies: ScoutPolicies
    previous: Previous

    @property
    def stable(self) -> bool:
        """Tell whether scores are smoothed before choosing."""
        asked = self.request.stability
        return self.policies.scout.stability if asked is None else asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The watchlist in order of rank, why others were left out, and the caps that decided."""

    selection: Selection
    sectors: tuple[SectorRow, ...]
    turned_away: Mapping[int, Check]
    admitted: Mapping[int, Check]


def sector_rows(
    measured: Measured, request: ScoutRequest, policies: ScoutPolicies, tally: Tally
) -> tuple[SectorRow, ...]:
    """Return the budget of the 14 groups from all eligible stocks of the market."""
    view = measured.view
    held = request.held or frozenset()
    rows = budget(
        return_pct=period_return_pct(
            view.bars.close, policies.sectors.return_days, policies.sectors
        ),
        groups=[s.sector_group for s in view.stocks],
        knife=measured.table.knife[-1],
        eligible=measured.eligibility.eligible,
        held=Counter(s.sector_group for s in view.stocks if s.code in held),
        policy=policies.sectors,
        avoid=request.council_avoid or (),
        favour=request.council_favour or (),
    )
    tiers = [r.tier for r in rows]
    tally.count(rule.SECTOR_HOT, asked=len(rows), fired=tiers.count(SectorTier.HOT))
    tally.count(rule.SECTOR_COOL, asked=len(rows), fired=tiers.count(SectorTier.COOL))
    if request.council_avoid is not None:
        fired = len(request.council_avoid & {r.group for r in rows})
        tally.count(rule.COUNCIL_AVOID, asked=len(rows), fired=fired)
    if request.council_favour is not None:
        fired = len(request.council_favour & {r.group for r in rows})
        tally.count(rule.COUNCIL_FAVOUR, asked=len(rows), fired=fired)
    return rows if request.held is not None else tuple(replace(r, held_count=None) for r in rows)


def choose(
    measured: Measured,
    verdicts: Mapping[int, Verdict],
    order: Order,
    tally: Tally,
) -> Choice:
    """Choose the watchlist from the approved stocks."""
    request, policies = order.request, order.policies
    rows = sector_rows(measured, request, policies, tally)
    away = _held(measured, verdicts, request, tally)
    approved = {s: v for s, v in verdicts.items() if v.approved and s not in away}
    standing = {s: v.blend.hybrid_score for s, v in approved.items()}
    admitted: dict[int, Check] = {}
    if order.stable:
        standing, admitted = _calmed(measured, standing, order, tally)
        away |= {s: c for s, c in admitted.items() if not c.passed}
    stocks = measured.view.stocks
    offered = [
        Approved(code=stocks[s].code, group=stocks[s].sector_group)
        for s in _in_order(measured, standing)
    ]
    size = watchlist_size(policies.scout.max_watchlist_size, request.risk_off_level, tally)
    known = request.held is not None
    chosen = select(offered, rows, size=size, holdings_known=known, tally=tally)
    return Choice(selection=chosen, sectors=rows, turned_away=away, admitted=admitted)


def _held(
    measured: Measured, verdicts: Mapping[int, Verdict], request: ScoutRequest, tally: Tally
) -> dict[int, Check]:
    away: dict[int, Check] = {}
    asked: tuple[tuple[Rule, frozenset[str] | None], ...] = (
        (rule.HELD, request.held),
        (rule.SOLD, request.sold_24h),
    )
    for stock in verdicts:
        code = measured.view.stocks[stock].code
        for held_rule, codes in asked:
            if codes is None or stock in away:
                continue
            check = tally.ask(held_rule, value=None, limit=None, fired=code in codes)
            if not check.passed:
                away[stock] = check
    return away


def _calmed(
    measured: Measured,
    standing: Mapping[int, float],
    order: Order,
    tally: Tally,
) -> tuple[dict[int, float], dict[int, Check]]:
    """Return bucketed smoothed scores of those admitted, and every admission check."""
    calm: dict[int, float] = {}
    checks: dict[int, Check] = {}
    for stock, hybrid in standing.items():
        code = measured.view.stocks[stock].code
        score = smoothed(hybrid, code, order.previous.hybrids)
        checks[stock] = admission(
            score, code, previous=order.previous, policy=order.policies.scout, tally=tally
        )
        if checks[stock].passed:
            calm[stock] = bucket(score)
    return calm, checks


def _in_order(measured: Measured, standing: Mapping[int, float]) -> Sequence[int]:
    """Return the stocks best first; ties by market cap, then by code."""
    cap = np.nan_to_num(measured.view.market_cap, nan=-1.0)
    codes = measured.view.bars.codes
    return sorted(standing, key=lambda s: (-standing[s], -cap[s], codes[s]))


def market_sectors(view: MarketView, policies: ScoutPolicies) -> tuple[SectorRow, ...]:
    """Return the sector budget of a market without running the scout; no holdings are known."""
    tally = Tally()
    measured = measure(view, policies.scoring.version, policies, tally)
    asked = ScoutRequest(run_id="", trade_date=view.bars.days[-1])
    return sector_rows(measured, asked, policies, tally)
