"""Members' orders while they live, and one side of them in order of price and time."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.orders import ExchangeOrder, Pricing


@dataclass(slots=True, kw_only=True, eq=False)
class Working:
    """A live order: `left` shares at `price` (None: any), behind `ahead` shares of others.

    `turn` is its place in time. `ahead` is None until it has joined the continuous book.
    """

    order: ExchangeOrder
    left: int
    turn: int
    price: int | None
    ahead: int | None = None

    @property
    def conditional(self) -> bool:
        """Whether the closing auction takes its price away."""
        return self.order.pricing is Pricing.CONDITIONAL

    @property
    def rank(self) -> tuple[float, int]:
        """Sorts a side: any price first, then the better price, then the earlier order."""
        if self.price is None:
            return (float("-inf"), self.turn)
        return (-self.price if self.order.side is Side.BUY else self.price, self.turn)

    def takes(self, price: int) -> bool:
        """Whether the order's own limit allows a trade at `price`."""
        if self.price is None:
            return True
        return price <= self.price if self.order.side is Side.BUY else price >= self.price

    def beats(self, price: int) -> bool:
        """Whether the order stands before every order at `price`."""
        return self.price != price and self.takes(price)


class Queue:
    """One side's resting orders, best first."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._orders: list[Working] = []

    def __iter__(self) -> Iterator[Working]:
        return iter(tuple(self._orders))

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def best(self) -> int | None:
        """The best named price, None where nobody names one."""
        return next((w.price for w in self._orders if w.price is not None), None)

    def add(self, working: Working) -> None:
        """Let an order wait at its place."""
        insort(self._orders, working, key=lambda w: w.rank)

    def drop(self, working: Working) -> None:
        """Take an order out if it waits here."""
        self._orders = [w for w in self._orders if w is not working]

    def clear(self) -> list[Working]:
        """Take all orders out and return them."""
        orders, self._orders = self._orders, []
        return orders

    def at(self, price: int) -> list[Working]:
        """Return the orders at one price, first come first."""
        return [w for w in self._orders if w.price == price]

    def levels(self) -> dict[int, int]:
        """Return price -> shares waiting; orders at any price are left out."""
        found: dict[int, int] = {}
        for working in self._orders:
            if working.price is not None:
                found[working.price] = found.get(working.price, 0) + working.left
        return found
