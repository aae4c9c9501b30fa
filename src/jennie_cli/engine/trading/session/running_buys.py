"""Signals on their way to the exchange: asked about, stamped in their order, and handed to entries.

Whatever cannot be asked is left out, and the stamp refuses for it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from jennie_cli.engine.broker import BuyingPower
from jennie_cli.engine.bus import Held
from jennie_cli.engine.bus.names import LOCK_BUY, SIGNAL_SEEN
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import Flag, Order, OrderIntent, OrderType, Signal
from jennie_cli.engine.risk import ApprovedOrder, Refusal
from jennie_cli.engine.trading.entries import Entries
from jennie_cli.engine.trading.entries_ends import EntryAlarm
from jennie_cli.engine.trading.policy import Auto
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.keeping import loss_limit_met
from jennie_cli.engine.trading.session.running_ports import KnownFlags, SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Errands, TookTooLong, Troubles, within
from jennie_cli.engine.trading.session.running_telling import Teller
from jennie_cli.engine.trading.session.running_trades import TradeNews

T = TypeVar("T")

APPROVE_S = 60.0
"""Seconds of exchange time in which a person may approve a buy."""

_ASK_S = 3.0
"""Real seconds that each question about a buy may take."""

_FLAGS_S = 0.25
"""Real seconds after which a buy that waits for its stamp has the flags read again."""

_FIRST_S = 0.01
"""Real seconds for which signals go before ticks, so that their answers find an idle loop."""

_ME = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Won that one automatic order, and all of a day, may be worth; None without a cap."""

    order: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What bus, broker and flags said when asked `at`; None is what they did not."""

    at: float
    locked: bool | None
    taken: bool | None
    latched: bool | None
    quote: Quote | None
    power: BuyingPower | None
    flags: KnownFlags


@dataclass(slots=True)
class _Turn:
    """A signal's place in the line: its stamp, and its leaving, come after those before it."""

    stamped: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def over(self) -> None:
        """Let the next one go on."""
        self.stamped.set()
        self.gone.set()


class Buys:
    """The automatic buys of one session, and how their entries end."""

    def __init__(
        self,
        day: TradingDay,
        room: SessionRoom,
        *,
        trades: TradeNews,
        teller: Teller,
        read_flags: Callable[[], Awaitable[KnownFlags]],
        auto: Auto,
        caps: Caps,
        before: Sequence[Order],
        errands: Errands,
        troubles: Troubles,
    ) -> None:
        """Nothing is bought before `use`. `before` are the orders that the session was opened
        with: what had ended by then is not told again.
        """
        self._day, self._room = day, room
        self._trades, self._teller, self._read_flags = trades, teller, read_flags
        self._auto, self._caps = auto, caps
        self._errands, self._troubles = errands, troubles
        self._entries: Entries | None = None
        self._over: dict[str, asyncio.Event] = {}
        self._known = {o.order_id: (o.filled_qty, o.filled_amount) for o in before if o.state.final}
        self._last: _Turn | None = None

    @property
    def busy(self) -> bool:
        """Whether an order is on its way that may bring shares."""
        return bool(self._over)

    def use(self, entries: Entries) -> None:
        """Send through these entries."""
        self._entries = entries

    def begin(self, signal: Signal) -> None:
        """Ask about a signal in the background; it is stamped and sent after those before it."""
        before, self._last = self._last, _Turn()
        self._errands.begin(self._buy(signal, before, self._last), f"buy {signal.code}")

    async def stamped(self) -> None:
        """Wait until every signal is stamped; where that takes long, only for a moment."""
        if self._last is not None and not self._last.stamped.is_set():
            with suppress(TookTooLong):
                await within(self._room.steady, _FIRST_S, self._last.stamped.wait())

    def bought(self, order: Order) -> None:
        """Take over what an entry filled."""
        self._end(order)

    def missed(self, order: Order) -> None:
        """Take over that an entry filled nothing."""
        self._end(order)

    def not_sent(self, intent: OrderIntent, why: JennieError) -> None:
        """Take back a stamped buy that did not leave."""
        self._troubles.failed("buy", why)
        self._day.not_sent(intent.order_id)
        self._let_go(intent.order_id)

    def alarm(self, alarm: EntryAlarm) -> None:
        """Tell a person."""
        self._room.ears.entry_alarm(alarm)

    async def _buy(self, signal: Signal, before: _Turn | None, mine: _Turn) -> None:
        standing = ExitStack()
        # an exchange that we drive does not go on while a signal is asked about
        standing.enter_context(self._room.holding())
        try:
            async with self._locking(signal.code) as lock:
                asked = await self._ask(signal, lock)
                if before is not None:
                    await before.stamped.wait()
                answer = await self._stamp(signal, asked)
                mine.stamped.set()
                if isinstance(answer, Refusal):
                    return
                # the loop stands until an order is on disk, and others wait for their stamp
                await self.stamped()
                if before is not None:
                    await before.gone.wait()
                standing.close()
                await self._leave(answer, signal, mine)
        finally:
            standing.close()
            mine.over()

    async def _ask(self, signal: Signal, lock: Callable[[], Awaitable[bool | None]]) -> _Asked:
        """Ask bus, broker and flags at the same time."""
        key, at = SIGNAL_SEEN.of(signal.signal_id), self._room.steady.monotonic()
        locked, fresh, latched, quote, known, flags = await asyncio.gather(
            lock(),
            self._answer("bus", lambda: self._room.keys.put_if_absent(key, _ME)),
            self._answer("bus", self._latched),
            self._answer("quote", lambda: self._room.quotes.quote(signal.code)),
            self._answer("buying_power", lambda: self._power(signal)),
            self._read_flags(),
        )
        taken = None if fresh is None else not fresh
        return _Asked(
            at=at,
            locked=locked,
            taken=taken,
            latched=latched,
            quote=quote,
            power=known,
            flags=flags,
        )

    async def _latched(self) -> bool:
        """Whether a session of today has met the loss limit; a start may not have been told."""
        return await loss_limit_met(self._room.keys, self._room.clock.now())

    async def _power(self, signal: Signal) -> BuyingPower | None:
        """Ask what can be bought at the limit that the order would name, if it would name one."""
        limit, kind = self._day.limit(signal), OrderType.LIMIT
        if limit < 1:
            return None
        return await self._room.account.buying_power(signal.code, type_=kind, price=limit)

    async def _stamp(self, signal: Signal, asked: _Asked) -> ApprovedOrder | Refusal:
        old = self._room.steady.monotonic() - asked.at > _FLAGS_S
        flags = await self._read_flags() if old else asked.flags
        outside = Outside(
            now=self._room.clock.now(),
            order_id=self._room.new_id(),
            flags=flags,
            quote=asked.quote,
            power=asked.power,
            bus_alive=None not in {asked.taken, asked.locked, asked.latched},
            taken=asked.taken,
            locked=asked.locked,
            latched=bool(asked.latched),
            order_cap=self._caps.order,
            day_cap=self._caps.day,
        )
        answer = self._day.stamp_buy(signal, outside)
        self._teller.tell()
        return answer

    async def _leave(self, approved: ApprovedOrder, signal: Signal, turn: _Turn) -> None:
        """Send what may be sent, and keep the stock locked until its entry has ended."""
        order_id = approved.intent.order_id
        if self._auto is Auto.APPROVE:
            # nobody waits for the answer of a person but who asked
            turn.over()
        if self._entries is None or not await self._may_leave(approved, signal):
            self._day.not_sent(order_id)
            return
        over = self._over[order_id] = asyncio.Event()
        self._entries.begin(approved)
        turn.over()
        await over.wait()

    async def _may_leave(self, approved: ApprovedOrder, signal: Signal) -> bool:
        if self._auto is not Auto.APPROVE:
            return self._auto is Auto.AUTO
        try:
            said = await within(
                self._room.clock, APPROVE_S, self._room.approvals.ask(approved, signal)
            )
        except OutsideError as why:
            self._troubles.failed("approval", why)
            return False
        self._troubles.worked("approval")
        flags = await self._read_flags() if said else None
        # a person may have stopped the buys while another one made up his mind, or the day's loss
        # may have met its limit
        lost = self._day.standing(self._room.clock.now()).latched
        return (
            flags is not None
            and not lost
            and not any(flags[flag].up for flag in (Flag.PAUSE, Flag.STOP) if flag in flags)
        )

    @asynccontextmanager
    async def _locking(self, code: str) -> AsyncIterator[Callable[[], Awaitable[bool | None]]]:
        """Give what takes the lock of a stock and tells whether somebody else has it, None if
        nobody knows; let go of it in the end.
        """
        locks, mine = self._room.locks, list[Held | None]()

        async def acquire() -> bool:
            if locks is None:
                return False
            mine.append(await locks.acquire(LOCK_BUY.of(code)))
            return mine[0] is None

        try:
            yield lambda: self._answer("bus", acquire)
        finally:
            for held in mine:
                if held is not None and locks is not None:
                    with suppress(OutsideError):
                        await within(self._room.steady, _ASK_S, locks.release(held))

    async def _answer(self, where: str, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Return the answer to a question, None for a failure, which is told."""
        try:
            answer = await within(self._room.steady, _ASK_S, ask())
        except JennieError as why:
            self._troubles.failed(where, why)
            return None
        self._troubles.worked(where)
        return answer

    def _end(self, order: Order) -> None:
        figures = (order.filled_qty, order.filled_amount)
        if self._known.get(order.order_id) != figures:
            # what it bought must be in the book before it counts as ended
            self._trades.tell()
            self._day.ended(order)
            self._teller.tell()
        self._let_go(order.order_id)

    def _let_go(self, order_id: str) -> None:
        over = self._over.pop(order_id, None)
        if over is not None:
            over.set()
