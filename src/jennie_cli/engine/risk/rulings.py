"""Each question that the stamp asks, answered as a Check with its figure and its limit."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import (
    Flag,
    OrderIntent,
    SecurityKind,
    Side,
    Stock,
    StockStatus,
    Venue,
)
from jennie_cli.engine.risk.facts import Moment
from jennie_cli.engine.risk.policy import RiskPolicy
from jennie_cli.engine.rules import Check, Rule
from jennie_cli.engine.rules import orders as rule
from jennie_cli.engine.venue import round_down, round_up

_BEYOND_KRX = (time(8), time(20))
"""NXT takes orders from its pre-market to its after-market, 08:00-20:00 (nextrade.co.kr)."""

_FUNDS = frozenset({SecurityKind.ETF, SecurityKind.ETN})


def ruled(
    which: Rule,
    *,
    passed: bool,
    value: int | str | None = None,
    limit: int | str | None = None,
) -> Check:
    """Return the answer of one rule."""
    return Check(rule=which.id, value=value, limit=limit, unit=which.unit, passed=passed)


def asked(checks: Iterable[Check]) -> tuple[tuple[Check, ...], bool]:
    """Return the checks up to the first failure, and whether there was none."""
    answers = []
    for check in checks:
        answers.append(check)
        if not check.passed:
            return tuple(answers), False
    return tuple(answers), True


def flags(side: Side, facts: Moment) -> Iterator[Check]:
    """Ask the flags: a buy needs to know them and no freeze; a sale is only told of them."""
    sells = side is Side.SELL
    yield ruled(rule.FLAGS_KNOWN, passed=sells or facts.flags is not None)
    yield ruled(rule.STOP, passed=sells or not facts.up(Flag.STOP))


def way_in(intent: OrderIntent, facts: Moment) -> Iterator[Check]:
    """Ask whether the broker takes this kind of order to this place."""
    yield ruled(
        rule.VENUE,
        value=intent.venue.value,
        limit="·".join(facts.venues),
        passed=intent.venue in facts.venues,
    )
    yield ruled(
        rule.TYPE,
        value=intent.type.value,
        limit="·".join(facts.types),
        passed=intent.type in facts.types,
    )


def trading_day(facts: Moment) -> Check:
    """Ask whether the exchange is known to open today."""
    day = facts.now.astimezone(KST).date()
    return ruled(rule.DAY, value=day.isoformat(), passed=facts.session is not None)


def market_hours(venue: Venue, facts: Moment) -> Iterator[Check]:
    """Ask whether the venue takes orders now. On KRX both auctions do, as the session between."""
    hours, now = facts.session, facts.now.astimezone(KST)
    day = now.date()
    yield trading_day(facts)
    if hours is not None:
        opens, closes = hours.opening_auction_start, hours.close
        if venue is not Venue.KRX:
            opens, closes = (datetime.combine(day, t, KST) for t in _BEYOND_KRX)
        yield ruled(
            rule.PHASE,
            value=f"{now:%H:%M:%S}",
            limit=f"{opens:%H:%M}–{closes:%H:%M}",
            passed=opens <= now < closes,
        )


def security(side: Side, stock: Stock, quote: Quote) -> Iterator[Check]:
    """Ask whether this paper may be bought; what is held may always be sold."""
    if side is Side.SELL:
        return
    kind, status = stock.kind, quote.status
    yield ruled(rule.KIND, value=kind.value, passed=kind not in _FUNDS)
    yield ruled(rule.HALTED, passed=status is not StockStatus.HALTED)
    yield ruled(rule.LIQUIDATION, passed=status is not StockStatus.LIQUIDATION)


def prices(side: Side, price: int, facts: Moment, quote: Quote) -> Iterator[Check]:
    """Ask whether the exchange has such a price; `limit` of the tick is the nearest it has."""
    stock, day = facts.stock, facts.now.date()
    nearest = (round_down if side is Side.BUY else round_up)(
        price, market=stock.market, on=day, kind=stock.kind
    )
    yield ruled(rule.TICK, value=price, limit=nearest, passed=price == nearest)
    if quote.upper_limit:  # 정리매매 has no limits
        yield ruled(
            rule.UPPER, value=price, limit=quote.upper_limit, passed=price <= quote.upper_limit
        )
        yield ruled(
            rule.LOWER, value=price, limit=quote.lower_limit, passed=price >= quote.lower_limit
        )


def funds(intent: OrderIntent, facts: Moment) -> Iterator[Check]:
    """Ask whether the shares are there to be sold, or the cash to buy them without a receivable."""
    if intent.side is Side.SELL:
        sellable = facts.sellable or 0
        yield ruled(rule.SELLABLE, value=intent.qty, limit=sellable, passed=intent.qty <= sellable)
        return
    power = facts.buying_power
    yield ruled(rule.CASH_KNOWN, passed=power is not None)
    most = power.qty if power else 0
    yield ruled(rule.CASH, value=intent.qty, limit=most, passed=intent.qty <= most)


def order_cap(worth: int, policy: RiskPolicy) -> Check:
    """Ask the cap of one buy worth `worth` won."""
    cap = policy.manual_order_cap
    return ruled(rule.ORDER_CAP, value=worth, limit=cap, passed=worth <= cap)


def day_cap(of_day: int, policy: RiskPolicy) -> Check:
    """Ask the cap of a day on which `of_day` won would be bought by hand."""
    cap = policy.manual_day_cap
    return ruled(rule.DAY_CAP, value=of_day, limit=cap, passed=of_day <= cap)


def measured(
    which: Rule,
    value_points: float | None,
    limit_points: float | str | None = None,
    *,
    passed: bool = True,
) -> Check:
    """Return the answer of a rule that judges by a factor, a ratio or a score."""
    return Check(
        rule=which.id, value=value_points, limit=limit_points, unit=which.unit, passed=passed
    )
