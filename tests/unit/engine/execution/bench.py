"""A desk for tests: one account at the twin, one ledger, and executions that start over on it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from jennie_cli.engine.broker import MEMORY, MemoryBroker, OrderTicket
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.execution import Docket, Execution, ExecutionPolicy
from jennie_cli.engine.model import Market, Order, OrderIntent, OrderType, Side, Stock
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import ApprovedChange, ApprovedOrder
from jennie_cli.engine.store import LedgerEvent, MemoryLedger, Recorded
from jennie_cli.engine.venue import default_calendar

DAY = date(2026, 6, 16)
TEN = datetime(2026, 6, 16, 10, tzinfo=KST)
CODE, OTHER = "005930", "000660"
PRICE = 10_000
POLICY = ExecutionPolicy()
COSTS = Costs(listing=lambda code: Stock(code=code, name=code, market=Market.KOSPI))


class Killed(BaseException):
    """The process is gone at this very point."""


class SteppedClock(ManualClock):
    """A clock that somebody, such as the machine's time service, sets right while it runs."""

    def set_back(self, seconds: float) -> None:
        """Tell an earlier time from now on; what has passed has passed."""
        self._now -= timedelta(seconds=seconds)


class Bench:
    """Broker, ledger and clock of one home; `start` is a new process on them."""

    def __init__(self, **broker: Any) -> None:
        """Open at ten in the morning of a trading day."""
        self.clock = SteppedClock(TEN)
        self.ledger = CountingLedger()
        self.broker = MemoryBroker(self.clock, **{"capabilities": MEMORY, **broker})
        self.made = 0

    async def start(self, *, recover: bool = True, fuse: "Fuse | None" = None) -> Execution:
        """Return a new process's execution, recovered; with a fuse it dies on the way."""
        self.ledger.fuse = fuse
        broker: Any = FusedBroker(self.broker, fuse) if fuse else self.broker
        execution = Execution(
            orders=broker,
            account=broker,
            ledger=self.ledger,
            clock=self.clock,
            calendar=default_calendar(),
            policy=POLICY,
            costs=COSTS,
        )
        self.broker.on_notice = execution.hear
        if recover:
            await execution.recover()
        return execution

    def bury(self) -> None:
        """Let nothing of a dead process hear or write any more, and nothing fail."""
        self.ledger.fuse = None
        self.broker.on_notice = None
        self.broker.faults.clear()

    def approved(self, side: Side = Side.BUY, qty: int = 100, **changes: Any) -> ApprovedOrder:
        """Return a stamped order, by default a limit buy at 10,000 won by hand."""
        self.made += 1
        dry_run = bool(changes.pop("dry_run", False))
        fields: dict[str, Any] = {
            "order_id": f"T{self.made}",
            "code": CODE,
            "side": side,
            "type": OrderType.LIMIT,
            "qty": qty,
            "price": PRICE,
        }
        intent = OrderIntent(**{**fields, **changes})
        return ApprovedOrder(intent=intent, checks=(), at=self.clock.now(), dry_run=dry_run)

    def change(self, order: Order, price: int) -> ApprovedChange:
        """Return a stamped change of an order's open rest."""
        return ApprovedChange(
            order_id=order.order_id,
            qty=order.open_qty,
            price=price,
            checks=(),
            at=self.clock.now(),
        )

    def portfolio(self) -> Portfolio:
        """Return what the ledger says is held."""
        return fold(self.events(), COSTS)

    def events(self) -> tuple[LedgerEvent, ...]:
        """Return every event of the ledger."""
        return tuple(r.event for r in self.ledger.read())

    async def agrees(self, execution: Execution) -> None:
        """Assert that ledger and broker tell one story: shares, costs, cash, and each fill."""
        found = await execution.reconcile()
        assert () == found.differences
        told: Counter[tuple[str, int]] = Counter()
        for booked in self.portfolio().booked:
            told[booked.fill.broker_id, 0] += booked.fill.qty
            told[booked.fill.broker_id, 1] += booked.fill.amount
        true: Counter[tuple[str, int]] = Counter()
        for e in self.broker.executions():
            true[str(e.number), 0] += e.qty
            true[str(e.number), 1] += e.qty * e.price
        assert true == told

    def strict(self) -> Docket:
        """Return the ledger folded anew; what cannot be raises."""
        docket = Docket(strict=True)
        for event in self.events():
            docket.take(event)
        return docket


class CountingLedger(MemoryLedger):
    """A ledger at which the process can be killed, before or after a write."""

    def __init__(self) -> None:
        """Let everything through."""
        super().__init__()
        self.fuse: Fuse | None = None

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events unless the process dies first."""
        if self.fuse:
            self.fuse.burn()
        kept = super().append(events)
        if self.fuse:
            self.fuse.burn()
        return kept


class Fuse:
    """Kills the process at the n-th boundary it comes to."""

    def __init__(self, steps: int) -> None:
        """`steps` boundaries are passed before the end."""
        self.left = steps

    def burn(self) -> None:
        """Come to a boundary."""
        if not self.left:
            raise Killed
        self.left -= 1


class FusedBroker:
    """A broker whose calls are boundaries: the process may die before one is sent or answered."""

    def __init__(self, broker: MemoryBroker, fuse: Fuse) -> None:
        """Wrap a twin."""
        self._broker = broker
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._broker, name)
        if name == "capabilities":
            return whole

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.burn()
            answer = await whole(*args, **kwargs)
            self._fuse.burn()
            return answer

        return call


def ticket(side: Side = Side.BUY, qty: int = 100, price: int = PRICE) -> OrderTicket:
    """Return an order as the owner makes it in another app."""
    return OrderTicket(code=CODE, side=side, type=OrderType.LIMIT, qty=qty, price=price)


def later(seconds: int) -> datetime:
    """Return a moment after the start of the bench."""
    return TEN + timedelta(seconds=seconds)
