"""The checks of an order by hand, in the order in which they are asked; the first failure ends it.

What a person orders passes `pause`. Under `stop` a person may still sell: the flag must never lock
anybody in. Flags that cannot be read stop what buys and nothing that sells.
"""

from collections.abc import Iterator

from jennie_cli.engine.model import Flag, Order, OrderIntent, OrderState, OrderType, Side
from jennie_cli.engine.risk.facts import ManualFacts
from jennie_cli.engine.risk.policy import RiskPolicy
from jennie_cli.engine.risk.rulings import (
    asked,
    day_cap,
    flags,
    funds,
    market_hours,
    order_cap,
    prices,
    ruled,
    security,
    way_in,
)
from jennie_cli.engine.risk.stamp import ApprovedChange, ApprovedOrder, Refusal, refusal
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import orders as rule

_CHANGEABLE = frozenset({OrderState.WORKING, OrderState.PARTIAL})


def stamp_manual(
    intent: OrderIntent, facts: ManualFacts, policy: RiskPolicy
) -> ApprovedOrder | Refusal:
    """Stamp an order by hand, or say which rule refuses it."""
    checks, passed = asked(_of_order(intent, facts, policy))
    if not passed:
        return refusal(checks)
    return ApprovedOrder(intent=intent, checks=checks, at=facts.now, dry_run=facts.up(Flag.DRY_RUN))


def stamp_change(
    order: Order, price: int, facts: ManualFacts, policy: RiskPolicy
) -> ApprovedChange | Refusal:
    """Stamp a new limit price in won for what is left of an order, or say which rule refuses it."""
    checks, passed = asked(_of_change(order, price, facts, policy))
    if not passed:
        return refusal(checks)
    return ApprovedChange(
        order_id=order.order_id, qty=order.open_qty, price=price, checks=checks, at=facts.now
    )


def default_qty(side: Side, price: int | None, facts: ManualFacts, policy: RiskPolicy) -> int:
    """Return the shares of an order that named none; `price` is won, None at market.

    A sale takes all that can be sold. A buy takes the smaller of its part of the cash and the cap
    of an order; 0 when that is less than one share, or when the cash is not known.
    """
    if side is Side.SELL:
        return facts.sellable or 0
    power = facts.buying_power
    if power is None:
        return 0
    money = min(power.cash * policy.cash_share_pct // 100, policy.manual_order_cap)
    return min(money // facts.reference_price(price), power.qty)


def unaffordable(price: int | None, facts: ManualFacts, policy: RiskPolicy) -> Refusal:
    """Return why a buy without a quantity has not even one share: the cash, or its part."""
    if facts.buying_power is None:
        return refusal([ruled(rule.CASH_KNOWN, passed=False)])
    share = facts.buying_power.cash * policy.cash_share_pct // 100
    return refusal(
        [
            ruled(
                rule.ONE_SHARE,
                value=facts.reference_price(price),
                limit=min(share, policy.manual_order_cap),
                passed=False,
            )
        ]
    )


def _of_order(intent: OrderIntent, facts: ManualFacts, policy: RiskPolicy) -> Iterator[Check]:
    yield from flags(intent.side, facts)
    yield from way_in(intent, facts)
    yield from market_hours(intent.venue, facts)
    yield from security(intent.side, facts.stock, facts.quote)
    if intent.price is not None:
        yield from prices(intent.side, intent.price, facts, facts.quote)
    yield from funds(intent, facts)
    if intent.side is Side.BUY:
        worth = intent.qty * facts.reference_price(intent.price)
        yield order_cap(worth, policy)
        yield day_cap(facts.ordered_today + worth, policy)
    yield _not_repeated(facts, policy)


def _of_change(order: Order, price: int, facts: ManualFacts, policy: RiskPolicy) -> Iterator[Check]:
    yield ruled(rule.OPEN_ORDER, value=order.state.value, passed=order.state in _CHANGEABLE)
    yield ruled(rule.PRICED, value=order.type.value, passed=order.type is OrderType.LIMIT)
    yield ruled(rule.NEW_PRICE, value=price, passed=price != order.price)
    yield ruled(rule.DRY_CHANGE, passed=not facts.up(Flag.DRY_RUN))
    yield from flags(order.side, facts)
    yield from market_hours(order.venue, facts)
    yield from security(order.side, facts.stock, facts.quote)
    yield from prices(order.side, price, facts, facts.quote)
    if order.side is Side.BUY:
        yield from _more_money(order, price, facts, policy)


def _more_money(
    order: Order, price: int, facts: ManualFacts, policy: RiskPolicy
) -> Iterator[Check]:
    extra = max(0, price - (order.price or 0)) * order.open_qty
    if extra:
        power = facts.buying_power
        yield ruled(rule.CASH_KNOWN, passed=power is not None)
        cash = power.cash if power else 0
        yield ruled(rule.CASH_MORE, value=extra, limit=cash, passed=extra <= cash)
    yield order_cap(order.filled_amount + price * order.open_qty, policy)
    if extra:
        yield day_cap(facts.ordered_today + extra, policy)


def _not_repeated(facts: ManualFacts, policy: RiskPolicy) -> Check:
    last = facts.last_similar_at
    ago = None if last is None else int((facts.now - last).total_seconds())
    fresh = ago is None or ago >= policy.repeat_seconds
    return ruled(
        rule.REPEAT, value=ago, limit=policy.repeat_seconds, passed=fresh or facts.confirmed
    )
