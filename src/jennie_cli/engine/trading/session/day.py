"""One session of one account as a machine: what is heard goes in, wishes and decisions come out.

Nothing here waits, asks anybody or reads a clock, so that the same inputs give the same decisions
whether they come from an exchange, from a recording or from past bars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import STOPS, Past, Trade, exit_mark
from jennie_cli.engine.feed import MarketEvent, MinuteBar, Quote, Tick
from jennie_cli.engine.model import (
    Order,
    OrderIntent,
    OrderType,
    Side,
    Signal,
    Stock,
    StockStatus,
    TradingContext,
)
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import (
    ApprovedOrder,
    AutoFacts,
    Refusal,
    stamp_exit,
    stamp_signal,
)
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Stamped
from jennie_cli.engine.trading.bar_ticks import of_ticks
from jennie_cli.engine.trading.bars import BarMaker, Closed
from jennie_cli.engine.trading.session.account import SessionAccount
from jennie_cli.engine.trading.session.decisions import Step
from jennie_cli.engine.trading.session.facts import BuyFacts, OpenBuy, Outside, Standing, quoted
from jennie_cli.engine.trading.session.halts import Halts
from jennie_cli.engine.trading.session.keeping import Kept
from jennie_cli.engine.trading.session.monitor import Monitor
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.record import Record
from jennie_cli.engine.trading.session.rests import Rests
from jennie_cli.engine.trading.session.scanner import Scanner
from jennie_cli.engine.trading.session.wishes import Given, Scanned, SellWish, Settled
from jennie_cli.engine.trading.stocks import unlisted
from jennie_cli.engine.venue import Calendar

_WRITES = 10
"""How many calls' worth of judgements are put on sheets each second: about half a millisecond each,
and a minute's worth before the record of the minute is kept.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to be stamped now, in this order of each side; sales go first."""

    buys: tuple[Signal, ...] = ()
    sells: tuple[SellWish, ...] = ()


class TradingDay:
    """Scanner, exits and account of one session.

    Whoever drives it calls `beat` every second, tells every trade and every end of an order, and
    has each wish stamped here before anything leaves.
    """

    def __init__(
        self,
        morning: Morning,
        opening: Opening,
        *,
        policies: SessionPolicies,
        calendar: Calendar,
        costs: Costs,
        since: datetime,
        grace_s: float,
        guests: Guests = NO_GUESTS,
    ) -> None:
        """`since` is when the ticks of the morning's stocks begin to be heard; a bar is closed
        `grace_s` seconds after its minute.
        """
        self._morning, self._policies, self._costs = morning, policies, costs
        self._calendar = calendar
        self.codes = morning.candidates.codes
        self._stocks: dict[str, Stock] = {stock.code: stock for stock in morning.stocks()}
        self._column = {code: n for n, code in enumerate(self.codes)}
        self._bars = BarMaker(self.codes, since=since, grace_s=grace_s)
        self._rests = Rests(
            morning, opening.last, opening.signalled_until, policies=policies, calendar=calendar
        )
        self._scanner = Scanner(morning, policies, self._rests, guests)
        self._floors = morning.lower_limits()
        self._monitor = self._monitoring(opening)
        self._facts = BuyFacts(
            morning, risk=policies.risk, sectors=policies.sectors, calendar=calendar
        )
        self._account = SessionAccount(opening)
        self._marks = opening.marks
        self._context = morning.careful_context(policies.macro)
        self._told_context = morning.context is not None
        self._now = since
        self._cold = {self._column[code] for code in opening.cold & self._column.keys()}
        self.kept = Kept(
            self._monitor,
            self._rests,
            self.codes,
            lambda: self._context,
            latched=lambda: self._account.latched,
            cold=lambda: frozenset(self.codes[column] for column in self._cold),
        )
        self._minute = -1
        self._halts = Halts.of(self._stocks.values(), self._monitor.halt)
        self._selling: dict[str, SellWish] = {}
        self._asked_by: dict[str, str] = {}
        self._record = Record()
        self.decisions = self._record.decisions
        self._mark_held()

    def _monitoring(self, opening: Opening) -> Monitor:
        floors = zip(self.codes, self._floors.tolist(), strict=True)
        return Monitor(
            opening.book,
            day=self._morning.day,
            hours=self._morning.hours,
            policy=self._policies.exits,
            lower_limits={code: int(won) for code, won in floors if not np.isnan(won)},
            codes=self.codes,
            past=Past.of(self._morning.days),
        )

    @property
    def held(self) -> tuple[str, ...]:
        """The codes held, in order."""
        return self._monitor.book.codes

    def hear(self, items: Sequence[Tick | MarketEvent], now: datetime) -> Wishes:
        """Take what the market said, in the order in which it came."""
        self._reach(now)
        self._halts.hear(items)
        ticks = [item for item in items if isinstance(item, Tick)]
        buys: list[Signal] = []
        for batch in of_ticks(ticks, self._bars.places):
            buys += self._scan(self._bars.add(batch))
        sells = self._monitor.hear(ticks, context=self._context, total=self._account.total)
        return Wishes(buys=tuple(buys), sells=sells)

    def beat(self, now: datetime) -> Wishes:
        """Let a second go by: close the bars that are over, and look at what time alone changes."""
        self._reach(now)
        self._record.write_down(_WRITES)
        buys = self._scan(self._bars.close_minutes(now))
        sells = self._monitor.look(now, context=self._context, total=self._account.total)
        return Wishes(buys=tuple(buys), sells=sells)

    def warm_up(self, code: str, minutes: Sequence[MinuteBar], until: datetime) -> None:
        """Put the day's earlier minutes of a stock, as a chart tells them; it is warm then."""
        if code in self._bars.places:
            self._bars.warm_up(code, minutes, until=until)
            self._cold.discard(self._column[code])

    def catch_up(self, code: str, minutes: Sequence[MinuteBar]) -> None:
        """Let the exits know the day's minutes of a stock held, as a chart tells them later."""
        self._monitor.catch_up(code, minutes)

    def limit(self, signal: Signal) -> int:
        """Return the most in won that an order of a signal would pay a share."""
        return self._facts.limit(signal)

    def quote(self, code: str) -> Quote | None:
        """Return what the session itself knows of the price of a stock held, None without one."""
        place = self._monitor.book.place(code)
        price = np.nan if place is None else self._monitor.marks()[place]
        if np.isnan(price):
            return None
        column = self._column.get(code)
        told = self._morning.candidates
        return Quote(
            code=code,
            price=int(price),
            base_price=0 if column is None else quoted(told.base_price[column]),
            open=int(price),
            high=int(price),
            low=int(price),
            upper_limit=0 if column is None else quoted(told.upper_limit[column]),
            lower_limit=0 if column is None else quoted(self._floors[column]),
            volume=0,
            value=0,
            status=StockStatus.HALTED if code in self._halts else StockStatus.NORMAL,
        )

    def resume(self, order: Order) -> None:
        """Count an automatic buy that a session before this one has left open."""
        worth = order.open_qty * (order.price or 0)
        buy = OpenBuy(
            code=order.code,
            group=self._stock(order.code).sector_group,
            qty=order.open_qty,
            limit=order.price or 0,
            reserved=worth + self._costs.fee(order.code, worth),
        )
        self._account.order(order.order_id, buy)

    def stamp_buy(self, signal: Signal, outside: Outside) -> ApprovedOrder | Refusal:
        """Size and stamp a signal; what passes counts as bought until it is told otherwise."""
        outside = replace(outside, market_halted=outside.market_halted or self._halts.market)
        facts = self._facts.facts(signal, self.standing(outside.now), outside, self._context)
        answer = stamp_signal(signal, facts, self._policies.risk)
        why = str(signal.strategy)
        if isinstance(answer, Refusal):
            self._record.refused(
                answer, signal.code, Side.BUY, why=why, at=outside.now, price=signal.price
            )
            return answer
        self._record.approved(answer)
        intent = answer.intent
        self._asked_by[intent.order_id] = why
        limit = intent.price or 0
        worth = intent.qty * limit
        self._account.order(
            intent.order_id,
            OpenBuy(
                code=signal.code,
                group=signal.sector_group,
                qty=intent.qty,
                limit=limit,
                reserved=worth + self._costs.fee(signal.code, worth),
            ),
        )
        self._record.write(
            Step.ORDERED, signal.code, why, at=outside.now, price=limit, qty=intent.qty
        )
        return answer

    def stamp_sell(
        self, wish: SellWish, outside: Outside, *, sellable: int | None
    ) -> ApprovedOrder | Refusal:
        """Stamp what the exits want sold; `sellable` is None when nobody could tell."""
        intent = OrderIntent(
            order_id=outside.order_id,
            code=wish.code,
            side=Side.SELL,
            type=OrderType.MARKET,
            qty=wish.qty,
            reason=wish.reason.value,
            strategy=exit_mark(wish.reason, wish.level),
        )
        facts = AutoFacts(
            now=outside.now,
            session=self._morning.hours,
            flags=outside.flags,
            stock=self._stock(wish.code),
            sellable=sellable,
            calendar=self._calendar,
            order_id=outside.order_id,
            quote=outside.quote,
            market_halted=outside.market_halted or self._halts.market,
        )
        answer = stamp_exit(intent, facts, self._policies.risk)
        if isinstance(answer, Refusal):
            reason = wish.reason.value
            self._record.refused(
                answer, wish.code, Side.SELL, why=reason, at=outside.now, price=wish.price
            )
        else:
            self._record.approved(answer)
            self._selling[answer.intent.order_id] = wish
        return answer

    def not_sent(self, order_id: str) -> None:
        """Take back what was stamped and never left."""
        wish, buy = self._selling.pop(order_id, None), self._account.drop(order_id)
        if wish is not None:
            why = wish.reason.value
            self._record.write(
                Step.NOT_SENT, wish.code, why, at=self._now, price=wish.price, qty=wish.qty
            )
        elif buy is not None:
            self._record.write(
                Step.NOT_SENT,
                buy.code,
                self._asked_by[order_id],
                at=self._now,
                price=buy.limit,
                qty=buy.qty,
            )

    def traded(self, trade: Trade) -> None:
        """Take in a trade that the ledger proves, ours or made elsewhere."""
        self._monitor.traded(trade)
        self._account.traded(trade)
        self._account.holds(self._monitor.book)
        column = self._column.get(trade.code)
        if trade.code not in self._account.groups:
            self._account.groups[trade.code] = self._stock(trade.code).sector_group
        if column is not None and trade.side is Side.SELL and not trade.taken_over:
            second = trade.minute * 60.0 + trade.at.astimezone(KST).second
            self._rests.sold(column, second, stopped=trade.reason in STOPS)
        self._mark_held()

    def ended(self, order: Order) -> None:
        """Take in that an automatic order is over, or that its figures have changed since."""
        at = self._account.last_trade.get(order.code, self._now) if order.filled_qty else self._now
        if order.side is Side.BUY:
            self._account.end(order)
        else:
            self._selling.pop(order.order_id, None)
            self._monitor.freed(order.code)
        if order.side is Side.BUY or order.filled_qty:
            self._record.ended(order, at=at)

    def freed(self, code: str) -> None:
        """Let the exits wish again for a stock whose sale did not leave."""
        self._monitor.freed(code)

    def weigh(self, cash: int | None, paid_in: int = 0) -> None:
        """Take in the won that the ledger tells, None while nobody knows, and those paid in since
        the session opened, less what was drawn.
        """
        self._account.cash, self._account.paid_in = cash, paid_in

    def weather(self, context: TradingContext | None) -> None:
        """Take in a new macro context; None leaves the careful one."""
        self._told_context = context is not None
        self._context = replace(self._morning, context=context).careful_context(
            self._policies.macro
        )

    def liquidate(self, codes: frozenset[str]) -> None:
        """Say which stocks must go."""
        self._monitor.liquidate(codes)

    def expect(self, code: str, price: int, at: datetime) -> None:
        """Take in the price in won at which a running auction would trade."""
        self._monitor.expect(code, price, at)

    def take_records(self) -> tuple[tuple[Sheet, ...], tuple[Stamped, ...]]:
        """Return what was judged and stamped since the last call."""
        sheets, stamps = self._record.take()
        return (*sheets, *self._monitor.sheets()), stamps

    def _reach(self, now: datetime) -> None:
        """Turn the minute: what the account is worth is counted then, and the day's loss judged."""
        self._now = now
        local = now.astimezone(KST)
        minute = local.hour * 60 + local.minute
        if minute != self._minute:
            self._minute = minute
            self._account.turn(self._prices(), self._policies.risk)

    def _prices(self) -> Mapping[str, int]:
        """Return the last price in won of every stock that has one."""
        traded = dict(zip(self.codes, self._bars.last_price.tolist(), strict=True))
        held = dict(zip(self.held, self._monitor.marks().tolist(), strict=True))
        known = {code: won for code, won in traded.items() if not np.isnan(won)}
        return {c: int(won) for c, won in (held | known).items() if not np.isnan(won)}

    def _scan(self, closed: Closed) -> list[Signal]:
        """Judge the bars that closed and return the signals that are to be stamped."""
        if self._cold:
            warm = ~np.isin(closed.column, tuple(self._cold))
            closed = Closed(row=closed.row[warm], column=closed.column[warm])
        if not len(closed.column):
            return []
        found = self._scanner.judge(
            self._bars.bars, closed, self._context, known=self._told_context
        )
        self._record.judged(found.said)
        return [signal for each in found.found for signal in self._published(each, found)]

    def _published(self, found: Given | Settled, scanned: Scanned) -> Sequence[Signal]:
        """Write down what a bar said; return the signal if it is to be stamped now."""
        code, column = self.codes[found.cell[1]], found.cell
        price = int(scanned.figures.price[column])
        if isinstance(found, Given):
            self._record.write(Step.SIGNAL, code, str(found.strategy), at=self._now, price=price)
            confirmed, publish = False, not found.waits
        else:
            confirmed = publish = found.dropped_by is None
        if publish:
            signal = self._facts.signal(
                scanned.figures, found.cell, found.strategy, at=self._now, confirmed=confirmed
            )
            return (signal,)
        if isinstance(found, Settled) and found.dropped_by is not None:
            self._record.dropped(code, found, at=self._now, price=price)
        return ()

    def standing(self, now: datetime) -> Standing:
        """Return the account as the stamp is told of it now."""
        account, monitor = self._account, self._monitor
        return account.standing(
            self._facts.holdings(
                monitor.book,
                account.groups,
                marks=monitor.marks(),
                levels=monitor.levels(now, self._context),
                buys=account.open_buys.values(),
            )
        )

    def _stock(self, code: str) -> Stock:
        return self._stocks.get(code) or unlisted(code)

    def _mark_held(self) -> None:
        """Let what is held without a tick stand at its base price, else at its last one."""
        for code, mark in zip(self.held, self._monitor.marks(), strict=True):
            column = self._column.get(code)
            base = 0 if column is None else quoted(self._morning.candidates.base_price[column])
            known = base or self._marks.get(code, 0)
            if np.isnan(mark) and known:
                self._monitor.mark(code, known)
