"""The cash, holdings and orders of the in-memory twin, kept by its own arithmetic."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from jennie_cli.engine.broker.account import Holding
from jennie_cli.engine.broker.orders import OrderTicket
from jennie_cli.engine.model import BrokerOrder, OrderType, Side

_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """Shares that changed hands under one number."""

    at: datetime
    number: int
    code: str
    side: Side
    qty: int
    price: int


@dataclass(slots=True, kw_only=True)
class Entry:
    """One number of the twin's order book of a day. `original` is what a change changed."""

    number: int
    day: date
    at: datetime
    ticket: OrderTicket
    filled_qty: int = 0
    filled_amount: int = 0
    remaining: int = 0
    cancelled: int = 0
    rejected: int = 0
    original: int | None = None
    cancels: bool = False
    hidden: bool = False

    def row(self, branch: str) -> BrokerOrder:
        """Return the entry as a broker tells it."""
        return BrokerOrder(
            broker_id=str(self.number),
            branch=branch,
            day=self.day,
            ordered_at=self.at,
            code=self.ticket.code,
            side=self.ticket.side,
            type=self.ticket.type,
            qty=self.ticket.qty,
            price=self.ticket.price,
            filled_qty=self.filled_qty,
            filled_amount=self.filled_amount,
            remaining_qty=self.remaining,
            cancelled_qty=self.cancelled,
            rejected_qty=self.rejected,
            original_id=None if self.original is None else str(self.original),
            cancels=self.cancels,
            venue=self.ticket.venue,
        )


class Books:
    """Cash of D+2, shares and reservations. Fees and tax fall due on a number's whole amount."""

    def __init__(
        self, *, cash: int, holdings: Mapping[str, tuple[int, int]], fee_bp: float, tax_bp: int
    ) -> None:
        """`holdings` are shares and their cost in won, by code."""
        self._start_cash = cash
        self._start = dict(holdings)
        self._fee_bp = Decimal(str(fee_bp))
        self._tax_bp = tax_bp
        self.executions: list[Executed] = []

    def cash(self) -> int:
        """Return the cash once every trade is settled, won."""
        amounts: defaultdict[tuple[date, int, Side], int] = defaultdict(int)
        for e in self.executions:
            amounts[e.at.date(), e.number, e.side] += e.qty * e.price
        flows = (self._flow(side, amount) for (_, _, side), amount in amounts.items())
        return self._start_cash + sum(flows)

    def holdings(self, prices: Mapping[str, int]) -> Iterator[Holding]:
        """Yield what is held, in the order of codes, valued at `prices` (else at cost)."""
        for code, (qty, cost) in sorted(self._held().items()):
            if qty:
                price = prices.get(code, cost // qty)
                yield Holding(
                    code=code,
                    name=code,
                    qty=qty,
                    sellable_qty=qty,
                    cost=cost,
                    price=price,
                    value=price * qty,
                )

    def held(self, code: str) -> int:
        """Return the shares held of a code."""
        return self._held().get(code, (0, 0))[0]

    def affordable(self, cash: int, unit_price: int) -> int:
        """Return the shares that `cash` pays for at `unit_price`, fee included."""
        whole = unit_price * (1 + self._fee_bp / _WHOLE_BP)
        qty = max(0, int(cash / whole)) + 1
        while qty and qty * unit_price + self._fee(qty * unit_price) > cash:
            qty -= 1
        return qty

    def reserved(self, entry: Entry, unit_price: int) -> int:
        """Return the won held back for the open rest of a buy."""
        amount = entry.remaining * unit_price
        return amount + self._fee(amount)

    def _held(self) -> dict[str, tuple[int, int]]:
        held = dict(self._start)
        for e in sorted(self.executions, key=_trading_order):
            qty, cost = held.get(e.code, (0, 0))
            if e.side is Side.BUY:
                held[e.code] = (qty + e.qty, cost + e.qty * e.price)
            else:
                out = cost if e.qty == qty else cost * e.qty // qty
                held[e.code] = (qty - e.qty, cost - out)
        return held

    def _flow(self, side: Side, amount: int) -> int:
        if side is Side.BUY:
            return -amount - self._fee(amount)
        tax = Decimal(amount * self._tax_bp) / _WHOLE_BP
        return amount - self._fee(amount) - int(tax.to_integral_value(ROUND_FLOOR))

    def _fee(self, amount: int) -> int:
        return int((amount * self._fee_bp / _WHOLE_BP).to_integral_value(ROUND_HALF_UP))


def _trading_order(e: Executed) -> tuple[datetime, bool, int, str]:
    """Second, buys first, number, then the text that tells executions of one number apart."""
    return (e.at, e.side is Side.SELL, e.number, f"{e.price}:{e.qty}")


def crosses(ticket: OrderTicket, price: int) -> bool:
    """Whether an order trades at `price`."""
    if ticket.type is OrderType.MARKET or ticket.price is None:
        return True
    return ticket.price >= price if ticket.side is Side.BUY else ticket.price <= price
