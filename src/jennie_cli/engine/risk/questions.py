"""What a buy signal is asked before anybody thinks about its size, in this order.

The day and the switches, the signal itself, the macro side, what was done before, the price now,
the account, and likeness to what is held. The first failure ends it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil, floor

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Flag, Side, Signal, TradeTier
from jennie_cli.engine.risk.factors import NO_BUYS, all_known, correlation_factor, most_alike_ratio
from jennie_cli.engine.risk.gathered import AutoFacts, Held, Past, loss_reached, trading_days_since
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.risk.pricing import entry_price, part, top_price
from jennie_cli.engine.risk.rulings import flags, measured, ruled, security, trading_day
from jennie_cli.engine.rules import Check, Rule
from jennie_cli.engine.rules import buying as rule
from jennie_cli.engine.rules.orders import CASH_KNOWN


def allowed(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    """Ask everything that may stop a buy before its size; a later question trusts the earlier."""
    yield from _switches(facts)
    yield from _moment(signal, facts, policy)
    yield from _signal(signal, facts)
    yield from _macro(signal, facts)
    yield from _holdings(signal, facts, policy)
    yield from _past(facts, policy)
    yield measured(
        rule.SCORE_FLOOR,
        signal.hybrid_score,
        policy.hybrid_floor_score,
        passed=signal.hybrid_score >= policy.hybrid_floor_score,
    )
    yield ruled(rule.LOCKED, passed=facts.locked is False)
    yield from _prices(signal, facts, policy)
    yield from _account(facts, policy)
    yield from _likeness(facts.holdings or (), facts, policy)


def _switches(facts: AutoFacts) -> Iterator[Check]:
    yield from flags(Side.BUY, facts)
    yield ruled(rule.PAUSE, passed=not facts.up(Flag.PAUSE))
    yield ruled(rule.BUS, passed=facts.bus_alive)
    yield ruled(rule.LOSS_LATCH, passed=not facts.loss_latched)


def _moment(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    age, most = (facts.now - signal.at).total_seconds(), policy.signal_age_seconds
    # a signal from ahead of our clock is as wrong as an old one
    yield ruled(
        rule.AGE,
        value=ceil(age) if age > 0 else floor(age),
        limit=most,
        passed=abs(age) <= most,
    )
    yield trading_day(facts)
    yield ruled(rule.BREAKER, passed=not facts.market_halted)
    hours, now = facts.session, facts.now.astimezone(KST)
    if hours is not None:
        yield ruled(
            rule.ENTRY_HOURS,
            value=f"{now:%H:%M:%S}",
            limit=f"{hours.open:%H:%M}–{hours.last_entry:%H:%M}",
            passed=hours.open <= now < hours.last_entry,
        )


def _signal(signal: Signal, facts: AutoFacts) -> Iterator[Check]:
    yield ruled(rule.TAKEN, passed=facts.taken is False)
    open_to_buy = signal.is_tradable and signal.tier is not TradeTier.BLOCKED
    yield ruled(rule.TRADABLE, value=signal.tier.value, passed=open_to_buy)
    yield ruled(rule.TAG_KNOWN, passed=facts.risk_tag is not None)


def _macro(signal: Signal, facts: AutoFacts) -> Iterator[Check]:
    context = facts.context
    yield ruled(rule.CONTEXT, passed=context is not None)
    if context is not None:
        group, level = signal.sector_group, context.throttle
        yield ruled(rule.AVOIDED, value=group, passed=group not in context.avoid_sectors)
        yield ruled(rule.THROTTLE, value=level.value, passed=level not in NO_BUYS)


def _holdings(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    bought, most = facts.bought_today, policy.max_day_buys
    known = bought is not None and facts.ordered_today is not None
    yield ruled(rule.DAY_KNOWN, passed=known)
    yield ruled(
        rule.DAY_BUYS, value=bought, limit=most, passed=bought is not None and bought < most
    )
    yield ruled(rule.HELD_KNOWN, passed=facts.holdings is not None)
    if facts.holdings is not None and facts.context is not None:
        count, most = len(facts.holdings), min(policy.max_holdings, facts.context.max_positions)
        yield ruled(rule.MAX_HELD, value=count, limit=most, passed=count < most)
        held = any(h.code == signal.code for h in facts.holdings)
        yield ruled(rule.HELD, passed=not held)


def _past(facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    past = facts.past
    yield ruled(rule.PAST_KNOWN, passed=past is not None)
    if past is not None:
        rebuy, sold = timedelta(minutes=policy.rebuy_minutes), timedelta(hours=policy.sold_hours)
        yield _rested(rule.JUST_BOUGHT, past.bought_at, facts.now, rebuy)
        yield _rested(rule.JUST_SOLD, past.sold_at, facts.now, sold)
        yield _stopped_out(past, facts, policy)


def _rested(which: Rule, since: datetime | None, now: datetime, wait: timedelta) -> Check:
    ago = None if since is None else now - since
    return ruled(
        which,
        value=None if ago is None else int(ago.total_seconds()),
        limit=int(wait.total_seconds()),
        passed=ago is None or ago >= wait,
    )


def _stopped_out(past: Past, facts: AutoFacts, policy: AutoPolicy) -> Check:
    at, least = past.stopped_at, policy.stop_rest_days
    days = None if at is None else trading_days_since(at, facts.now, facts.calendar)
    return ruled(rule.STOPPED_OUT, value=days, limit=least, passed=days is None or days >= least)


def _prices(signal: Signal, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    quote = facts.quote
    known = quote is not None and quote.price > 0 and quote.base_price > 0
    yield ruled(rule.QUOTE, passed=known)
    if quote is not None:
        yield from security(Side.BUY, facts.stock, quote)
        most = signal.price + part(signal.price, policy.chase_pct)
        yield ruled(rule.CHASE, value=quote.price, limit=most, passed=quote.price <= most)
        yield from _near_the_top(quote, facts, policy)
        limit = entry_price(signal, facts.stock, policy)
        yield ruled(rule.ENTRY_PRICE, value=limit, limit=signal.price, passed=limit > 0)


def _near_the_top(quote: Quote, facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    rise = (quote.price / quote.base_price - 1.0) * 100.0
    most = quote.base_price - part(-quote.base_price, policy.top_change_pct)
    yield measured(rule.TOP_CHANGE, rise, policy.top_change_pct, passed=quote.price < most)
    top = top_price(quote, facts.stock, facts.now.astimezone(KST).date(), policy)
    if top is not None:
        yield ruled(rule.TOP_PRICE, value=quote.price, limit=top, passed=quote.price < top)


def _account(facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    held = facts.holdings or ()
    yield ruled(rule.VALUED, passed=all(h.price for h in held))
    yield ruled(rule.PROTECTED, passed=all(h.protective is not None for h in held))
    known = facts.cash is not None and facts.buying_power is not None
    yield ruled(CASH_KNOWN, passed=known)
    if facts.wealth is not None:
        total, closing = facts.wealth.total, facts.closing_equity or 0
        yield ruled(rule.TOTAL, value=total, limit=0, passed=total > 0)
        yield ruled(rule.CLOSE_KNOWN, passed=closing > 0)
        yield ruled(
            rule.DAY_LOSS,
            value=total - closing - facts.deposits,
            limit=part(-closing, policy.daily_loss_pct),
            passed=not loss_reached(total, closing, facts.deposits, policy),
        )


def _likeness(holdings: tuple[Held, ...], facts: AutoFacts, policy: AutoPolicy) -> Iterator[Check]:
    most, block = most_alike_ratio(holdings, facts.correlation), policy.correlation_block_ratio
    yield measured(rule.CORRELATION, most, block, passed=most is None or most < block)
    if not all_known(holdings, facts.correlation):
        factor = correlation_factor(holdings, facts.correlation, policy)
        yield measured(rule.CORRELATION_UNKNOWN, factor)
