"""Placing, changing and reading orders at a broker."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from jennie_cli.engine.model import BrokerOrder, OrderType, Side, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a broker can do; an exam case or a feature that needs more is skipped by name.

    `open_orders`: lists what can still be changed. `order_rows`: today's orders can be read at
    all (a paper server may answer with nothing). `sellable`: tells sellable shares of a code.
    `notices`: pushes fills. `order_seconds`: one order call is answered or UNKNOWN by then.
    """

    name: str
    open_orders: bool
    order_rows: bool
    sellable: bool
    notices: bool
    types: tuple[OrderType, ...] = (OrderType.LIMIT, OrderType.MARKET)
    venues: tuple[Venue, ...] = (Venue.KRX,)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTicket:
    """An order as a broker takes it; `price` is won, None at market."""

    code: str
    side: Side
    type: OrderType
    qty: int
    price: int | None = None
    venue: Venue = Venue.KRX


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The broker took the request: its number, its branch, the exchange time of day."""

    broker_id: str
    branch: str
    at: datetime


class Orders(Protocol):
    """Sends orders and reads the broker's records of them. See `failures` for what is raised."""

    @property
    def capabilities(self) -> Capabilities:
        """Say what this broker can do."""
        ...

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Send a new order, once."""
        ...

    async def modify(
        self, row: Acknowledged, ticket: OrderTicket, *, price: int, qty: int
    ) -> Acknowledged:
        """Give the open rest of an order a new price and quantity; the number changes."""
        ...

    async def cancel(self, row: Acknowledged, ticket: OrderTicket, *, qty: int) -> Acknowledged:
        """Take back `qty` of the open rest; the answer carries the cancel's own number."""
        ...

    async def orders(self, day: date) -> tuple[BrokerOrder, ...]:
        """Return every order of a day, oldest first, ours or not."""
        ...

    async def open_orders(self) -> tuple[BrokerOrder, ...]:
        """Return the orders that can still be changed. Only with `capabilities.open_orders`."""
        ...
