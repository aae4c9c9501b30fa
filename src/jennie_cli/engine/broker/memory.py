"""A broker within one process: the twin that exams and tests drive.

It trades only when told to: an order rests until `quote`, `trade` or `fill` moves it. Everything
that a real broker does wrong can be switched on by name (`Fault`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from jennie_cli.engine.broker.account import AccountState, BuyingPower
from jennie_cli.engine.broker.failures import BrokerBusy, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.broker.memory_books import Books, Entry, Executed, crosses
from jennie_cli.engine.broker.memory_faults import Fault, Faults
from jennie_cli.engine.broker.orders import Acknowledged, Capabilities, OrderTicket
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.model import BrokerOrder, Notice, NoticeKind, OrderType, Side

BRANCH = "00950"
MEMORY = Capabilities(name="memory", open_orders=True, order_rows=True, sellable=True, notices=True)
_LIMIT_PCT = 130


class MemoryBroker:
    """Implements Orders, Account and Notices on its own books.

    `on_notice` is called at the moment a notice is told, which is before the answer to the call.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        cash: int = 100_000_000,
        holdings: Mapping[str, tuple[int, int]] | None = None,
        fee_bp: float = 1.40527,
        tax_bp: int = 20,
        capabilities: Capabilities = MEMORY,
    ) -> None:
        """`holdings` are shares and their cost in won, by code."""
        self.faults = Faults()
        self.on_notice: Callable[[Notice], None] | None = None
        self.calls = 0
        self._clock = clock
        self._capabilities = capabilities
        self._books = Books(cash=cash, holdings=holdings or {}, fee_bp=fee_bp, tax_bp=tax_bp)
        self._entries: dict[int, Entry] = {}
        self._quotes: dict[str, int] = {}
        self._held_back: list[Notice] = []
        self._told: asyncio.Queue[Notice] = asyncio.Queue()

    @property
    def capabilities(self) -> Capabilities:
        """Say what this broker can do."""
        return self._capabilities

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Take an order, check it as a broker does, and trade it if the quote is crossed."""
        self._before()
        return self._after(self._accept(ticket))

    async def modify(
        self, row: Acknowledged, ticket: OrderTicket, *, price: int, qty: int
    ) -> Acknowledged:
        """Move the open rest to a new number; what a smaller `qty` leaves behind is gone."""
        self._before()
        old = self._open(row)
        qty = _share(old, ticket, qty)
        new = self._entry(replace(ticket, qty=qty, price=price), original=old.number)
        old.remaining, new.remaining = 0, qty
        self._tell(NoticeKind.MODIFIED, new, qty=qty, price=price)
        self._cross(new)
        return self._after(new)

    async def cancel(self, row: Acknowledged, ticket: OrderTicket, *, qty: int) -> Acknowledged:
        """Take back `qty` of the open rest."""
        self._before()
        old = self._open(row)
        qty = _share(old, ticket, qty)
        request = self._entry(replace(ticket, qty=qty), original=old.number)
        request.cancels = True
        old.remaining -= qty
        old.cancelled += qty
        self._tell(NoticeKind.CANCELLED, request, qty=qty, price=0)
        return self._after(request)

    async def orders(self, day: date) -> tuple[BrokerOrder, ...]:
        """Return the orders of a day that are not hidden, oldest first."""
        self._reading()
        if self.faults.strikes(Fault.NO_ROWS):
            return ()
        return tuple(e.row(BRANCH) for e in self._shown() if e.day == day)

    async def open_orders(self) -> tuple[BrokerOrder, ...]:
        """Return the orders with an open rest."""
        self._reading()
        return tuple(e.row(BRANCH) for e in self._shown() if e.remaining)

    async def state(self) -> AccountState:
        """Return holdings and cash."""
        self._reading()
        holdings = tuple(self._books.holdings(self._quotes))
        cash = self._books.cash()
        total = cash + sum(h.value for h in holdings)
        if self.faults.strikes(Fault.NO_HOLDINGS):
            holdings, total = (), cash
        return AccountState(holdings=holdings, deposit=cash, settled_cash=cash, total=total)

    async def buying_power(self, code: str, *, type_: OrderType, price: int | None) -> BuyingPower:
        """Return what free cash buys; at market the upper price limit is reserved."""
        self._reading()
        ticket = OrderTicket(code=code, side=Side.BUY, type=type_, qty=1, price=price)
        unit = self._unit(ticket)
        cash = self._free_cash()
        return BuyingPower(cash=cash, qty=self._books.affordable(cash, unit), unit_price=unit)

    async def sellable(self, code: str) -> int:
        """Return the shares held that no open sale has taken."""
        self._reading()
        return self._sellable(code)

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield what is told, for ever."""
        while True:
            yield await self._told.get()

    def quote(self, code: str, price: int) -> None:
        """Set the price at which orders of a code trade as they come."""
        self._quotes[code] = price

    def trade(self, code: str, price: int, qty: int) -> int:
        """Trade up to `qty` shares with the orders that cross `price`; return how many."""
        left = qty
        for entry in list(self._entries.values()):
            if entry.ticket.code == code and entry.remaining and crosses(entry.ticket, price):
                step = min(left, entry.remaining)
                self.fill(str(entry.number), step, price)
                left -= step
        return qty - left

    def fill(self, broker_id: str, qty: int, price: int) -> None:
        """Fill `qty` of an order at `price` won."""
        entry = self._entries[int(broker_id)]
        if not 0 <= qty <= entry.remaining:
            raise ValueError(f"{qty} shares cannot be filled of {entry.remaining}")
        if not qty:
            return
        entry.remaining -= qty
        entry.filled_qty += qty
        entry.filled_amount += qty * price
        self._books.executions.append(
            Executed(
                at=self._second(),
                number=entry.number,
                code=entry.ticket.code,
                side=entry.ticket.side,
                qty=qty,
                price=price,
            )
        )
        self._tell(NoticeKind.FILLED, entry, qty=qty, price=price)

    def reject(self, broker_id: str) -> None:
        """Let the exchange turn away what has not traded, after the broker took it."""
        entry = self._entries[int(broker_id)]
        entry.rejected, entry.remaining = entry.remaining, 0
        self._tell(NoticeKind.REJECTED, entry, qty=entry.rejected, price=0)

    def elsewhere(self, ticket: OrderTicket) -> str:
        """Place an order as the owner does in another app; return its number."""
        return str(self._accept(ticket).number)

    def end_session(self) -> None:
        """Let every open order die without a word."""
        for entry in self._entries.values():
            entry.remaining = 0

    def show_rows(self) -> None:
        """Show the orders that were hidden."""
        for entry in self._entries.values():
            entry.hidden = False

    def release_notices(self) -> None:
        """Tell the notices that were held back, the latest first."""
        held, self._held_back = self._held_back, []
        for notice in reversed(held):
            self._deliver(notice)

    def executions(self) -> tuple[Executed, ...]:
        """Return every execution, in the order they happened."""
        return tuple(self._books.executions)

    def _accept(self, ticket: OrderTicket) -> Entry:
        if ticket.type not in self._capabilities.types:
            raise BrokerRefused("No such order type here.", broker_code="TYPE")
        if ticket.venue not in self._capabilities.venues:
            raise BrokerRefused("No such venue here.", broker_code="VENUE")
        if ticket.side is Side.SELL and ticket.qty > self._sellable(ticket.code):
            raise BrokerRefused("More than can be sold.", broker_code="SELLABLE")
        if ticket.side is Side.BUY:
            power = self._books.affordable(self._free_cash(), self._unit(ticket))
            if ticket.qty > power:
                raise BrokerRefused("More than the cash pays for.", broker_code="CASH")
        entry = self._entry(ticket, original=None)
        entry.remaining = ticket.qty
        entry.hidden = self.faults.strikes(Fault.HIDDEN_ROW)
        self._tell(NoticeKind.ACCEPTED, entry, qty=ticket.qty, price=ticket.price or 0)
        self._cross(entry)
        return entry

    def _cross(self, entry: Entry) -> None:
        price = self._quotes.get(entry.ticket.code)
        if price is not None and crosses(entry.ticket, price):
            self.fill(str(entry.number), entry.remaining, price)

    def _before(self) -> None:
        self.calls += 1
        if self.faults.strikes(Fault.REFUSED):
            raise BrokerRefused("Refused.", broker_code="FAULT")
        if self.faults.strikes(Fault.BUSY):
            raise BrokerBusy("Too many calls.")
        if self.faults.strikes(Fault.UNREACHABLE):
            raise BrokerUnavailable("The broker cannot be reached.")
        if self.faults.strikes(Fault.LOST_BEFORE):
            raise OutcomeUnknown("No answer came.")

    def _after(self, entry: Entry) -> Acknowledged:
        if self.faults.strikes(Fault.LOST_AFTER):
            raise OutcomeUnknown("No answer came.")
        return Acknowledged(broker_id=str(entry.number), branch=BRANCH, at=entry.at)

    def _reading(self) -> None:
        if self.faults.strikes(Fault.READ_FAILS):
            raise BrokerUnavailable("The broker cannot be reached.")

    def _entry(self, ticket: OrderTicket, *, original: int | None) -> Entry:
        now = self._second()
        entry = Entry(
            number=len(self._entries) + 1, day=now.date(), at=now, ticket=ticket, original=original
        )
        self._entries[entry.number] = entry
        return entry

    def _open(self, row: Acknowledged) -> Entry:
        entry = self._entries.get(int(row.broker_id))
        if entry is None:
            raise BrokerRefused("No such order.", broker_code="UNKNOWN")
        if not entry.remaining:
            raise BrokerRefused("Nothing is left to change.", broker_code="NOTHING_LEFT")
        return entry

    def _shown(self) -> list[Entry]:
        return [e for e in self._entries.values() if not e.hidden]

    def _unit(self, ticket: OrderTicket) -> int:
        if ticket.price is not None:
            return ticket.price
        quote = self._quotes.get(ticket.code)
        if quote is None:
            raise BrokerRefused("Nothing is known of this code.", broker_code="CODE")
        return quote * _LIMIT_PCT // 100

    def _free_cash(self) -> int:
        buys = (e for e in self._entries.values() if e.remaining and e.ticket.side is Side.BUY)
        return self._books.cash() - sum(self._books.reserved(e, self._unit(e.ticket)) for e in buys)

    def _sellable(self, code: str) -> int:
        asked = sum(
            e.remaining
            for e in self._entries.values()
            if e.ticket.side is Side.SELL and e.ticket.code == code
        )
        return self._books.held(code) - asked

    def _second(self) -> datetime:
        return self._clock.now().replace(microsecond=0)

    def _tell(self, kind: NoticeKind, entry: Entry, *, qty: int, price: int) -> None:
        notice = Notice(
            kind=kind,
            broker_id=str(entry.number),
            original_id=None if entry.original is None else str(entry.original),
            code=entry.ticket.code,
            side=entry.ticket.side,
            qty=qty,
            price=price,
            order_qty=entry.ticket.qty,
            at=self._second(),
        )
        if not self._capabilities.notices or self.faults.strikes(Fault.NOTICE_LOST):
            return
        if self.faults.strikes(Fault.NOTICE_LATE):
            self._held_back.append(notice)
            return
        self._deliver(notice)
        if self.faults.strikes(Fault.NOTICE_TWICE):
            self._deliver(notice)

    def _deliver(self, notice: Notice) -> None:
        self._told.put_nowait(notice)
        if self.on_notice is not None:
            self.on_notice(notice)


def _share(entry: Entry, ticket: OrderTicket, qty: int) -> int:
    """Return the shares a change is about: all that is left when it names the whole ticket."""
    if qty >= ticket.qty:
        return entry.remaining
    if qty > entry.remaining:
        raise BrokerRefused("More than the open rest.", broker_code="OVER")
    return qty
