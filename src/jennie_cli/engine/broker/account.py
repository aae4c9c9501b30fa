"""Reading the account: what is held, what may be spent, what may be sold."""

from dataclasses import dataclass
from typing import Protocol

from jennie_cli.engine.model import OrderType


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Shares of one code at the broker; `cost` and `value` are won."""

    code: str
    name: str
    qty: int
    sellable_qty: int
    cost: int
    price: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """The account at one moment, won. `holdings` leaves out what was sold to the last share.

    `deposit` does not yet deduct unsettled buys; `settled_cash` is the cash of D+2, the figure to
    use as cash. `total` is settled cash and the value of the holdings.
    """

    holdings: tuple[Holding, ...]
    deposit: int
    settled_cash: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyingPower:
    """What can be bought with cash alone (no receivable): won, shares, and the won a share that
    the broker reserves (the upper limit for a market order).
    """

    cash: int
    qty: int
    unit_price: int


class Account(Protocol):
    """Reads one account. Raises BrokerUnavailable; a failure is never an empty answer."""

    async def state(self) -> AccountState:
        """Return holdings and cash, all pages."""
        ...

    async def buying_power(self, code: str, *, type_: OrderType, price: int | None) -> BuyingPower:
        """Return what can be bought of `code` with the order that is meant."""
        ...

    async def sellable(self, code: str) -> int:
        """Return the shares of `code` that can be sold now, 0 if none is held."""
        ...
