"""What the day's own orders say to the next one: won already ordered, and orders like it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Order, OrderIntent, OrderState, Side
from jennie_cli.engine.rules.orders import ORDER_CAP
from jennie_cli.engine.store import Intended, LedgerEvent, Lost, NeverSent, Taken, TurnedDown
from jennie_cli.engine.trading.failures import AmbiguousOrder, UnknownOrder

MANUAL = "MANUAL"
_NEVER_LEFT = frozenset({OrderState.REJECTED, OrderState.NOT_SENT})


def stamped_worths(events: Iterable[LedgerEvent]) -> dict[str, int]:
    """Return by order id the won at which each buy was stamped."""
    return {
        e.intent.order_id: int(check.value)
        for e in events
        if isinstance(e, Intended)
        for check in e.checks
        if check.rule == ORDER_CAP.id and isinstance(check.value, int | float)
    }


def ordered_on(day: date, orders: Iterable[Order], worths: Mapping[str, int]) -> int:
    """Return the won bought by hand on a day: what was filled and what may still be."""
    return sum(
        committed(o, worths)
        for o in orders
        if o.side is Side.BUY and o.reason == MANUAL and _day(o.created_at) == day
    )


def last_similar(intent: OrderIntent, orders: Iterable[Order]) -> datetime | None:
    """Return when the last order of the same stock, side and quantity was made, None if never.

    What never reached the broker is no repetition.
    """
    wanted = (intent.code, intent.side, intent.qty)
    alike = (o for o in orders if (o.code, o.side, o.qty) == wanted)
    return max((o.created_at for o in alike if o.state not in _NEVER_LEFT), default=None)


def find_order(asked: str, orders: Iterable[Order]) -> Order:
    """Return the order with this id, start of an id, or broker number; the newest of a number.

    Raises UnknownOrder, or AmbiguousOrder with the ids that fit.
    """
    known = sorted(orders, key=lambda o: o.created_at)
    exact = [o for o in known if o.order_id == asked]
    number = asked.lstrip("0")
    by_number = [o for o in known if number in o.broker_ids][-1:]
    fit = exact or by_number or [o for o in known if asked and o.order_id.startswith(asked)]
    if not fit:
        raise UnknownOrder(asked)
    if len(fit) > 1:
        raise AmbiguousOrder(asked, [o.order_id for o in fit])
    return fit[0]


def refused_by_broker(order_id: str, events: Iterable[LedgerEvent]) -> str:
    """Return the broker's words when it turned down the last call of an order, else ""."""
    outcomes = [
        e
        for e in events
        if isinstance(e, Taken | TurnedDown | Lost | NeverSent) and e.order_id == order_id
    ]
    last = outcomes[-1] if outcomes else None
    return last.text if isinstance(last, TurnedDown) else ""


def committed(order: Order, worths: Mapping[str, int]) -> int:
    """Return the won an order to buy has paid and may still pay, before fees.

    `worths` tells what orders at market were stamped at, by order id.
    """
    if not order.open_qty:
        return order.filled_amount
    if order.price is not None:
        return order.filled_amount + order.open_qty * order.price
    return max(order.filled_amount, worths.get(order.order_id, 0))


def _day(at: datetime) -> date:
    return at.astimezone(KST).date()
