"""A trading room by hand: one account, a few stocks, and orders that end as the test says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from tests.unit.engine.risk.cases import CALENDAR, DAY, PRICE, QUOTE, STOCK, at

from jennie_cli.engine.broker import (
    AccountState,
    BrokerUnavailable,
    BuyingPower,
    Capabilities,
    Holding,
)
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import OutsideError, Refused
from jennie_cli.engine.feed import Book, DayBar, MinuteBar, Quote
from jennie_cli.engine.model import (
    Flag,
    Market,
    Order,
    OrderState,
    OrderType,
    SecurityKind,
    Stock,
)
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import ApprovedChange, ApprovedOrder, RiskPolicy
from jennie_cli.engine.store import FlagState, Intended, LedgerEvent, MemoryFlags, MemoryLedger
from jennie_cli.engine.trading import Gatherer, ManualDesk, OrderIds, StockList, TradingPolicy

OTHER = Stock(code="900020", name="라온바이오", market=Market.KOSDAQ)
FUND = Stock(code="900030", name="한빛200", market=Market.KOSPI, kind=SecurityKind.ETF)
STOCKS = {s.code: s for s in (STOCK, OTHER, FUND)}
CAN = Capabilities(name="fake", open_orders=True, order_rows=True, sellable=True, notices=True)


def holding(code: str = STOCK.code, qty: int = 100, name: str = STOCK.name) -> Holding:
    """Return shares bought at 70,000 won that are worth 71,000 now."""
    return Holding(
        code=code,
        name=name,
        qty=qty,
        sellable_qty=qty,
        cost=qty * 70_000,
        price=PRICE,
        value=qty * PRICE,
    )


class LittleMarket:
    """Answers every quote with the same one; other questions are not asked here."""

    def __init__(self) -> None:
        """Open on a calm morning."""
        self.now: Quote | None = QUOTE

    async def quote(self, code: str) -> Quote:
        """Return the quote of any code."""
        if self.now is None:
            raise OutsideError("no quotes", hint="later")
        return replace(self.now, code=code)

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return one quote each."""
        return tuple([await self.quote(code) for code in codes])

    async def book(self, code: str) -> Book:
        """Return an empty book."""
        return Book(code=code, at=at(10), asks=(), bids=())

    async def minutes(self, code: str) -> tuple[MinuteBar, ...]:
        """Return nothing."""
        del code
        return ()

    async def days(self, code: str, *, start: date, end: date) -> tuple[DayBar, ...]:
        """Return nothing."""
        del code, start, end
        return ()

    async def open_days(self, start: date) -> tuple[tuple[date, bool], ...]:
        """Return nothing."""
        del start
        return ()


class LittleAccount:
    """An account with a hundred million won and what the test puts into it."""

    def __init__(self) -> None:
        """Hold a hundred shares."""
        self.holdings: tuple[Holding, ...] = (holding(),)
        self.power: BuyingPower | None = BuyingPower(cash=100_000_000, qty=1_000, unit_price=91_000)
        self.asked: list[tuple[str, OrderType, int | None]] = []

    async def state(self) -> AccountState:
        """Return the account."""
        value = sum(h.value for h in self.holdings)
        return AccountState(
            holdings=self.holdings,
            deposit=100_000_000,
            settled_cash=99_000_000,
            total=99_000_000 + value,
        )

    async def buying_power(self, code: str, *, type_: OrderType, price: int | None) -> BuyingPower:
        """Return what may be spent, unless the broker is silent."""
        self.asked.append((code, type_, price))
        if self.power is None:
            raise BrokerUnavailable("no answer", hint="later")
        return self.power

    async def sellable(self, code: str) -> int:
        """Return the shares of a code."""
        return sum(h.sellable_qty for h in self.holdings if h.code == code)


class LittleLives:
    """Orders that end as `becomes` says; a limit order rests when that is WORKING."""

    def __init__(self, ledger: MemoryLedger, clock: ManualClock) -> None:
        """Know no order yet."""
        self.kept: dict[str, Order] = {}
        self.followed: list[tuple[int, int | None]] = []
        self.becomes = OrderState.FILLED
        self.cancel_becomes = OrderState.CANCELLED
        self.note = ""
        self.stubborn = False
        self.sent: list[ApprovedOrder] = []
        self._ledger = ledger
        self._clock = clock

    async def send(self, approved: ApprovedOrder) -> Order:
        """Keep the intent and let the order end."""
        self.sent.append(approved)
        intent, now = approved.intent, self._clock.now()
        self._ledger.append(
            [Intended(at=now, intent=intent, checks=approved.checks, dry_run=approved.dry_run)]
        )
        state = OrderState.DRY_RUN if approved.dry_run else self.becomes
        filled = intent.qty if state is OrderState.FILLED else 0
        filled = intent.qty // 2 if state is OrderState.PARTIAL else filled
        order = Order(
            order_id=intent.order_id,
            code=intent.code,
            side=intent.side,
            type=intent.type,
            qty=intent.qty,
            price=intent.price,
            venue=intent.venue,
            state=state,
            created_at=now,
            broker_ids=(str(1000 + len(self.kept)),),
            filled_qty=filled,
            filled_amount=filled * (intent.price or PRICE),
            note=self.note,
        )
        return self._keep(order)

    async def modify(self, change: ApprovedChange) -> Order:
        """Give an order its new price and a new number, unless the broker is stubborn."""
        order = self.kept[change.order_id]
        if self.stubborn:
            return self._keep(replace(order, note="refused by the broker"))
        numbers = (*order.broker_ids, str(2000 + len(self.kept)))
        return self._keep(replace(order, price=change.price, broker_ids=numbers))

    async def cancel(self, order_id: str) -> Order:
        """Take an order back, or fail as the test says."""
        if self.stubborn:
            raise Refused("too late", hint="look")
        return self._keep(replace(self.kept[order_id], state=self.cancel_becomes))

    async def settle(
        self, order_id: str, seconds: int, *, quiet_seconds: int | None = None
    ) -> Order:
        """Return the order as it stands."""
        self.followed.append((seconds, quiet_seconds))
        return self.kept[order_id]

    def book(self) -> Mapping[str, Order]:
        """Return every order by id."""
        return self.kept

    def events(self) -> tuple[LedgerEvent, ...]:
        """Return what the ledger holds."""
        return tuple(r.event for r in self._ledger.read())

    def _keep(self, order: Order) -> Order:
        self.kept[order.order_id] = order
        return order


class SilentFlags(MemoryFlags):
    """Flags that can be made unreadable."""

    silent = False

    def all(self) -> Mapping[Flag, FlagState]:
        """Return the flags, or fail."""
        if self.silent:
            raise OutsideError("no flags", hint="later")
        return super().all()


class LittleRoom:
    """Everything a trade command needs, put together by hand."""

    def __init__(self, moment: datetime | None = None) -> None:
        """Open at ten in the morning."""
        self.clock = ManualClock(moment or at(10, day=DAY))
        self.quotes = LittleMarket()
        self.account = LittleAccount()
        self.flags = SilentFlags()
        self.ledger = MemoryLedger()
        self.lives = LittleLives(self.ledger, self.clock)
        self.alone = False
        self.woken: list[bool] = []
        self.capabilities = CAN
        self.policy = RiskPolicy()

    @property
    def execution(self) -> LittleLives:
        """The orders."""
        return self.lives

    @property
    def desk(self) -> ManualDesk:
        """The desk over all of it."""
        gatherer = Gatherer(
            quotes=self.quotes,
            account=self.account,
            flags=self.flags,
            lives=self.lives,
            calendar=CALENDAR,
            clock=self.clock,
            capabilities=self.capabilities,
        )
        return ManualDesk(
            gatherer=gatherer,
            lives=self.lives,
            account=self.account,
            stocks=StockList(lambda: STOCKS),
            policy=self.policy,
            waits=TradingPolicy(),
            new_id=OrderIds(self.clock, f"t{len(self.lives.book())}"),
            unwatched=lambda: self.alone,
            wake=self._wake,
        )

    def portfolio(self) -> Portfolio:
        """Return what the ledger tells."""
        return fold([r.event for r in self.ledger.read()], Costs(listing=STOCKS.get))

    def raise_flag(self, flag: Flag) -> None:
        """Put a flag up."""
        self.flags.put(flag, FlagState(up=True, who="cli", at=self.clock.now(), reason=""))

    async def _wake(self, urgent: bool) -> None:
        self.woken.append(urgent)
