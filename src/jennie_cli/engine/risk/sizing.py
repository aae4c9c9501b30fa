"""How many shares a signal is worth, with every figure on the way kept as a Check.

Risk budget over the risk of one share, cut by what one order, one position, the cash and the heat
allow; then the factors; then all cuts once more, so that no factor can lift a size over a limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite, prod

from jennie_cli.engine.model import RiskTag, TradeTier
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.pricing import part
from jennie_cli.engine.risk.rulings import asked, measured, ruled
from jennie_cli.engine.rules import Check, Rule
from jennie_cli.engine.rules import buying as rule

_IN_WON = (rule.SIZE_ORDER_CAP, rule.SIZE_DAY_CAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRequest:
    """What a size is made of; `price` is the most that a share can cost, won.

    `total`, `cash` and `at_risk` are won of the account marked to market. `atr` is won a share,
    None when unknown. `cash_floor_pct` is what must remain of the total; `buyable` the shares that
    the broker lets the cash buy; `order_cap` and `day_room` won, None without one. The factors are
    those of the macro side, of the score's age and of the correlation with what is held.
    """

    price: int
    atr: int | None
    total: int
    cash: int
    at_risk: int
    same_sector: bool
    tier: TradeTier
    risk_tag: RiskTag
    cash_floor_pct: float
    buyable: int
    order_cap: int | None = None
    day_room: int | None = None
    macro_factor: float = 1.0
    stale_factor: float = 1.0
    correlation_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """A size in shares and how it came about; 0 shares when the last check refused.

    `budget` and `unit_risk` (1R) are won; `raw` shares are budget over 1R, `planned` those the cuts
    leave of it, `size_factor` is all factors together.
    """

    qty: int
    budget: int
    unit_risk: int
    raw: int
    planned: int
    size_factor: float
    checks: tuple[Check, ...]

    @property
    def refused(self) -> bool:
        """Whether a check said no."""
        return not self.checks[-1].passed


_Factors = tuple[tuple[Rule, float, str | None], ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """One limit in shares, and the rule that sets it."""

    rule: Rule
    most: int


def size(request: SizeRequest, policy: AutoPolicy) -> Sizing:
    """Return the size of one buy; the total must be above 0 and the price above it too."""
    budget = _budget(request, policy)
    unit = unit_risk(request.price, request.atr, policy)
    raw = max(1, min(budget // unit, policy.max_qty))
    cuts = _cuts(request, unit, policy)
    planned = max(0, min(raw, *(c.most for c in cuts)))
    factors = _factors(request, policy)
    factor = prod(f for _, f, _ in factors)
    qty = min(_scaled(planned, factor), policy.max_qty, *(c.most for c in cuts))
    checks, passed = asked(
        (
            *_basis(request, policy, budget, unit, raw),
            *_cutting(raw, cuts, policy),
            *_multiplying(factors),
            ruled(rule.SIZE, value=qty, limit=planned, passed=qty >= 1),
        )
    )
    return Sizing(
        qty=qty if passed else 0,
        budget=budget,
        unit_risk=unit,
        raw=raw,
        planned=planned,
        size_factor=factor,
        checks=checks,
    )


def unit_risk(price: int, atr: int | None, policy: AutoPolicy) -> int:
    """Return the won that one share puts at risk (1R): ATRs, held between parts of the price."""
    typical = price * policy.atr_unknown_pct / 100 if atr is None else atr
    low, high = price * policy.atr_low_pct / 100, price * policy.atr_high_pct / 100
    return max(1, ceil(round(min(max(typical, low), high) * policy.atr_stop_factor, 6)))


def _budget(request: SizeRequest, policy: AutoPolicy) -> int:
    budget = part(request.total, policy.risk_per_trade_pct)
    return _scaled(budget, policy.same_sector_factor) if request.same_sector else budget


def _cuts(request: SizeRequest, unit: int, policy: AutoPolicy) -> tuple[_Cut, ...]:
    price, total = request.price, request.total
    spare = request.cash + part(-total, request.cash_floor_pct)
    heat = part(total, policy.max_heat_pct) - request.at_risk
    caps = ((rule.SIZE_ORDER_CAP, request.order_cap), (rule.SIZE_DAY_CAP, request.day_room))
    return (
        *(_Cut(which, won // price) for which, won in caps if won is not None),
        _Cut(rule.SIZE_POSITION, part(total, policy.max_position_pct) // price),
        _Cut(rule.SIZE_CASH, min(spare // price, request.buyable)),
        _Cut(rule.SIZE_HEAT, heat // unit),
    )


def _factors(request: SizeRequest, policy: AutoPolicy) -> _Factors:
    tiers = {
        TradeTier.TIER1: 1.0,
        TradeTier.TIER2: policy.tier2_factor,
        TradeTier.RECON: policy.recon_factor,
        TradeTier.BLOCKED: 0.0,
    }
    tags = {RiskTag.CAUTION: policy.caution_factor, RiskTag.DISTRIBUTION_RISK: 0.0}
    return (
        (rule.FACTOR_TIER, tiers[request.tier], request.tier.value),
        (rule.FACTOR_TAG, tags.get(request.risk_tag, 1.0), request.risk_tag.value),
        (rule.FACTOR_MACRO, request.macro_factor, None),
        (rule.FACTOR_STALE, request.stale_factor, None),
        (rule.FACTOR_CORRELATION, request.correlation_factor, None),
    )


def _basis(
    request: SizeRequest, policy: AutoPolicy, budget: int, unit: int, raw: int
) -> Iterator[Check]:
    yield ruled(rule.SIZE_BUDGET, value=budget, limit=request.total, passed=True)
    yield ruled(rule.SIZE_ATR, value=request.atr, limit=request.price, passed=True)
    yield ruled(rule.SIZE_UNIT, value=unit, limit=request.price, passed=True)
    yield ruled(rule.SIZE_RAW, value=raw, limit=policy.max_qty, passed=True)


def _multiplying(factors: _Factors) -> Iterator[Check]:
    for which, factor, why in factors:
        yield measured(which, factor, why)
    together = prod(f for _, f, _ in factors)
    yield measured(rule.FACTOR, together, passed=together > 0.0)


def _cutting(raw: int, cuts: tuple[_Cut, ...], policy: AutoPolicy) -> Iterator[Check]:
    meant = qty = raw
    for cut in cuts:
        yield ruled(cut.rule, value=qty, limit=max(0, cut.most), passed=cut.most >= 1)
        if cut.rule is rule.SIZE_CASH and cut.most < qty:
            least = -part(-meant, policy.smart_skip_pct)
            yield ruled(rule.SMART_SKIP, value=cut.most, limit=least, passed=cut.most >= least)
        qty = min(qty, cut.most)
        if cut.rule in _IN_WON:
            meant = qty


def _scaled(whole: int, by_factor: float) -> int:
    """Return a whole figure times a factor, cut; one stays of something times more than nothing."""
    if not isfinite(by_factor) or by_factor <= 0.0 or whole < 1:
        return 0
    return max(1, floor(round(whole * by_factor, 6)))
