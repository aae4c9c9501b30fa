"""Sales that the exits want: stamped and sent at once, each followed to its end.

Nothing is asked of anybody before the first try. What came to nothing is tried again after a pause
that grows, on a new wish, so that a price that has recovered is not sold into.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.exits import exit_mark, read_exit_mark
from jennie_cli.engine.model import Flag, Order, OrderType, Side
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.running_ports import KnownFlags, SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles, within
from jennie_cli.engine.trading.session.running_telling import Teller
from jennie_cli.engine.trading.session.running_trades import TradeNews
from jennie_cli.engine.trading.session.wishes import SellWish
from jennie_cli.engine.venue import Session, SessionPhase

_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Pauses after the first, second ... try in a row that sold nothing; the last one repeats."""

_ASK_S = 2.0
"""Real seconds that the broker has to tell what can be sold."""

_FOLLOW_S = 60
_POLL_S = 15.0
_SENDING = frozenset({Auto.APPROVE, Auto.AUTO})


class SaleOpen(OutsideError):
    """A sale at market has not ended when it should have."""

    code = "sale_open"

    def __init__(self, order: Order) -> None:
        """`order` is the sale as it stands."""
        super().__init__(
            f"The sale {order.order_id} of {order.code} is still {order.state}; "
            f"{order.filled_qty} of {order.qty} shares are sold.",
            hint="See `jennie trade orders`; nothing more is sold of these shares until it ends.",
        )


class Sales:
    """The automatic sales of one session."""

    def __init__(
        self,
        day: TradingDay,
        room: SessionRoom,
        *,
        flags: Callable[[], KnownFlags],
        auto: Auto,
        quiet_s: int,
        hours: Session,
        before: Sequence[Order],
        errands: Errands,
        trades: TradeNews,
        teller: Teller,
        troubles: Troubles,
    ) -> None:
        """`flags` are those last read; an order that rests unchanged for `quiet_s` seconds is
        looked at less often. `before` are the orders that the session was opened with.
        """
        self._day, self._lives, self._account = day, room.execution, room.account
        self._new_id, self._clock, self._steady = room.new_id, room.clock, room.steady
        self._trades, self._teller = trades, teller
        self._flags, self._auto = flags, auto
        self._hours = hours
        self._quiet_s, self._errands, self._troubles = quiet_s, errands, troubles
        self._vain: dict[str, int] = {}
        self._unsent: set[tuple[str, str]] = set()
        self._followed: dict[str, str] = {}
        self._told: dict[str, tuple[int, int]] = {
            o.order_id: (o.filled_qty, o.filled_amount) for o in before if o.state.final
        }

    @property
    def open(self) -> frozenset[str]:
        """The codes with a sale that is followed."""
        return frozenset(self._followed.values())

    def begin(self, wish: SellWish) -> None:
        """Stamp and send a wish in the background."""
        self._errands.begin(self._sell(wish), f"sell {wish.code}", urgent=True)

    def look(self) -> None:
        """Tell what ended since the last look, and follow what is open and followed by nobody."""
        try:
            orders = self._orders()
        except JennieError as why:
            self._troubles.failed("ledger", why)
            return
        for order in orders:
            if order.state.final:
                self._tell(order)
            elif order.order_id not in self._followed:
                self._followed[order.order_id] = order.code
                self._errands.begin(self._follow(order), f"sale {order.order_id}")

    async def _sell(self, wish: SellWish) -> None:
        mark, unsent = (wish.code, exit_mark(wish.reason, wish.level)), self._sends_nothing()
        if unsent and mark in self._unsent:
            # told once; the exits wish again, for a sale that may be sent by then
            self._errands.begin(self._free(wish.code, _PAUSES_S[-1]), f"free {wish.code}")
            return
        order_id, code = self._new_id(), wish.code
        sellable = await self._sellable(code)
        outside = Outside(
            now=self._clock.now(),
            order_id=order_id,
            flags=self._flags(),
            quote=self._day.quote(code),
            power=None,
            bus_alive=False,
            taken=None,
            locked=None,
        )
        answer = self._day.stamp_sell(wish, outside, sellable=sellable)
        self._teller.tell()
        if isinstance(answer, Refusal):
            self._in_vain(code)
            return
        if unsent:
            self._unsent.add(mark)
        if self._auto not in _SENDING:
            self._day.not_sent(order_id)
            self._teller.tell()
            return
        try:
            await self._lives.send(answer)
        except JennieError as why:
            self._troubles.failed(f"sell {code}", why)
            if self._surely_not_kept(order_id):
                self._in_vain(code)
                return
        # what is in the ledger is never sent again, whatever the call said
        self.look()

    def _sends_nothing(self) -> bool:
        """Whether what is stamped now is only written down."""
        flags = self._flags()
        dry = flags is not None and Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up
        return dry or self._auto not in _SENDING

    async def _sellable(self, code: str) -> int | None:
        """Return what the ledger says can be sold; after a sale in vain the broker is asked too."""
        known = self._trades.sellable(code)
        if code not in self._vain:
            return known
        try:
            told = await within(self._steady, _ASK_S, self._account.sellable(code))
        except JennieError as why:
            self._troubles.failed("sellable", why)
            return known
        self._troubles.worked("sellable")
        return told if known is None else min(known, told)

    def _surely_not_kept(self, order_id: str) -> bool:
        """Whether the ledger can be read and knows nothing of an order."""
        try:
            return order_id not in self._lives.book()
        except JennieError as why:
            self._troubles.failed("ledger", why)
            return False

    def _in_vain(self, code: str) -> None:
        """Let the exits wish again, the later the more often it came to nothing."""
        times = self._vain[code] = self._vain.get(code, 0) + 1
        pause = _PAUSES_S[min(times, len(_PAUSES_S)) - 1]
        if pause:
            self._errands.begin(self._free(code, pause), f"free {code}")
        else:
            self._day.freed(code)

    async def _free(self, code: str, pause: float) -> None:
        await self._clock.sleep(pause)
        self._day.freed(code)

    async def _follow(self, order: Order) -> None:
        """Have an order's records read until it is over; `look` tells its end."""
        order_id, where = order.order_id, f"sell {order.code}"
        try:
            while not order.state.final:
                order = await self._lives.settle(order_id, _FOLLOW_S, quiet_seconds=self._quiet_s)
                if not order.state.final:
                    if order.type is OrderType.MARKET and not self._in_the_auction():
                        self._troubles.failed(where, SaleOpen(order))
                    await self._clock.sleep(_POLL_S)
        except JennieError as why:
            self._troubles.failed(where, why)
            await self._clock.sleep(_POLL_S)
            return
        finally:
            del self._followed[order_id]
        self._tell(order)

    def _in_the_auction(self) -> bool:
        """Whether the closing auction runs, in which every order waits for its end."""
        return self._hours.phase(self._clock.now()) is SessionPhase.CLOSING_AUCTION

    def _tell(self, order: Order) -> None:
        figures = (order.filled_qty, order.filled_amount)
        if self._told.get(order.order_id) == figures:
            return
        # the shares must be gone from the book before the exits may wish again
        if not self._trades.tell():
            return
        self._told[order.order_id] = figures
        if order.filled_qty:
            self._vain.pop(order.code, None)
            self._troubles.worked(f"sell {order.code}")
            self._day.ended(order)
            self._teller.tell()
        else:
            self._in_vain(order.code)

    def _orders(self) -> list[Order]:
        """Return the automatic sales of today, oldest first."""
        day = datetime.combine(self._clock.now().astimezone(KST), time(), KST)
        book = self._lives.book().values()
        return [
            o
            for o in book
            if o.side is Side.SELL and o.created_at >= day and read_exit_mark(o.strategy)[0]
        ]
