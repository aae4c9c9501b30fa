"""What an account is and owes in the middle of a session."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jennie_cli.engine.exits import ExitBook, Trade
from jennie_cli.engine.model import Order
from jennie_cli.engine.risk import AutoPolicy, Held, Past, loss_reached
from jennie_cli.engine.trading.session.facts import OpenBuy, Standing
from jennie_cli.engine.trading.session.opening import Opening, done


class SessionAccount:
    """Cash, open buys, what was done with each stock, and the loss of the day.

    `cash` is won as the ledger tells them, None while nobody knows; `paid_in` won that came from
    outside since the session opened, less what was drawn. What is held is counted at the prices of
    the last full minute.
    """

    def __init__(self, opening: Opening) -> None:
        """Begin with what the account brings along."""
        self.cash, self.paid_in = opening.cash, 0
        self.groups = dict(opening.groups)
        self.open_buys: dict[str, OpenBuy] = {}
        self.last_trade: dict[str, datetime] = {}
        self._opening = opening
        self._last = dict(opening.last)
        self._ended = dict(opening.entries)
        self._latched = opening.latched
        self._prices: Mapping[str, int] = {}
        self._held: Mapping[str, int] = {}
        self.holds(opening.book)

    @property
    def latched(self) -> bool:
        """Whether the loss limit of the day was met."""
        return self._latched

    @property
    def total(self) -> int | None:
        """Won of the whole account, None while the cash or a price is unknown."""
        if self.cash is None or not self._held.keys() <= self._prices.keys():
            return None
        return self.cash + sum(qty * self._prices[code] for code, qty in self._held.items())

    def holds(self, book: ExitBook) -> None:
        """Take in what is held now."""
        self._held = dict(zip(book.codes, book.qty.tolist(), strict=True))

    def turn(self, prices: Mapping[str, int], policy: AutoPolicy) -> None:
        """Count at the prices of the minute that ended; latch the loss limit if they meet it."""
        self._prices = prices
        equity, total = self._opening.equity, self.total
        if equity is not None and total is not None and not self._latched:
            self._latched = loss_reached(total, equity, self.paid_in, policy)

    def order(self, order_id: str, buy: OpenBuy) -> None:
        """Take in a stamped buy, or one that a session before this one has left open."""
        self.open_buys[order_id] = buy
        self._ended.pop(order_id, None)

    def drop(self, order_id: str) -> OpenBuy | None:
        """Forget a buy that never left, and return it."""
        return self.open_buys.pop(order_id, None)

    def end(self, order: Order) -> None:
        """Take in how a buy ended; told again, the new figures replace the old."""
        self.open_buys.pop(order.order_id, None)
        self._ended[order.order_id] = order.filled_amount

    def traded(self, trade: Trade) -> None:
        """Take in a trade."""
        self.last_trade[trade.code] = trade.at
        if trade.taken_over:
            return
        self._last[trade.code] = done(self._last.get(trade.code, Past()), trade)

    def standing(self, holdings: Sequence[Held]) -> Standing:
        """Return the account as the stamp is told of it."""
        buys, filled = self.open_buys.values(), [won for won in self._ended.values() if won]
        reserved = sum(buy.reserved for buy in buys)
        return Standing(
            holdings=tuple(holdings),
            cash=None if self.cash is None else self.cash - reserved,
            equity=self._opening.equity,
            paid_in=self.paid_in,
            last=self._last,
            bought=len(filled) + len(buys),
            ordered=sum(filled) + sum(buy.qty * buy.limit for buy in buys),
            latched=self._latched,
        )
