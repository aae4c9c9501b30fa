"""A session told line by line: what happened by the clock, and what the session did about it.

One stock is held, 100 shares bought at 10,000 won; its fixed stop stands at 9,400 won. What is said
of a sale stands in the words that a trader reads.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from tests.unit.engine.exits.cases import buy, sell
from tests.unit.engine.research.walk_cases import CALENDAR, CODE, past

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import ExitBook, ExitPolicy, Past, Trade, empty_book, filled
from jennie_cli.engine.feed import MarketEvent, MarketEventKind, Tick
from jennie_cli.engine.model import OrderType, StockStatus
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import refusal_text
from jennie_cli.engine.trading.session import Outside, SellWish, SessionPolicies
from jennie_cli.engine.trading.session.day import TradingDay, Wishes
from jennie_cli.engine.trading.session.opening import Opening

PLAIN = ExitPolicy(atr_stop=100.0, rsi_limit=100.0)
"""Without the stop by the average range: levels that can be worked out by head."""
Line = tuple[str, Any]
"""A clock, and a price or what the exchange says; `None` is a second in which nothing comes."""


def holding(*trades: Trade, day: date, policy: ExitPolicy = PLAIN) -> ExitBook:
    """Return what these trades left, by default the 100 shares of four days before."""
    book = empty_book()
    bought = buy(when=datetime.combine(day - timedelta(days=4), time(10), KST))
    for trade in trades or (bought,):
        book = filled(book, trade, policy)
    return book


class OddDay:
    """A trading day, its clock, and the answers of a broker who sells whatever is asked."""

    def __init__(
        self,
        day: date,
        *,
        status: StockStatus = StockStatus.NORMAL,
        book: ExitBook | None = None,
        sellable: int | None = None,
        **changes: Any,
    ) -> None:
        """`changes` are those of the morning, `sellable` what the broker says can be sold."""
        session = past({CODE: [(10_000,) * 4]}, day=day, statuses=(status,))
        self.morning: PastSession = replace(session, **changes)
        held = holding(day=day) if book is None else book
        self._date, self._sellable, self._number = day, sellable, 0
        self.session = TradingDay(
            self.morning,
            opening(held.with_past((CODE,), Past.of(self.morning.days))),
            policies=SessionPolicies(exits=PLAIN),
            calendar=CALENDAR,
            costs=Costs(),
            since=self.at("08:30"),
            grace_s=1.0,
        )

    def at(self, clock: str) -> datetime:
        """Return a moment of the day."""
        return datetime.combine(self._date, time.fromisoformat(clock), KST)

    def play(self, *lines: Line) -> list[str]:
        """Return what the session did, one text a sale."""
        return [said for line in lines for said in self.hear(*line)]

    def hear(self, clock: str, told: Any) -> list[str]:
        """Tell one line; a number is a trade at that price."""
        now = self.at(clock)
        match told:
            case None:
                wishes = self.session.beat(now)
            case int():
                wishes = self.session.hear([self.tick(now, told)], now)
            case ("sell all",):
                self.session.liquidate(frozenset({CODE}))
                wishes = self.session.beat(now)
            case ("expected", int() as price):
                self.session.expect(CODE, price, now)
                wishes = self.session.beat(now)
            case (MarketEventKind() as kind, str() as code):
                event = MarketEvent(kind=kind, code=code, at=now)
                wishes = self.session.hear([event], now)
            case _:
                raise ValueError(told)
        return self.answered(wishes, now)

    def tick(self, at: datetime, price: int) -> Tick:
        """Return a trade of ten shares."""
        return Tick(code=CODE, at=at, price=price, qty=10, day_volume=1_000, day_high=price)

    def answered(self, wishes: Wishes, now: datetime) -> list[str]:
        """Stamp what is wished; what passes is filled, at a limit it rests."""
        return [f"{now:%H:%M:%S} {self._stamped(wish, now)}" for wish in wishes.sells]

    def _outside(self, now: datetime) -> Outside:
        quote = self.session.quote(CODE)
        return replace(outside(now, f"s-{self._number}"), quote=quote)

    def _stamped(self, wish: SellWish, now: datetime) -> str:
        self._number += 1
        answer = self.session.stamp_sell(wish, self._outside(now), sellable=self._sellable)
        if isinstance(answer, Refusal):
            self.session.freed(wish.code)
            return refusal_text(answer, "en")[0]
        intent = answer.intent
        if intent.type is OrderType.LIMIT:
            return f"{wish.reason.value} {intent.qty} rests at {intent.price:,}"
        self.session.traded(
            sell(intent.qty, wish.price or 1, when=now, code=wish.code, reason=wish.reason)
        )
        self.session.freed(wish.code)
        return f"{wish.reason.value} {intent.qty} at {wish.price:,}"


def opening(book: ExitBook) -> Opening:
    """Return an account of fifty million won that brings a book."""
    return Opening(
        book=book,
        last={},
        signalled_until={},
        equity=50_000_000,
        cash=49_000_000,
        latched=False,
        groups=dict.fromkeys(book.codes, "반도체/IT"),
        trades=1,
    )


def outside(now: datetime, order_id: str) -> Outside:
    """Return a moment in which nothing is in the way."""
    return Outside(
        now=now,
        order_id=order_id,
        flags={},
        quote=None,
        power=None,
        bus_alive=True,
        taken=False,
        locked=False,
    )


def without_limits(day: PastSession) -> PastSession:
    """Return the morning of a stock that has no price limits today."""
    stocks = replace(day.candidates, upper_limit=np.array([np.nan]))
    return replace(day, candidates=stocks)


def every(minutes: int, clocks: Sequence[str]) -> list[str]:
    """Return clocks from the first to the last, so many minutes apart."""
    first, last = (datetime.combine(date.min, time.fromisoformat(c)) for c in clocks)
    count = int((last - first) / timedelta(minutes=minutes)) + 1
    return [f"{first + n * timedelta(minutes=minutes):%H:%M:%S}" for n in range(count)]
