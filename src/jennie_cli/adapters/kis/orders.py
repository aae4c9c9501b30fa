"""Orders at KIS: bodies as its ledger wants them, rows of its records as broker orders."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from jennie_cli.adapters.kis.answers import (
    Row,
    UnreadableAnswer,
    checked,
    only_row,
    ordered,
    pages,
    rows,
)
from jennie_cli.adapters.kis.caller import AccountNumber, Caller
from jennie_cli.adapters.kis.orders_rows import day_row, open_row
from jennie_cli.engine.broker import (
    Acknowledged,
    BrokerUnavailable,
    Capabilities,
    OrderTicket,
)
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.model import BrokerOrder, OrderType, Side, Venue
from jennie_cli.kis_wire import TRS, Tr
from jennie_cli.kis_wire.codes import DIVISIONS, ChangeDivision, ExchangeId
from jennie_cli.kis_wire.text import day_text, number_of, number_on_wire

_ORDINARY_SALE = "01"


class OrderRowsMissing(UnreadableAnswer):
    """The broker counts orders but lists none of them; paper trading has done so."""

    code = "order_rows_missing"


class KisOrders:
    """The port `broker.Orders` over one account at KIS."""

    def __init__(
        self,
        caller: Caller,
        account: AccountNumber,
        clock: Clock,
        *,
        hears: Callable[[], bool] = lambda: True,
    ) -> None:
        """`clock` tells the day that KIS leaves out of its answers; `hears` whether somebody
        listens to the notices of the account now.
        """
        self._caller = caller
        self._account = account
        self._clock = clock
        self._hears = hears
        self._lists_rows = True

    @property
    def capabilities(self) -> Capabilities:
        """Say what the host can do; `order_rows` is gone once KIS listed none of its orders."""
        paper = self._caller.paper
        return Capabilities(
            name="kis-paper" if paper else "kis",
            open_orders=not paper,
            order_rows=self._lists_rows,
            sellable=not paper,
            notices=self._hears(),
            venues=(Venue.KRX,) if paper else tuple(Venue),
        )

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Send a new order, once."""
        tr = TRS["order_sell" if ticket.side is Side.SELL else "order_buy"]
        body = self._account.fields() | {
            "PDNO": ticket.code,
            "ORD_DVSN": DIVISIONS[ticket.type],
            "ORD_QTY": str(ticket.qty),
            "ORD_UNPR": str(ticket.price or 0),
            "EXCG_ID_DVSN_CD": ticket.venue,
            "SLL_TYPE": _ORDINARY_SALE if ticket.side is Side.SELL else "",
        }
        return await self._send(tr, body)

    async def modify(
        self, row: Acknowledged, ticket: OrderTicket, *, price: int, qty: int
    ) -> Acknowledged:
        """Give the open rest a new price; `qty` of the whole ticket or more means all of the rest.

        KIS leaves what `qty` does not cover working under the old number.
        """
        change = {
            "ORD_DVSN": DIVISIONS[OrderType.LIMIT],
            "RVSE_CNCL_DVSN_CD": ChangeDivision.MODIFY,
            "ORD_UNPR": str(price),
        }
        return await self._change(row, ticket, qty, change)

    async def cancel(self, row: Acknowledged, ticket: OrderTicket, *, qty: int) -> Acknowledged:
        """Take back `qty` of the rest; `qty` of the whole ticket or more means all of it."""
        change = {
            "ORD_DVSN": DIVISIONS[ticket.type],
            "RVSE_CNCL_DVSN_CD": ChangeDivision.CANCEL,
            "ORD_UNPR": "0",
        }
        return await self._change(row, ticket, qty, change)

    async def orders(self, day: date) -> tuple[BrokerOrder, ...]:
        """Return every order of a day, oldest first, ours or not."""
        tr = TRS["day_orders"]
        found: dict[str, BrokerOrder] = {}
        counted = 0
        async for reply in pages(self._caller, tr, ordered(tr, self._of_day(day))):
            for row in rows(tr, reply, "output1"):
                _keep(found, day_row(row))
            counted = max(counted, *(_counted(row) for row in rows(tr, reply, "output2")), 0)
        if counted and not found:
            self._lists_rows = False
            raise OrderRowsMissing(
                f"KIS counts {counted} shares ordered on {day} but lists no order.",
                hint="Look at the orders in the KIS app; paper trading sometimes lists none.",
            )
        return _oldest_first(found)

    async def open_orders(self) -> tuple[BrokerOrder, ...]:
        """Return the orders that can still be changed; paper trading cannot tell."""
        if self._caller.paper:
            raise BrokerUnavailable(
                "Paper trading has no list of open orders.", hint="Read the orders of the day."
            )
        tr = TRS["open_orders"]
        today = self._clock.now().date()
        query = self._account.fields() | {"INQR_DVSN_1": "0", "INQR_DVSN_2": "0"}
        found: dict[str, BrokerOrder] = {}
        async for reply in pages(self._caller, tr, ordered(tr, query)):
            for row in rows(tr, reply, "output"):
                _keep(found, open_row(row, today))
        return _oldest_first(found)

    def _of_day(self, day: date) -> dict[str, str]:
        venue = ExchangeId.KRX if self._caller.paper else ExchangeId.ALL
        return self._account.fields() | {
            "INQR_STRT_DT": day_text(day),
            "INQR_END_DT": day_text(day),
            "SLL_BUY_DVSN_CD": "00",
            "CCLD_DVSN": "00",
            "INQR_DVSN": "01",
            "INQR_DVSN_3": "00",
            "EXCG_ID_DVSN_CD": venue,
        }

    async def _change(
        self, row: Acknowledged, ticket: OrderTicket, qty: int, change: Mapping[str, str]
    ) -> Acknowledged:
        body = self._account.fields() | {
            "KRX_FWDG_ORD_ORGNO": row.branch,
            "ORGN_ODNO": number_on_wire(row.broker_id),
            "ORD_QTY": str(qty),
            "QTY_ALL_ORD_YN": "Y" if qty >= ticket.qty else "N",
            "EXCG_ID_DVSN_CD": ticket.venue,
        }
        return await self._send(TRS["order_change"], {**body, **change})

    async def _send(self, tr: Tr, body: Mapping[str, str]) -> Acknowledged:
        """Make an order call; a success without a readable number is OutcomeUnknown."""
        reply = await self._caller.call(tr, body=ordered(tr, body))
        checked(tr, reply)
        try:
            return self._acknowledged(only_row(tr, reply, "output", "output1"))
        except UnreadableAnswer as failure:
            raise OutcomeUnknown(
                f"KIS took the order, but its answer cannot be read: {failure.message}",
                hint="The broker's records decide: jennie trade reconcile",
            ) from failure

    def _acknowledged(self, row: Row) -> Acknowledged:
        broker_id = number_of(row.word("ODNO"))
        if broker_id is None or not broker_id.isdecimal():
            raise UnreadableAnswer("ODNO is no order number.")
        branch = row.optional("KRX_FWDG_ORD_ORGNO")
        return Acknowledged(broker_id=broker_id, branch=branch, at=self._taken_at(row))

    def _taken_at(self, row: Row) -> datetime:
        """Return when the order was taken; a known number is not given up for its time."""
        now = self._clock.now()
        try:
            return row.moment("ORD_TMD", now.date())
        except UnreadableAnswer:
            return now


def _keep(found: dict[str, BrokerOrder], order: BrokerOrder) -> None:
    """Keep the latest reading of a number. One that two orders bear tells of neither surely."""
    known = found.setdefault(order.broker_id, order)
    if _who(known) != _who(order):
        raise UnreadableAnswer(
            f"KIS lists two orders under the number {order.broker_id}.",
            hint="They are of two branches; look at them in the KIS app.",
        )
    found[order.broker_id] = order


def _oldest_first(found: Mapping[str, BrokerOrder]) -> tuple[BrokerOrder, ...]:
    return tuple(sorted(found.values(), key=lambda o: (o.ordered_at, int(o.broker_id))))


def _who(order: BrokerOrder) -> tuple[date, str, str, Side]:
    """Return what no order ever changes."""
    return order.day, order.branch, order.code, order.side


def _counted(row: Row) -> int:
    return row.count("tot_ord_qty") if row.optional("tot_ord_qty") else 0
