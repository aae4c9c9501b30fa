"""The one door through which orders leave, and the order book of this home."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jennie_cli.engine.broker import Account, Notices, Orders
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.execution.calling import Caller
from jennie_cli.engine.execution.failures import NotRecovered
from jennie_cli.engine.execution.journal import Journal
from jennie_cli.engine.execution.policy import ExecutionPolicy
from jennie_cli.engine.execution.reconciling import Reconciler, Reconciliation
from jennie_cli.engine.execution.recovering import Recovery
from jennie_cli.engine.execution.sending import Sender
from jennie_cli.engine.execution.watching import Watch
from jennie_cli.engine.model import Notice, Order
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import ApprovedChange, ApprovedOrder
from jennie_cli.engine.store import Ledger, LedgerEvent
from jennie_cli.engine.venue import Calendar


class Execution:
    """Sends stamped orders and keeps their story, together with other processes of the home."""

    def __init__(
        self,
        *,
        orders: Orders,
        account: Account,
        ledger: Ledger,
        clock: Clock,
        calendar: Calendar,
        policy: ExecutionPolicy,
        costs: Costs | None = None,
    ) -> None:
        """Nothing can be sent before `recover`. `costs` are needed to compare cash."""
        journal = Journal(ledger)
        caller = Caller(journal, clock, call_seconds=policy.call_seconds)
        watch = Watch(
            orders=orders,
            journal=journal,
            caller=caller,
            clock=clock,
            calendar=calendar,
            policy=policy,
        )
        self._sender = Sender(
            orders=orders,
            journal=journal,
            caller=caller,
            watch=watch,
            clock=clock,
            cancel_tries=policy.cancel_tries,
        )
        self._reconciler = Reconciler(
            account=account, journal=journal, watch=watch, clock=clock, costs=costs or Costs()
        )
        self._journal = journal
        self._watch = watch
        self._clock = clock
        self._every = timedelta(seconds=policy.reconcile_seconds)
        self._compared: datetime | None = None

    @property
    def ready(self) -> bool:
        """Whether the ledger was compared with the broker, so that orders may be sent."""
        return self._compared is not None

    async def recover(self) -> Recovery:
        """Read ledger and broker, settle what is lost, compare; orders may be sent after it.

        An account met for the first time is taken over. Raises BrokerUnavailable, and then
        nothing has changed and nothing may be sent.
        """
        await self._reconciler.baseline()
        found = await self.reconcile()
        docket = self._journal.docket
        orders = tuple(docket.order(d.order_id) for d in docket.live())
        return Recovery(
            reconciliation=found,
            live=orders,
            unknown=tuple(o for o in orders if o.state.fate_open),
        )

    async def tend(self) -> Reconciliation | None:
        """Do one round of upkeep: settle, and now and then compare. Returns a comparison made.

        Raises BrokerUnavailable, and then nothing has changed.
        """
        if self._compared is None or self._clock.now() - self._compared >= self._every:
            return await self.reconcile()
        await self._watch.resolve()
        return None

    async def send(self, approved: ApprovedOrder) -> Order:
        """Place an order once, whatever happens; the answer may be UNKNOWN.

        An order already in the ledger is returned and not sent again. Raises NotRecovered, and
        CodeLocked for an automatic order while another of its code has no known outcome.
        """
        self._need_recovery()
        return await self._sender.place(approved)

    async def modify(self, change: ApprovedChange) -> Order:
        """Give the open rest of an order a new price. Raises NothingOpen or OutcomeUnknown."""
        self._need_recovery()
        return await self._sender.modify(change)

    async def cancel(self, order_id: str, qty: int | None = None) -> Order:
        """Take back `qty` shares or all of the open rest. Raises NothingOpen or OutcomeUnknown."""
        self._need_recovery()
        return await self._sender.cancel(order_id, qty)

    async def settle(
        self, order_id: str, seconds: int, *, quiet_seconds: int | None = None
    ) -> Order:
        """Wait for at most `seconds` until an order is final, and return it as it stands.

        With `quiet_seconds`, one that rests in the book unchanged for that long is returned too.
        """
        return await self._watch.settle(order_id, seconds, quiet_seconds=quiet_seconds)

    def hear(self, notice: Notice) -> None:
        """Write down what the broker pushed; repeats are passed over."""
        self._watch.hear(notice)

    async def listen(self, notices: Notices) -> None:
        """Hear notices for as long as they come."""
        async for notice in notices.notices():
            self._watch.hear(notice)

    async def refresh(self) -> None:
        """Read the broker's records. Raises BrokerUnavailable; then nothing has changed."""
        await self._watch.refresh()

    async def resolve(self) -> None:
        """Read the records and settle lost calls, foreign numbers and days that are over.

        Raises BrokerUnavailable; then nothing has changed.
        """
        await self._watch.resolve()

    async def reconcile(self, *, apply: bool = False) -> Reconciliation:
        """Compare ledger and account; with `apply`, take the account's figures over.

        Raises BrokerUnavailable (nothing has changed), HoldingsVanished and RecordsUnsettled.
        """
        found = await self._reconciler.reconcile(apply=apply)
        self._compared = self._clock.now()
        return found

    async def divide(self, base_ratio: Mapping[str, Sequence[float]]) -> Reconciliation:
        """Compare; take over the shares of stocks whose base price an ex-date changed by a ratio.

        Raises BrokerUnavailable (nothing has changed) and RecordsUnsettled.
        """
        found = await self._reconciler.divide(base_ratio)
        self._compared = self._clock.now()
        return found

    def book(self) -> Mapping[str, Order]:
        """Return every order by id, oldest first, other processes' included."""
        return self._journal.sync().orders()

    def events(self) -> tuple[LedgerEvent, ...]:
        """Return every event of the ledger, oldest first, other processes' included."""
        self._journal.sync()
        return self._journal.events()

    def order(self, order_id: str) -> Order:
        """Return one order. Raises NoSuchOrder."""
        return self._watch.find(order_id)

    def _need_recovery(self) -> None:
        if not self.ready:
            raise NotRecovered
