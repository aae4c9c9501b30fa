"""The member firm: it checks orders, holds cash back, goes to the exchange, keeps the books."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from jennie_cli.engine.model import NoticeKind, Side
from jennie_cli.engine.venue import broker_fee
from jennie_cli.simulator.brokerage.account import Account, DayProfit
from jennie_cli.simulator.brokerage.books import Books
from jennie_cli.simulator.brokerage.customers import check_account, check_venue
from jennie_cli.simulator.brokerage.divisions import division
from jennie_cli.simulator.brokerage.floor import LATE, REASONS, Floor
from jennie_cli.simulator.brokerage.lots import Execution
from jennie_cli.simulator.brokerage.records import (
    Balance,
    BuyingPower,
    Sellable,
    Valuation,
    affordable,
    holding,
    shown,
)
from jennie_cli.simulator.brokerage.rows import OrderRow, RowKind
from jennie_cli.simulator.brokerage.tickets import (
    Change,
    OrderNotice,
    Reason,
    Rejection,
    Taken,
    Ticket,
)
from jennie_cli.simulator.exchange import (
    Ended,
    EndReason,
    ExchangeOrder,
    Executed,
    Happening,
    Pricing,
    Rejected,
    Remainder,
)

OPENING_CASH = 100_000_000
"""Won on an account that is used for the first time."""
FIRST_NUMBER = 1
"""The number of each day's first request."""

Event = Happening | OrderNotice


class Brokerage:
    """All accounts of one firm. Numbers are one sequence a day over all of them.

    Nothing here moves time: `hear` is told what the exchange did.
    """

    def __init__(self, *, cash: int = OPENING_CASH, branch: str = "00950") -> None:
        """`cash` won lie on an account that is used for the first time."""
        self.accounts: dict[str, Account] = {}
        self.awake = True
        self._cash = cash
        self._branch = branch
        self._next = FIRST_NUMBER
        self._worth: dict[str, Valuation] = {}
        self._floor: Floor | None = None

    @property
    def floor(self) -> Floor:
        """Return the day that is being played."""
        if self._floor is None:
            raise RuntimeError("no day was opened")
        return self._floor

    def open_day(self, floor: Floor, splits: Mapping[str, int]) -> None:
        """Begin a trading day: cash that is due settles, shares of split codes multiply."""
        self._floor = floor
        self._next = FIRST_NUMBER
        for account in self.accounts.values():
            account.open(floor.day, splits)

    def close_day(self) -> None:
        """End the trading day, after its session."""
        for account in self.accounts.values():
            codes = {*account.lots, *(f.code for f in account.fills)}
            self._worth |= {code: self.worth(code) for code in codes}
            account.close(self.floor.settles, worth=self.balance(account.number).worth)

    def account(self, number: str) -> Account:
        """Return an account; one that never ordered is shown as it will open."""
        known = self.accounts.get(number)
        if known is not None:
            return known
        check_account(number)
        return Account(
            number=number, day=self.floor.day, deposit=self._cash, worth_before=self._cash
        )

    def check(self, account: str, ticket: Ticket) -> None:
        """Refuse what must not go to the exchange, in the order in which a broker looks."""
        mine, floor = self.account(account), self.floor
        check_venue(ticket.venue)
        floor.listing(ticket.code)
        pricing, _ = division(ticket.division)
        if ticket.qty < 1:
            raise Rejection(Reason.QUANTITY)
        floor.check_price(ticket.code, pricing, ticket.price, ticket.trigger)
        floor.check_session(ticket.code, awake=self.awake)
        if ticket.side is Side.BUY:
            unit = floor.reserve(ticket.code, ticket.division, ticket.price)
            self._check_cash(ticket.code, unit * ticket.qty, mine.orderable)
        elif not mine.held(ticket.code):
            raise Rejection(Reason.NO_HOLDING)
        elif ticket.qty > mine.sellable(ticket.code):
            raise Rejection(Reason.SELLABLE)

    def place(self, account: str, ticket: Ticket) -> tuple[Taken, list[Event]]:
        """Take a checked order to the exchange; return its number and what happened at once."""
        mine = self.account(account)
        pricing, remainder = division(ticket.division)
        row = self._row(mine, ticket)
        order = ExchangeOrder(
            number=str(row.number),
            owner=account,
            code=ticket.code,
            side=ticket.side,
            qty=ticket.qty,
            pricing=pricing,
            price=ticket.price if pricing.names_price else None,
            stop=ticket.trigger if pricing is Pricing.STOP_LIMIT else None,
            remainder=remainder,
        )
        try:
            happened = self.floor.exchange.enter(order)
        except Rejected as no:
            if no.reason not in LATE:
                raise Rejection(REASONS[no.reason]) from no
            return self._turned_away(mine, row)
        self._enrol(mine, row)
        told = self._notice(row, NoticeKind.ACCEPTED, qty=row.qty, price=row.price)
        return row.taken, [told, *self.hear(happened)]

    def check_change(self, account: str, change: Change) -> None:
        """Refuse a modify or cancel that must not go to the exchange."""
        mine, floor = self.account(account), self.floor
        check_venue(change.venue)
        old = mine.rows.get(change.original)
        if old is None or old.kind is RowKind.CANCEL:
            raise Rejection(Reason.UNKNOWN_ORIGINAL)
        if not change.cancels:
            pricing, remainder = division(change.division)
            if remainder is not Remainder.REST:
                raise Rejection(Reason.DIVISION)
            floor.check_price(old.code, pricing, change.price, change.trigger)
        floor.check_session(old.code, awake=self.awake, halts=not change.cancels)
        qty = self._moved(old, change)
        if not change.cancels and old.side is Side.BUY:
            unit = floor.reserve(old.code, change.division, change.price)
            kept = replace(old, remaining=old.remaining - qty)
            freed = mine.reserved(old) - mine.reserved(kept)
            self._check_cash(old.code, unit * qty, mine.orderable + freed)

    def change(self, account: str, change: Change) -> tuple[Taken, list[Event]]:
        """Take a checked modify or cancel to the exchange; return its own number and what came."""
        mine = self.account(account)
        old = mine.rows[change.original]
        qty = self._moved(old, change)
        row = self._successor(mine, old, change, qty)
        exchange = self.floor.exchange
        if change.cancels:
            happened = _ask(lambda: exchange.reduce(str(old.number), qty))
            old.cancelled += qty
        else:
            pricing, _ = division(change.division)
            happened = _ask(
                lambda: exchange.replace(
                    str(old.number),
                    str(row.number),
                    price=change.price if pricing.names_price else None,
                    qty=qty,
                    pricing=pricing,
                    stop=change.trigger or None,
                )
            )
        old.remaining -= qty
        self._enrol(mine, row)
        kind = NoticeKind.CANCELLED if change.cancels else NoticeKind.MODIFIED
        told = self._notice(row, kind, qty=qty, price=row.price)
        return row.taken, [told, *self.hear(happened)]

    def hear(self, happenings: Iterable[Happening]) -> list[Event]:
        """Book what the exchange did and return it with the customers' notices in between."""
        told: list[Event] = []
        for happening in happenings:
            told.append(happening)
            if isinstance(happening, Executed):
                told.append(self._fill(happening))
            elif isinstance(happening, Ended):
                told += self._end(happening)
        return told

    def balance(self, account: str) -> Balance:
        """Return holdings and cash."""
        mine, floor = self.account(account), self.floor
        rows = shown(mine).items()
        return Balance(
            holdings=tuple(holding(mine, c, traded, self.worth(c)) for c, traded in rows),
            deposit=mine.deposit,
            next_day_cash=mine.settled_by(floor.next_day),
            cash=mine.cash,
            before=mine.totals_before,
            today=mine.totals,
            worth_before=mine.worth_before,
        )

    def orders(self, account: str, start: date, end: date) -> tuple[OrderRow, ...]:
        """Return the rows of some days, oldest first."""
        mine = self.account(account)
        return tuple(r for r in (*mine.past, *mine.rows.values()) if start <= r.day <= end)

    def open_orders(self, account: str) -> tuple[OrderRow, ...]:
        """Return today's rows that can still be changed, oldest first."""
        return tuple(r for r in self.account(account).rows.values() if r.remaining)

    def buying_power(
        self, account: str, *, code: str = "", division: str = "01", price: int = 0
    ) -> BuyingPower:
        """Return what can be bought with cash; without a code the amounts alone."""
        mine = self.account(account)
        free = max(0, mine.orderable)
        today = mine.totals
        reusable = min(free, today.sold)
        if not code:
            return BuyingPower(orderable=free, reusable=reusable, unit=0, amount=free, qty=0)
        unit = self.floor.reserve(code, division if price else "01", price)
        fee_bp = self.floor.fee_bp(code)
        most = affordable(free, 1, fee_bp=fee_bp)
        qty = affordable(free, unit, fee_bp=fee_bp)
        return BuyingPower(orderable=free, reusable=reusable, unit=unit, amount=most, qty=qty)

    def sellable(self, account: str, code: str) -> Sellable:
        """Return what of a code can be sold now."""
        mine = self.account(account)
        worth, traded = self.worth(code), mine.traded().get(code)
        return Sellable(
            code=code,
            name=worth.name,
            bought=traded.bought if traded else 0,
            sold=traded.sold if traded else 0,
            held=mine.held(code),
            free=mine.sellable(code),
            cost=traded.lot.cost if traded else 0,
            price=worth.price,
        )

    def profits(self, account: str, start: date, end: date) -> tuple[DayProfit, ...]:
        """Return what was traded on some days by code, today included, oldest first."""
        mine = self.account(account)
        return tuple(p for p in (*mine.profits, *mine.todays_profits()) if start <= p.day <= end)

    def worth(self, code: str) -> Valuation:
        """Return what a share is worth now; a code that is gone keeps its last price."""
        return self.floor.worth(code, self._worth.get(code))

    def keep(self) -> Books:
        """Return all that a new start on this morning needs."""
        return Books.of(self.accounts.values(), self._worth)

    def restore(self, books: Books) -> None:
        """Stand where the books were kept; the day must be opened without its splits."""
        self.accounts = {page.number: page.account() for page in books.pages}
        self._worth = dict(books.worth)

    def _check_cash(self, code: str, amount: int, orderable: int) -> None:
        if amount + broker_fee(amount, fee_bp=self.floor.fee_bp(code)) > orderable:
            raise Rejection(Reason.CASH)

    def _moved(self, old: OrderRow, change: Change) -> int:
        if not old.remaining:
            raise Rejection(Reason.NOTHING_LEFT)
        if change.whole:
            return old.remaining
        if change.qty < 1:
            raise Rejection(Reason.QUANTITY)
        if change.qty > old.remaining:
            raise Rejection(Reason.OVER_CHANGE)
        return change.qty

    def _row(self, mine: Account, ticket: Ticket) -> OrderRow:
        floor, code = self.floor, ticket.code
        buys = ticket.side is Side.BUY
        pricing, _ = division(ticket.division)
        return OrderRow(
            number=self._next,
            account=mine.number,
            branch=self._branch,
            day=floor.day,
            at_ms=floor.exchange.now,
            kind=RowKind.NEW,
            code=code,
            name=floor.names[code],
            side=ticket.side,
            division=ticket.division,
            qty=ticket.qty,
            price=ticket.price if pricing.names_price else 0,
            fee_bp=floor.fee_bp(code),
            tax_bp=floor.tax_bp(code, ticket.side),
            trigger=ticket.trigger,
            unit=floor.reserve(code, ticket.division, ticket.price) if buys else 0,
            remaining=ticket.qty,
        )

    def _successor(self, mine: Account, old: OrderRow, change: Change, qty: int) -> OrderRow:
        ticket = Ticket(
            code=old.code,
            side=old.side,
            qty=qty,
            division=old.division if change.cancels else change.division,
            price=0 if change.cancels else change.price,
            trigger=change.trigger,
        )
        row = replace(self._row(mine, ticket), original=old.number)
        if change.cancels:
            return replace(row, kind=RowKind.CANCEL, price=0, unit=0, remaining=0)
        return replace(row, kind=RowKind.MODIFY)

    def _enrol(self, mine: Account, row: OrderRow) -> None:
        self.accounts[mine.number] = mine
        mine.rows[row.number] = row
        self._next += 1

    def _turned_away(self, mine: Account, row: OrderRow) -> tuple[Taken, list[Event]]:
        """Book an order that has its number but that the exchange did not take."""
        row.rejected, row.remaining = row.qty, 0
        self._enrol(mine, row)
        return row.taken, [self._notice(row, NoticeKind.REJECTED, qty=row.qty, price=row.price)]

    def _fill(self, done: Executed) -> OrderNotice:
        mine = self.accounts[done.owner]
        row = mine.rows[int(done.number)]
        row.filled_qty += done.qty
        row.filled_amount += done.qty * done.price
        row.remaining -= done.qty
        row.fee = broker_fee(row.filled_amount, fee_bp=row.fee_bp)
        row.tax = row.filled_amount * row.tax_bp // 10_000
        mine.fills.append(
            Execution(
                number=row.number,
                code=row.code,
                side=row.side,
                qty=done.qty,
                price=done.price,
                at_ms=done.at_ms,
            )
        )
        told = self._notice(row, NoticeKind.FILLED, qty=done.qty, price=done.price)
        return replace(told, at_ms=done.at_ms)

    def _end(self, ended: Ended) -> list[OrderNotice]:
        row = self.accounts[ended.owner].rows[int(ended.number)]
        if ended.reason is EndReason.EXPIRED:
            row.expired, row.remaining = ended.qty, 0
        if ended.reason is not EndReason.UNFILLED:
            return []
        row.cancelled, row.remaining = ended.qty, 0
        told = self._notice(row, NoticeKind.CANCELLED, qty=ended.qty, price=0)
        return [replace(told, at_ms=ended.at_ms, automatic=True)]

    def _notice(self, row: OrderRow, kind: NoticeKind, *, qty: int, price: int) -> OrderNotice:
        return OrderNotice(
            kind=kind,
            account=row.account,
            branch=row.branch,
            day=row.day,
            at_ms=row.at_ms,
            number=row.number,
            original=row.original,
            code=row.code,
            name=row.name,
            side=row.side,
            division=row.division,
            qty=qty,
            price=price,
            order_qty=row.qty,
            order_price=row.price,
            trigger=row.trigger,
        )


def _ask(act: Callable[[], list[Happening]]) -> list[Happening]:
    """Return what the exchange did; what it refuses is refused to the customer."""
    try:
        return act()
    except Rejected as no:
        raise Rejection(REASONS[no.reason]) from no
