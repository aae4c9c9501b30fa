"""Gathers what the stamp looks at: one question to each port, none answered by a guess."""

from collections.abc import Mapping
from datetime import date

from jennie_cli.engine.broker import Account, BrokerUnavailable, BuyingPower, Capabilities
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.engine.feed import Quotes
from jennie_cli.engine.model import Flag, OrderType, Side, Stock
from jennie_cli.engine.risk import ManualFacts
from jennie_cli.engine.store import Flags, FlagState
from jennie_cli.engine.trading.daybook import ordered_on, refused_by_broker, stamped_worths
from jennie_cli.engine.trading.ports import OrderLives
from jennie_cli.engine.venue import Calendar, Session


class Gatherer:
    """Asks market, account, flags and our own orders on behalf of the desk."""

    def __init__(
        self,
        *,
        quotes: Quotes,
        account: Account,
        flags: Flags,
        lives: OrderLives,
        calendar: Calendar,
        clock: Clock,
        capabilities: Capabilities,
    ) -> None:
        """`capabilities` are those of the broker that the account is at."""
        self.clock = clock
        self._quotes = quotes
        self._account = account
        self._flags = flags
        self._lives = lives
        self._calendar = calendar
        self._capabilities = capabilities

    async def facts(self, stock: Stock, side: Side, *, price: int | None) -> ManualFacts:
        """Return what is so for an order of `stock` at `price` won, None at market.

        Raises OutsideError when the market or the shares held cannot be read. Cash that the broker
        does not tell is left out, and the stamp refuses.
        """
        quote = await self._quotes.quote(stock.code)
        buys = side is Side.BUY
        power = await self._power(stock.code, price) if buys else None
        sellable = None if buys else await self.sellable(stock.code)
        now = self.clock.now().astimezone(KST)
        return ManualFacts(
            now=now,
            session=self._calendar.session(now.date()),
            flags=self.flags(),
            quote=quote,
            stock=stock,
            buying_power=power,
            sellable=sellable,
            ordered_today=self._ordered(now.date()) if buys else 0,
            types=self._capabilities.types,
            venues=self._capabilities.venues,
        )

    def next_hours(self) -> tuple[str, Session | None]:
        """Return why today is closed, if that is told, and the session of the next orders."""
        now = self.clock.now().astimezone(KST)
        today = self._calendar.session(now.date())
        if today is not None and now < today.close:
            return "", today
        why = "" if today is not None else self._calendar.reason(now.date())
        try:
            return why, self._calendar.session(self._calendar.next_day(now.date()))
        except InputError:
            return why, None

    def flags(self) -> Mapping[Flag, FlagState] | None:
        """Return the flags, None when they cannot be read."""
        try:
            return self._flags.all()
        except OutsideError:
            return None

    def refused_by_broker(self, order_id: str) -> str:
        """Return the broker's words when it turned down the last call of an order, else ""."""
        return refused_by_broker(order_id, self._lives.events())

    async def sellable(self, code: str) -> int:
        """Return the shares of a code that can be sold now. Raises BrokerUnavailable."""
        if self._capabilities.sellable:
            return await self._account.sellable(code)
        state = await self._account.state()
        return next((h.sellable_qty for h in state.holdings if h.code == code), 0)

    def _ordered(self, day: date) -> int:
        return ordered_on(day, self._lives.book().values(), stamped_worths(self._lives.events()))

    async def _power(self, code: str, price: int | None) -> BuyingPower | None:
        kind = OrderType.MARKET if price is None else OrderType.LIMIT
        try:
            return await self._account.buying_power(code, type_=kind, price=price)
        except BrokerUnavailable:
            return None
