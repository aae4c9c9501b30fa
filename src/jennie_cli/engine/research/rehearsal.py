"""A past session through the machine that trades live: ticks, seconds, stamps and fills in order.

`walk` goes through whole-day arrays; this goes through the same bars second by second, as a live
session does, on the same price path and with fills by the same policy. Both must decide alike.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count

import numpy as np

from jennie_cli.engine.exits import Past, Trade, scale_out_pct
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.model import ExitReason, Order, OrderState, Side, Signal, TradeTier, Venue
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.path import PATH
from jennie_cli.engine.research.walk_account import PastAccount, Why, bought, sold
from jennie_cli.engine.research.walk_exits import PROFITS
from jennie_cli.engine.research.walk_facts import Gatherer
from jennie_cli.engine.research.walk_meeting import Meeting, meeting, profit_point, sale_price
from jennie_cli.engine.research.walk_stage import Stage, WalkPolicies
from jennie_cli.engine.risk import ApprovedOrder
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.trading.session.day import TradingDay, Wishes
from jennie_cli.engine.trading.session.decisions import Decision
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.opening import Opening
from jennie_cli.engine.trading.session.wishes import SellWish
from jennie_cli.engine.venue import Calendar


def rehearse(
    past: PastSession,
    account: PastAccount,
    policies: WalkPolicies,
    *,
    calendar: Calendar,
    costs: Costs | None = None,
    guests: Guests = NO_GUESTS,
) -> tuple[tuple[Decision, ...], PastAccount]:
    """Return what the live machine decides in a past session, and the account after it.

    Moments are those of `walk`: a bar is judged in the second in which it ends.
    """
    stage = Stage(past, policies, calendar, costs or Costs(), account.marks, guests=guests)
    return _Rehearsal(stage, account, costs or Costs()).run()


class _Rehearsal:
    """The machine, and around it an exchange that fills by the policy of the past."""

    def __init__(self, stage: Stage, account: PastAccount, costs: Costs) -> None:
        self._stage, self._past, past = stage, stage.past, stage.past
        self._gather = Gatherer(self._stage)
        book = account.book.with_past(self._stage.codes, Past.of(past.days))
        self._account = account
        self._day = TradingDay(
            past,
            Opening(
                book=book,
                last=account.last,
                signalled_until={},
                equity=account.equity,
                cash=account.cash,
                latched=False,
                groups={code: lot.group for code, lot in account.lots.items()},
                trades=0,
                marks=account.marks,
            ),
            policies=stage.policies,
            calendar=stage.calendar,
            costs=costs,
            since=past.hours.open,
            grace_s=0.0,
            guests=stage.guests,
        )
        self._due: list[tuple[float, int, int, Callable[[], None]]] = []
        self._number = count()

    def run(self) -> tuple[tuple[Decision, ...], PastAccount]:
        """Go through the session, second by second where anything happens."""
        for second, ticks in self._ticks():
            self._over(until=second)
            now = self._stage.at(second)
            self._answer(self._day.hear(ticks, now), now) if ticks else self._beat(now)
            self._over(until=second, along=True)
        self._over(until=np.inf)
        return tuple(self._day.decisions), self._account

    def _beat(self, now: datetime) -> None:
        self._answer(self._day.beat(now), now)

    def _ticks(self) -> Iterator[tuple[float, list[Tick]]]:
        """Yield the moments of the paths with their ticks, and the end of each minute without."""
        moments, minute = self._stage.moments, len(PATH)
        for n, second in enumerate(moments.second):
            yield float(second), self._told(n)
            if n % minute == minute - 1:
                yield float(moments.ends[n // minute]), []

    def _told(self, moment: int) -> list[Tick]:
        """Return one moment as ticks; the volume of a bar comes with its open."""
        moments, at = self._stage.moments, self._stage.at(self._stage.moments.second[moment])
        minute = int(moments.second[moment]) // 60
        first = moment % len(PATH) == 0
        prices = moments.price[moment]
        bars, ticks = self._past.bars, []
        for column in np.flatnonzero(~np.isnan(prices)):
            row = int(np.searchsorted(bars.minute[: bars.count[column], column], minute))
            volume = int(bars.volume[row, column]) if first else 0
            ticks.append(
                Tick(
                    code=self._stage.codes[column],
                    at=at,
                    price=int(prices[column]),
                    qty=volume,
                    day_volume=volume,
                    day_high=int(prices[column]),
                )
            )
        return ticks

    def _plan(self, second: float, column: int, do: Callable[[], None]) -> None:
        heappush(self._due, (second, column, next(self._number), do))

    def _over(self, *, until: float, along: bool = False) -> None:
        """Let what the exchange owes happen before a second, or in it too."""
        while self._due and (self._due[0][0] < until or (along and self._due[0][0] <= until)):
            heappop(self._due)[-1]()

    def _answer(self, wishes: Wishes, now: datetime) -> None:
        for wish in wishes.sells:
            self._sell(wish, now)
        for signal in wishes.buys:
            self._buy(signal, now)

    def _buy(self, signal: Signal, now: datetime) -> None:
        column = self._stage.column[signal.code]
        row = int(self._past.bars.until(int(now.hour * 60 + now.minute)).count[column]) - 1
        standing = self._day.standing(now)
        outside = self._gather.outside(signal, (row, column), standing.cash, standing.bought)
        answer = self._day.stamp_buy(signal, outside)
        if isinstance(answer, ApprovedOrder):
            met = meeting(self._stage, (row, column), answer.intent.price or 0)
            if met is not None:
                do = partial(self._met, signal, answer, met)
                self._plan(met.second, column, do)

    def _met(self, signal: Signal, approved: ApprovedOrder, met: Meeting) -> None:
        at, price = self._stage.at(met.second), met.price
        if price is not None:
            trade = Trade(
                code=signal.code,
                side=Side.BUY,
                qty=approved.intent.qty,
                amount=approved.intent.qty * price,
                at=at,
                recon=signal.tier is TradeTier.RECON,
            )
            why = Why(group=signal.sector_group, strategy=signal.strategy, regime=signal.regime)
            costs, policy = self._stage.costs, self._stage.policies.exits
            self._account = bought(self._account, trade, why, costs=costs, policy=policy)
            self._book(trade)
        self._end(approved, at, filled=price)

    def _sell(self, wish: SellWish, now: datetime) -> None:
        """Fill a sale where it was called for; at the lower limit it waits for a price above."""
        outside = Outside(
            now=now,
            order_id=f"{now:%m%d-%H%M%S}-s-{next(self._number)}",
            flags={},
            quote=self._day.quote(wish.code),
            power=None,
            bus_alive=True,
            taken=False,
            locked=False,
        )
        answer = self._day.stamp_sell(wish, outside, sellable=None)
        if not isinstance(answer, ApprovedOrder):
            self._day.freed(wish.code)
            return
        column, moments = self._stage.column[wish.code], self._stage.moments
        moment = moments.until(wish.second) - 1
        if wish.at_lower_limit:
            lower = float(self._stage.lower_limit[column])
            above = np.flatnonzero(moments.price[moment + 1 :, column] > lower)
            if above.size:
                second = float(moments.second[moment + 1 + above[0]])
                self._plan(second, -1, partial(self._sold, wish, answer, second, lower))
            return
        level = partial(self._level, wish)
        point = profit_point(moments.price[:, column], moment, wish.reason, level)
        self._sold(wish, answer, wish.second, point)

    def _level(self, wish: SellWish) -> float:
        """Return the price in won from which a sale for a profit is called for, NaN without one."""
        rule = PROFITS.get(wish.reason)
        if rule is None:
            return float("nan")
        policy, book = self._stage.policies.exits, self._account.book
        gain = float(policy.target_pct)
        if wish.reason is ExitReason.SCALE_OUT:
            gain = scale_out_pct(policy, self._stage.context.regime, wish.level)
        return float(book.price_at(gain)[book.codes.index(wish.code)])

    def _sold(self, wish: SellWish, approved: ApprovedOrder, second: float, point: float) -> None:
        at, column = self._stage.at(second), self._stage.column[wish.code]
        price = sale_price(self._stage, column, point)
        trade = Trade(
            code=wish.code,
            side=Side.SELL,
            qty=approved.intent.qty,
            amount=approved.intent.qty * price,
            at=at,
            reason=wish.reason,
            level=wish.level,
        )
        costs, policy = self._stage.costs, self._stage.policies.exits
        self._account, _ = sold(self._account, trade, costs=costs, policy=policy)
        self._book(trade)
        self._end(approved, at, filled=price)

    def _book(self, trade: Trade) -> None:
        self._day.weigh(self._account.cash)
        self._day.traded(trade)

    def _end(self, approved: ApprovedOrder, at: datetime, *, filled: int | None) -> None:
        intent = approved.intent
        self._day.ended(
            Order(
                order_id=intent.order_id,
                code=intent.code,
                side=intent.side,
                type=intent.type,
                qty=intent.qty,
                price=intent.price,
                venue=Venue.KRX,
                state=OrderState.CANCELLED if filled is None else OrderState.FILLED,
                created_at=at,
                filled_qty=0 if filled is None else intent.qty,
                filled_amount=0 if filled is None else intent.qty * filled,
                cancelled_qty=intent.qty if filled is None else 0,
                reason=intent.reason,
                strategy=intent.strategy,
            )
        )
