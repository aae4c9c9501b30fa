"""The manual desk: gathers what is so, asks for the stamp, hands stamped orders to execution.

Every order is planned (stamped to be shown), then sent: sending gathers and stamps anew, because a
person may take a minute to say yes. Cancelling only takes risk away and needs no stamp.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from jennie_cli.engine.broker import Account, BuyingPower
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, UnknownStock
from jennie_cli.engine.model import (
    Flag,
    Order,
    OrderIntent,
    OrderType,
    Side,
    Stock,
)
from jennie_cli.engine.risk import (
    ApprovedOrder,
    ManualFacts,
    Refusal,
    RiskPolicy,
    default_qty,
    stamp_change,
    stamp_manual,
    unaffordable,
)
from jennie_cli.engine.trading.daybook import MANUAL, find_order, last_similar
from jennie_cli.engine.trading.gathering import Gatherer
from jennie_cli.engine.trading.plans import (
    ChangePlan,
    Failure,
    Flattened,
    FlattenPlan,
    Note,
    Plan,
    Wish,
)
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.engine.trading.ports import OrderLives
from jennie_cli.engine.trading.stocks import StockList, unlisted
from jennie_cli.engine.venue import Session, SessionPhase

_AUCTIONS = frozenset({SessionPhase.OPENING_AUCTION, SessionPhase.CLOSING_AUCTION})


SELLABLE, NOT_HELD = "sellable", "not_held"
"""What a sale is refused as: more than can be sold, or nothing is held at all."""


class ManualDesk:
    """Trades for a person, one order at a time."""

    def __init__(
        self,
        *,
        gatherer: Gatherer,
        lives: OrderLives,
        account: Account,
        stocks: StockList,
        policy: RiskPolicy,
        waits: TradingPolicy,
        new_id: Callable[[], str],
        unwatched: Callable[[], bool],
        wake: Callable[[bool], Awaitable[None]],
    ) -> None:
        """`unwatched` says whether a buyer must be told that no stop is live; `wake` makes the
        market take orders where that is in our power; True asks it for an order that cannot rest.
        """
        self.stocks = stocks
        self._gather = gatherer
        self._lives = lives
        self._account = account
        self._policy = policy
        self._waits = waits
        self._new_id = new_id
        self._unwatched = unwatched
        self._wake = wake

    async def find(self, asked: str, side: Side) -> Stock:
        """Return the stock a person means. What is held can be sold though no master has it.

        Raises UnknownStock, AmbiguousStock.
        """
        try:
            return self.stocks.find(asked)
        except UnknownStock:
            state = await self._account.state() if side is Side.SELL else None
            held = {h.code: h for h in state.holdings} if state else {}
            if asked.upper() not in held:
                raise
            return self.held_stock(asked.upper(), held[asked.upper()].name)

    def held_stock(self, code: str, name: str = "") -> Stock:
        """Return the stock of a code we hold, known to a master or not."""
        return self.stocks.by_code.get(code) or unlisted(code, name)

    def next_hours(self) -> tuple[str, Session | None]:
        """Return why today is closed, if that is told, and the session of the next orders."""
        return self._gather.next_hours()

    def orders(self) -> tuple[Order, ...]:
        """Return every order of ours, oldest first."""
        return tuple(sorted(self._lives.book().values(), key=lambda o: (o.created_at, o.order_id)))

    def order(self, asked: str) -> Order:
        """Return one order by id, start of an id, or broker number."""
        return find_order(asked, self.orders())

    async def plan(self, wish: Wish) -> Plan | Refusal:
        """Return what would be sent now, or the rule that refuses it."""
        await self._wake(wish.price is None)
        facts = await self._facts(wish.stock, wish.side, wish.price)
        qty = wish.qty or default_qty(wish.side, wish.price, facts, self._policy)
        if not qty and wish.side is Side.BUY:
            return unaffordable(wish.price, facts, self._policy)
        intent = OrderIntent(
            order_id=self._new_id(),
            code=wish.stock.code,
            side=wish.side,
            type=OrderType.MARKET if wish.price is None else OrderType.LIMIT,
            qty=max(1, qty),
            price=wish.price,
            venue=wish.venue,
            reason=MANUAL,
        )
        stamped = self._stamp(intent, facts, confirmed=True)
        if isinstance(stamped, Refusal):
            return await self._nothing_to_sell(stamped, wish)
        return self._plan(stamped, facts)

    async def send(self, plan: Plan, *, confirmed: bool) -> Order | Refusal:
        """Stamp a plan by what is so now and send it; `confirmed` = also as a repetition.

        The order may come back UNKNOWN; what to do is then in its note.
        """
        intent = plan.intent
        facts = await self._facts(plan.stock, intent.side, intent.price)
        stamped = self._stamp(intent, facts, confirmed=confirmed)
        if isinstance(stamped, Refusal):
            return stamped
        return await self._followed(await self._lives.send(stamped))

    async def plan_change(self, order: Order, price: int) -> ChangePlan | Refusal:
        """Return what giving an order a new limit price in won means, or the rule against it."""
        stock = self.held_stock(order.code)
        facts = await self._facts(stock, order.side, price)
        stamped = stamp_change(order, price, facts, self._policy)
        if isinstance(stamped, Refusal):
            return stamped
        return ChangePlan(
            order=order,
            stock=stock,
            quote=facts.quote,
            price=price,
            qty=stamped.qty,
            notes=self._notes(order.side, facts),
        )

    async def change(self, plan: ChangePlan) -> Order | Refusal:
        """Stamp the change by what is so now and send it."""
        order = self._lives.book()[plan.order.order_id]
        facts = await self._facts(plan.stock, order.side, plan.price)
        stamped = stamp_change(order, plan.price, facts, self._policy)
        if isinstance(stamped, Refusal):
            return stamped
        return await self._followed(await self._lives.modify(stamped))

    async def cancel(self, order: Order) -> Order:
        """Take back what is open of an order. Raises Refused when nothing is."""
        return await self._followed(await self._lives.cancel(order.order_id))

    async def plan_flatten(self) -> FlattenPlan:
        """Return what leaving the market means now."""
        await self._wake(True)
        flags = self._gather.flags() or {}
        state = await self._account.state()
        return FlattenPlan(
            cancels=tuple(o for o in self.orders() if o.open_qty),
            sells=state.holdings,
            worth=sum(h.value for h in state.holdings),
            dry_run=Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up,
        )

    async def flatten(self) -> Flattened:
        """Take back every open order, then sell everything at market; go on past what fails."""
        cancelled, sold, failures = [], [], []
        for order in [o for o in self.orders() if o.open_qty]:
            try:
                cancelled.append(await self.cancel(order))
            except JennieError as error:
                failures.append(
                    Failure(code=order.code, order_id=order.order_id, text=error.message)
                )
        for holding in (await self._account.state()).holdings:
            try:
                done = await self._sell_all(self.held_stock(holding.code, holding.name))
            except JennieError as error:
                failures.append(Failure(code=holding.code, text=error.message))
                continue
            if isinstance(done, Refusal):
                failures.append(Failure(code=holding.code, refusal=done))
            else:
                sold.append(done)
        return Flattened(cancelled=tuple(cancelled), sold=tuple(sold), failures=tuple(failures))

    async def _nothing_to_sell(self, refused: Refusal, wish: Wish) -> Refusal:
        """Return a refused sale without a quantity that nobody asked for, and named not_held when
        there is no such holding.
        """
        if refused.code != SELLABLE or refused.limit:
            return refused
        held = any(
            h.code == wish.stock.code and h.qty for h in (await self._account.state()).holdings
        )
        return replace(refused, code=SELLABLE if held else NOT_HELD, value=wish.qty)

    async def _sell_all(self, stock: Stock) -> Order | Refusal:
        plan = await self.plan(Wish(side=Side.SELL, stock=stock))
        return plan if isinstance(plan, Refusal) else await self.send(plan, confirmed=True)

    async def _followed(self, order: Order) -> Order:
        """Return an order once it is final or rests, with the broker's no if that was its word."""
        if not order.state.final:
            waits = self._waits
            order = await self._lives.settle(
                order.order_id, waits.follow_seconds, quiet_seconds=waits.rest_seconds
            )
        no = "" if order.note else self._gather.refused_by_broker(order.order_id)
        return replace(order, note=no) if no else order

    async def _facts(self, stock: Stock, side: Side, price: int | None) -> ManualFacts:
        return await self._gather.facts(stock, side, price=price)

    def _stamp(
        self, intent: OrderIntent, facts: ManualFacts, *, confirmed: bool
    ) -> ApprovedOrder | Refusal:
        last = last_similar(intent, self._lives.book().values())
        known = replace(facts, last_similar_at=last, confirmed=confirmed)
        return stamp_manual(intent, known, self._policy)

    def _plan(self, stamped: ApprovedOrder, facts: ManualFacts) -> Plan:
        intent, power = stamped.intent, facts.buying_power
        unit_price = facts.reference_price(intent.price)
        reserved = None if power is None else _reserved(intent, facts, power)
        repeated = stamped.checks[-1].value
        again = isinstance(repeated, int) and repeated < self._policy.repeat_seconds
        return Plan(
            intent=intent,
            stock=facts.stock,
            quote=facts.quote,
            unit_price=unit_price,
            worth=intent.qty * unit_price,
            dry_run=stamped.dry_run,
            cash_left=_cash_left(facts, reserved),
            shares_left=None if facts.sellable is None else facts.sellable - intent.qty,
            reserved=reserved,
            auction_end=_auction_end(facts),
            repeated_s=int(repeated) if again and repeated is not None else None,
            notes=self._notes(intent.side, facts),
        )

    def _notes(self, side: Side, facts: ManualFacts) -> tuple[Note, ...]:
        buys = side is Side.BUY
        told = {
            Note.DRY_RUN: facts.up(Flag.DRY_RUN),
            Note.PAUSED: buys and facts.up(Flag.PAUSE),
            Note.STOPPED: not buys and facts.up(Flag.STOP),
            Note.FLAGS_UNKNOWN: facts.flags is None,
            Note.AUCTION: _auction_end(facts) is not None,
            Note.UNWATCHED: buys and self._unwatched(),
        }
        return tuple(note for note, holds in told.items() if holds)


def _reserved(intent: OrderIntent, facts: ManualFacts, power: BuyingPower) -> int:
    """Return the won that a buy locks before its fee: at market the upper limit a share."""
    upper = power.unit_price or facts.quote.upper_limit or facts.reference_price(None)
    return intent.qty * (upper if intent.price is None else intent.price)


def _cash_left(facts: ManualFacts, reserved: int | None) -> int | None:
    """Return the won that can still be ordered with once a buy has locked its own.

    The broker's figure for buying has the fee taken off already.
    """
    if facts.buying_power is None or reserved is None:
        return None
    return facts.buying_power.cash - reserved


def _auction_end(facts: ManualFacts) -> datetime | None:
    """Return when the running auction trades, None outside of one."""
    hours = facts.session
    phase = None if hours is None else hours.phase(facts.now.astimezone(KST))
    if hours is None or phase not in _AUCTIONS:
        return None
    return hours.open if phase is SessionPhase.OPENING_AUCTION else hours.close
