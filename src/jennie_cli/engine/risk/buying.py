"""The automatic stamp of a buy: the checks of a signal in their order, its size, and its limit.

Whatever is not known refuses, each thing under its own rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import (
    Flag,
    OrderIntent,
    OrderType,
    RiskTag,
    Side,
    Signal,
    TradingContext,
)
from jennie_cli.engine.risk.factors import correlation_factor, macro_factor, stale_factor
from jennie_cli.engine.risk.gathered import AutoFacts, Held, Wealth
from jennie_cli.engine.risk.guard import Weighing, cash_floor_pct, guard, spread
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.pricing import entry_price, part
from jennie_cli.engine.risk.questions import allowed
from jennie_cli.engine.risk.rulings import asked, ruled, way_in
from jennie_cli.engine.risk.sizing import SizeRequest, Sizing, size
from jennie_cli.engine.risk.stamp import ApprovedOrder, Refusal, refusal
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import buying as rule

BY_SIGNAL = "SIGNAL"
"""The reason that an automatic buy carries in the ledger."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """The facts of a buy once none of them is missing; `price` is its limit in won."""

    price: int
    context: TradingContext
    tag: RiskTag
    holdings: tuple[Held, ...]
    wealth: Wealth
    power: BuyingPower


def stamp_signal(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> ApprovedOrder | Refusal:
    """Size and stamp a buy signal, or say which rule refuses it."""
    checks, passed = asked(allowed(signal, facts, policy))
    ground = _ground(signal, facts, policy)
    if not passed or ground is None:
        return refusal(checks)
    sizing = size(_request(signal, facts, ground, policy), policy)
    checks += sizing.checks
    if sizing.refused:
        return refusal(checks)
    qty, weighed = _fitted(signal, facts, ground, sizing, policy)
    checks += weighed
    if not checks[-1].passed:
        return refusal(checks)
    intent = _intent(signal, facts, qty, ground.price)
    fits, passed = asked(way_in(intent, facts))
    checks += fits
    if not passed:
        return refusal(checks)
    return ApprovedOrder(intent=intent, checks=checks, at=facts.now, dry_run=facts.up(Flag.DRY_RUN))


def _limit(signal: Signal, facts: AutoFacts, quote: Quote, policy: AutoPolicy) -> int:
    """Return the limit of a buy in won, never above the upper limit of the day."""
    price = entry_price(signal, facts.stock, policy)
    return min(price, quote.upper_limit or price)


def _ground(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> _Ground | None:
    quote, context, tag = facts.quote, facts.context, facts.risk_tag
    wealth, power, holdings = facts.wealth, facts.buying_power, facts.holdings
    if quote is None or context is None or tag is None:
        return None
    if wealth is None or power is None or holdings is None:
        return None
    price = _limit(signal, facts, quote, policy)
    return _Ground(price, context, tag, holdings, wealth, power)


def _request(signal: Signal, facts: AutoFacts, ground: _Ground, policy: AutoPolicy) -> SizeRequest:
    wealth, power = ground.wealth, ground.power
    room = None
    if facts.day_cap is not None:
        room = max(0, facts.day_cap - (facts.ordered_today or 0))
    return SizeRequest(
        price=ground.price,
        atr=facts.atr,
        total=wealth.total,
        cash=wealth.cash,
        at_risk=wealth.at_risk,
        same_sector=signal.sector_group in wealth.groups,
        tier=signal.tier,
        risk_tag=ground.tag,
        cash_floor_pct=cash_floor_pct(ground.context.regime, policy),
        buyable=min(power.qty, power.cash // ground.price),
        order_cap=facts.order_cap,
        day_room=room,
        macro_factor=macro_factor(ground.context, policy),
        stale_factor=stale_factor(signal.scored_at, facts.now, facts.calendar, policy),
        correlation_factor=correlation_factor(ground.holdings, facts.correlation, policy),
    )


def _fitted(
    signal: Signal, facts: AutoFacts, ground: _Ground, sizing: Sizing, policy: AutoPolicy
) -> tuple[int, tuple[Check, ...]]:
    """Return the shares the portfolio has room for, and the checks; the last may refuse."""
    buy = Weighing(
        qty=sizing.qty,
        price=ground.price,
        group=signal.sector_group,
        held=sum(h.group == signal.sector_group for h in ground.holdings),
        sector_cap=facts.sector_cap,
        regime=ground.context.regime,
        wealth=ground.wealth,
    )
    guarded, passed = asked(guard(buy, policy))
    if not passed:
        return 0, guarded
    qty, spreading = spread(buy, policy)
    return qty, asked((*guarded, *spreading, *_outcome(qty, ground, sizing, policy)))[0]


def _outcome(qty: int, ground: _Ground, sizing: Sizing, policy: AutoPolicy) -> Iterator[Check]:
    """State the weight and the heat that the order leads to, both against their limits."""
    total = ground.wealth.total
    worth, most = qty * ground.price, part(total, policy.max_position_pct)
    yield ruled(rule.POSITION, value=worth, limit=most, passed=worth <= most)
    heat, most = ground.wealth.at_risk + qty * sizing.unit_risk, part(total, policy.max_heat_pct)
    yield ruled(rule.HEAT, value=heat, limit=most, passed=heat <= most)


def _intent(signal: Signal, facts: AutoFacts, qty: int, price: int) -> OrderIntent:
    return OrderIntent(
        order_id=facts.order_id,
        code=signal.code,
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=qty,
        price=price,
        reason=BY_SIGNAL,
        strategy=str(signal.strategy),
    )
