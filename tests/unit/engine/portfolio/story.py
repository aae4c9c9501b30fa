"""Short ways to write evidence, for the tests of the portfolio."""

from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import BrokerOrder, Notice, NoticeKind, OrderType, Side
from jennie_cli.engine.store import (
    Act,
    CashSet,
    CostSeen,
    Evidence,
    Foreign,
    NoticeSeen,
    PositionSet,
    RowSeen,
    Taken,
)

DAY = date(2026, 3, 3)
OPEN = datetime(2026, 3, 3, 9, 0, tzinfo=KST)
CODE = "005930"


def at(second: float, *, day: date = DAY) -> datetime:
    """Return a moment in seconds after nine."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=KST) + timedelta(seconds=second)


def filled(
    number: str,
    qty: int,
    price: int,
    *,
    second: float = 0,
    side: Side = Side.BUY,
    code: str = CODE,
    seen: float | None = None,
    day: date = DAY,
) -> NoticeSeen:
    """A notice of one execution."""
    notice = Notice(
        kind=NoticeKind.FILLED,
        broker_id=number,
        original_id=None,
        code=code,
        side=side,
        qty=qty,
        price=price,
        order_qty=qty,
        at=at(int(second), day=day),
    )
    return NoticeSeen(at=at(second if seen is None else seen, day=day), notice=notice)


def row(
    number: str,
    qty: int,
    amount: int,
    *,
    second: float = 0,
    side: Side = Side.BUY,
    code: str = CODE,
    day: date = DAY,
    ordered: float = 0,
) -> RowSeen:
    """A row of the records that shows this much filled, read at `second`."""
    order = BrokerOrder(
        broker_id=number,
        branch="00950",
        day=day,
        ordered_at=at(ordered, day=day),
        code=code,
        side=side,
        type=OrderType.MARKET,
        qty=1000,
        price=None,
        filled_qty=qty,
        filled_amount=amount,
        remaining_qty=1000 - qty,
    )
    return RowSeen(at=at(second, day=day), row=order)


def taken(
    number: str,
    order_id: str,
    *,
    how: Evidence = Evidence.REPLY,
    act: Act = Act.PLACE,
    day: date = DAY,
) -> Taken:
    """The broker took a call of one of our orders."""
    return Taken(
        at=at(0, day=day),
        order_id=order_id,
        call_id=f"{order_id}/{number}",
        act=act,
        broker_id=number,
        branch="00950",
        day=day,
        how=how,
    )


def foreign(number: str, *, day: date = DAY) -> Foreign:
    """None of our calls explains this number."""
    return Foreign(at=at(5, day=day), broker_id=number, day=day)


def cash(amount: int, *, second: float = -3600) -> CashSet:
    """Cash taken over from the broker."""
    return CashSet(at=at(second), amount=amount, text="start")


def holding(qty: int, cost: int, *, second: float = -3600, code: str = CODE) -> PositionSet:
    """A position taken over from the broker."""
    return PositionSet(at=at(second), code=code, qty=qty, cost=cost, text="start")


def cost_seen(qty: int, cost: int, *, second: float, code: str = CODE) -> CostSeen:
    """The broker's cost of a position."""
    return CostSeen(at=at(second), code=code, qty=qty, cost=cost)
