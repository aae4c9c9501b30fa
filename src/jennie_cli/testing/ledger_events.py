"""One event of every kind with every field used, for exams and tests of ledgers."""

from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import (
    BrokerOrder,
    Notice,
    NoticeKind,
    OrderIntent,
    OrderType,
    Side,
    Venue,
)
from jennie_cli.engine.rules import Check
from jennie_cli.engine.store import (
    Act,
    CashSet,
    CostSeen,
    DayEnded,
    Evidence,
    Flagged,
    Foreign,
    Intended,
    LedgerEvent,
    Lost,
    NeverSent,
    NoticeSeen,
    PositionSet,
    RowSeen,
    Sending,
    Taken,
    TurnedDown,
)

_DAY = date(2026, 3, 3)
_OPEN = datetime(2026, 3, 3, 9, 0, tzinfo=KST)
_CHECKS = (
    Check(rule="order.cash", value=995_000, limit=1_000_000.5, unit="won", passed=True),
    Check(rule="order.side", value="buy", limit=None, unit="", passed=True),
)


def _at(milliseconds: int) -> datetime:
    return _OPEN + timedelta(milliseconds=milliseconds)


def every_event() -> tuple[LedgerEvent, ...]:
    """Return a story in fourteen events: an order bought and modified, and one made elsewhere."""
    return (*_calls(), *_failures(), *_evidence(), *_decisions())


def order_events(order_id: str, broker_id: str, *, code: str = "005930") -> tuple[LedgerEvent, ...]:
    """Return the life of a market order of 10 shares that filled at 70,000 won."""
    intent = OrderIntent(order_id=order_id, code=code, side=Side.BUY, type=OrderType.MARKET, qty=10)
    call = f"{order_id}/1"
    return (
        Intended(at=_at(0), intent=intent, checks=_CHECKS),
        Sending(
            at=_at(1), order_id=order_id, call_id=call, act=Act.PLACE, qty=intent.qty, price=None
        ),
        Taken(
            at=_at(2),
            order_id=order_id,
            call_id=call,
            act=Act.PLACE,
            broker_id=broker_id,
            branch="00950",
            day=_DAY,
            how=Evidence.REPLY,
        ),
        NoticeSeen(at=_at(3), notice=_notice(broker_id, code=code)),
    )


def _notice(broker_id: str, *, code: str = "005930", original_id: str | None = None) -> Notice:
    return Notice(
        kind=NoticeKind.FILLED,
        broker_id=broker_id,
        original_id=original_id,
        code=code,
        side=Side.BUY,
        qty=10,
        price=70_000,
        order_qty=10,
        at=_OPEN,
    )


def _calls() -> tuple[LedgerEvent, ...]:
    intent = OrderIntent(
        order_id="o1",
        code="005930",
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=10,
        price=70_000,
        venue=Venue.KRX,
        reason="MANUAL",
        strategy="GOLDEN_CROSS",
    )
    return (
        Intended(at=_at(0), intent=intent, checks=_CHECKS, dry_run=False),
        Sending(
            at=_at(1),
            order_id="o1",
            call_id="c1",
            act=Act.MODIFY,
            qty=10,
            price=70_000,
            target="41",
        ),
        Taken(
            at=_at(2),
            order_id="o1",
            call_id="c1",
            act=Act.MODIFY,
            broker_id="42",
            branch="00950",
            day=_DAY,
            how=Evidence.RECORDS,
        ),
    )


def _failures() -> tuple[LedgerEvent, ...]:
    return (
        TurnedDown(
            at=_at(3),
            order_id="o1",
            call_id="c2",
            act=Act.CANCEL,
            broker_code="APBK0927",
            text='정정취소 가능수량이 없습니다. "0"\n',
        ),
        Lost(at=_at(4), order_id="o1", call_id="c3", act=Act.CANCEL, text="timeout"),
        NeverSent(at=_at(5), order_id="o1", call_id="c3", act=Act.CANCEL, text="60 s silent"),
    )


def _evidence() -> tuple[LedgerEvent, ...]:
    row = BrokerOrder(
        broker_id="42",
        branch="00950",
        day=_DAY,
        ordered_at=_OPEN,
        code="005930",
        side=Side.BUY,
        type=OrderType.LIMIT,
        qty=20,
        price=70_000,
        filled_qty=10,
        filled_amount=700_000,
        remaining_qty=6,
        cancelled_qty=3,
        rejected_qty=1,
        original_id="41",
        cancels=True,
        venue=Venue.SOR,
    )
    return (
        NoticeSeen(at=_at(6), notice=_notice("42", original_id="41")),
        RowSeen(at=_at(7), row=row),
    )


def _decisions() -> tuple[LedgerEvent, ...]:
    return (
        Foreign(at=_at(8), broker_id="77", day=_DAY),
        Flagged(at=_at(9), order_id="o1", text="two rows fit"),
        DayEnded(at=_at(10), day=_DAY),
        CashSet(at=_at(11), amount=100_000_000, text="start"),
        PositionSet(at=_at(12), code="000660", qty=3, cost=600_001, text="split"),
        CostSeen(at=_at(13), code="000660", qty=3, cost=600_002),
    )
