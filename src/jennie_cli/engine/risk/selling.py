"""The automatic stamp of a sale: what protects is held back by three things only.

The freeze (and not even by that when a liquidation is forced), shares that cannot be sold, and a
market that takes no orders. Nothing unknown stops a sale.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import ExitReason, Flag, OrderIntent, OrderType, StockStatus
from jennie_cli.engine.risk.gathered import AutoFacts
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.rulings import asked, ruled, trading_day
from jennie_cli.engine.risk.stamp import ApprovedOrder, Refusal, refusal
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import buying as rule
from jennie_cli.engine.venue import Session

_STOPS = frozenset({ExitReason.HARD_STOP, ExitReason.ATR_STOP, ExitReason.FIXED_STOP})


def stamp_exit(
    intent: OrderIntent, facts: AutoFacts, policy: AutoPolicy
) -> ApprovedOrder | Refusal:
    """Stamp an automatic sale, or say what holds it back; `intent.reason` is an ExitReason.

    The stamped order asks for no more than can be sold; at the lower limit it rests there as a
    limit order, whose shares then cannot be sold a second time.
    """
    checks, passed = asked(_sale(intent, facts, policy))
    if not passed:
        return refusal(checks)
    fitted = _fitted(intent, facts)
    return ApprovedOrder(intent=fitted, checks=checks, at=facts.now, dry_run=facts.up(Flag.DRY_RUN))


def _sale(intent: OrderIntent, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    reason = ExitReason(intent.reason)
    forced = reason is ExitReason.FORCED_LIQUIDATION
    yield ruled(rule.FROZEN, value=reason.value, passed=forced or not facts.up(Flag.STOP))
    yield trading_day(facts)
    if facts.session is not None:
        yield _hours(reason, facts, facts.session, policy)
    halted = facts.quote is not None and facts.quote.status is StockStatus.HALTED
    yield ruled(rule.EXIT_HALTED, passed=not halted)
    yield ruled(rule.BREAKER, passed=not facts.market_halted)
    sellable = facts.sellable
    qty = intent.qty if sellable is None else min(intent.qty, sellable)
    yield ruled(rule.EXIT_QTY, value=intent.qty, limit=sellable, passed=qty >= 1)
    if _at_floor(facts) and facts.quote is not None:
        price = facts.quote.price
        yield ruled(rule.EXIT_AT_FLOOR, value=price, limit=facts.quote.lower_limit, passed=True)


def _hours(reason: ExitReason, facts: AutoFacts, hours: Session, policy: AutoPolicy) -> Check:
    now = facts.now.astimezone(KST)
    opens, closes = hours.open, hours.closing_auction_start
    if reason in _STOPS:
        closes = hours.close - timedelta(seconds=policy.auction_cut_seconds)
    elif reason is ExitReason.FORCED_LIQUIDATION:
        opens, closes = hours.opening_auction_start, hours.close
    return ruled(
        rule.EXIT_HOURS,
        value=f"{now:%H:%M:%S}",
        limit=f"{opens:%H:%M}–{closes:%H:%M}",
        passed=opens <= now < closes or (reason in _STOPS and now == closes),
    )


def _at_floor(facts: AutoFacts) -> bool:
    quote = facts.quote
    return quote is not None and 0 < quote.price <= quote.lower_limit


def _fitted(intent: OrderIntent, facts: AutoFacts) -> OrderIntent:
    qty = intent.qty if facts.sellable is None else min(intent.qty, facts.sellable)
    if intent.type is OrderType.MARKET and facts.quote is not None and _at_floor(facts):
        lowest = facts.quote.lower_limit
        return replace(intent, qty=qty, type=OrderType.LIMIT, price=lowest)
    return replace(intent, qty=qty)
