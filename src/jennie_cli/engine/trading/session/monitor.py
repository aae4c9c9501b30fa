"""The exits of a running session: prices and time go in, what must be sold comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import (
    NO_EXIT,
    REASONS,
    REGIMES,
    ExitBook,
    ExitMoment,
    ExitPolicy,
    ExitPrices,
    ExitTable,
    Past,
    Trade,
    day_second,
    filled,
    held_back_until,
    judge,
    protective_level,
    raised,
    watch,
)
from jennie_cli.engine.feed import MinuteBar, Tick
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import TradingContext
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.trading.session.monitor_prices import NOT_TOLD, LastPrices
from jennie_cli.engine.trading.session.monitor_record import ExitRecord
from jennie_cli.engine.trading.session.wishes import SellWish
from jennie_cli.engine.venue import Session

LOOK = 256
"""Ticks judged in one call at most, so that a long backlog needs little memory."""


class Monitor:
    """Keeps the exit book of one session and says what must be sold.

    Positions are independent. One that sells is held back until `freed`, or until its pending
    seconds are over; at the lower limit, where its order waits in the queue, until the close.
    """

    def __init__(
        self,
        book: ExitBook,
        *,
        day: date,
        hours: Session,
        policy: ExitPolicy,
        lower_limits: Mapping[str, int],
        codes: Sequence[str],
        past: Past,
    ) -> None:
        """Begin with a book; `lower_limits` are won by code, a code without one has no limit.

        `past` are the days of `codes`, for what is bought during the session.
        """
        self._book, self._policy = book, policy
        self._codes, self._past = tuple(codes), past
        self._midnight = datetime.combine(day, time(), KST)
        self._opens, self._auction, self._closes = (
            int(day_second(at)) for at in (hours.open, hours.closing_auction_start, hours.close)
        )
        self._prices = LastPrices(self._midnight, lower_limits)
        self._record = ExitRecord(self._midnight)
        self._held_back: dict[str, float] = {}
        self._halted: set[str] = set()
        self._liquidate: frozenset[str] = frozenset()
        self._resumed: set[str] = set()
        self._looked = -np.inf

    @property
    def book(self) -> ExitBook:
        """What is held, as prices and trades have left it."""
        return self._book

    def hear(
        self, ticks: Sequence[Tick], *, context: TradingContext, total: int | None
    ) -> tuple[SellWish, ...]:
        """Judge every regular tick of a stock held at its own time, and return what must be sold.

        Ticks in the order in which they came, and so the wishes. `total` is won of the whole
        account, None when unknown. A tick that is old beside the last `look` is judged as old.
        """
        wishes: list[SellWish] = []
        for start in range(0, len(ticks), LOOK):
            heard = self._prices.hear(ticks[start : start + LOOK], self._book.codes)
            if heard is not None:
                old = self._looked - heard.second > self._policy.tick_age
                moment = self._moment(np.where(old, self._looked, heard.second), context, total)
                prices = replace(self._known(), price=heard.price, second=heard.second)
                wishes += self._judged(prices, moment, heard.order)
        return tuple(wishes)

    def look(
        self, now: datetime, *, context: TradingContext, total: int | None
    ) -> tuple[SellWish, ...]:
        """Judge at `now`, on the last known prices, what something else than a tick has changed.

        That is a liquidation, a halt that is over, an order that is out for too long, the end of
        the gap guard, and in the closing auction the expected price. A price judged before is not
        judged again for a second that has gone by.
        """
        second = self._prices.second(now)
        due = self._due(second)
        self._looked, self._resumed = second, set()
        if not due.any():
            return ()
        known, order = self._known(), np.where(due, 0, NOT_TOLD)[None]
        prices = replace(known, price=known.price[None], second=known.second[None])
        moment = self._moment(np.full(order.shape, second), context, total)
        return tuple(self._judged(prices, moment, order))

    def halt(self, code: str, halted: bool) -> None:
        """Take in that a stock is halted or trades again; an empty code is the whole market."""
        if halted:
            self._halted.add(code)
        elif code in self._halted:
            self._halted.remove(code)
            self._resumed |= {code} if code else set(self._book.codes)

    def expect(self, code: str, price: int, at: datetime) -> None:
        """Take in the price in won at which a running auction would trade."""
        self._prices.expect(code, price, at)

    def liquidate(self, codes: frozenset[str]) -> None:
        """Say which stocks must go, all of them, from now on."""
        self._liquidate = codes

    def traded(self, trade: Trade) -> None:
        """Take in a trade that the ledger proves."""
        book = filled(self._book, trade, self._policy)
        self._book = book.with_past(self._codes, self._past)
        if self._book.place(trade.code) is None:
            self.freed(trade.code)

    def catch_up(self, code: str, minutes: Sequence[MinuteBar]) -> None:
        """Take in the day's minutes of a stock as a chart tells them, for prices nobody heard."""
        place = self._book.place(code)
        if place is None:
            return
        today = int(self._book.entry_day[place]) == self._midnight.toordinal()
        first = max(self._opens // 60, int(self._book.entry_minute[place]) + 1 if today else 0)
        minute = [int(self._prices.second(bar.start) // 60) for bar in minutes]
        counts = [
            bar.volume > 0 and first <= m <= self._closes // 60
            for m, bar in zip(minute, minutes, strict=True)
        ]
        top = np.full(len(self._book.codes), np.nan)
        top[place] = max(
            (bar.high for bar, told in zip(minutes, counts, strict=True) if told), default=np.nan
        )
        self._book = raised(self._book, top, self._policy)

    def freed(self, code: str) -> None:
        """Take in that the sell order of a stock is over; its next tick is judged in full."""
        self._held_back.pop(code, None)

    def cover(self, code: str, lower_limit: int | None) -> None:
        """Take in the lower limit in won of a stock that was not there in the morning."""
        self._prices.cover(code, lower_limit)

    def mark(self, code: str, price: int) -> None:
        """Take in a price in won that is no trade; it is shown by `marks` and never judged."""
        self._prices.mark(code, price)

    def marks(self) -> FloatArray:
        """Return the last price of each position in won, NaN where unknown."""
        return self._prices.marks(self._book.codes)

    def levels(self, now: datetime, context: TradingContext) -> FloatArray:
        """Return the price in won at or under which each position would be sold whole."""
        moment = self._moment(np.array(self._prices.second(now)), context, None)
        return protective_level(self._book, self.marks(), moment, self._policy)

    def sheets(self) -> tuple[Sheet, ...]:
        """Return what was judged since the last call: of each minute and stock the last, and all
        that sold.
        """
        return self._record.take()

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked and fired so far."""
        return self._record.counts()

    def _due(self, now: float) -> NDArray[np.bool_]:
        """Return which positions something else than a tick has changed."""
        over = {code for code, until in self._held_back.items() if until <= now}
        for code in over:
            self.freed(code)
        calm = self._opens + self._policy.gap_guard_seconds
        settled = self._policy.gap_guard and self._looked < calm <= now
        some = over | self._resumed | self._liquidate
        everything = settled or self._auction <= now <= self._closes
        return np.array([everything or code in some for code in self._book.codes], dtype=np.bool_)

    def _known(self) -> ExitPrices:
        """Return the last prices of what is held."""
        codes = self._book.codes
        stands = "" in self._halted
        halted = np.array([stands or code in self._halted for code in codes], dtype=np.bool_)
        return self._prices.of(codes, halted=halted)

    def _moment(self, second: FloatArray, context: TradingContext, total: int | None) -> ExitMoment:
        codes, never = self._book.codes, -np.inf
        return ExitMoment(
            day=self._midnight.date(),
            at_second=second,
            opens=self._opens,
            auction=self._auction,
            closes=self._closes,
            regime=np.array(REGIMES.index(context.regime)),
            stop_factor=np.array(context.stop_factor),
            total=np.array(np.nan if total is None else float(total)),
            liquidate=np.array([code in self._liquidate for code in codes], dtype=np.bool_),
            pending_until=np.array(
                [self._held_back.get(code, never) for code in codes], dtype=np.float64
            ),
        )

    def _judged(
        self, prices: ExitPrices, moment: ExitMoment, order: NDArray[np.int64]
    ) -> list[SellWish]:
        """Judge moments in their order, and return the sales in `order`, NOT_TOLD where none is
        asked for; what they sell is held back from then on.
        """
        asked = order != NOT_TOLD
        seen = watch(self._book, prices, moment, self._policy)
        table, until = _one_sale_at_a_time(seen, prices, moment, self._policy, asked)
        self._book = replace(
            self._book,
            watermark=seen.watermark[-1],
            floor_armed=seen.floor_armed[-1],
            halted=seen.halted,
        )
        self._record.add(table, moment.at_second, asked)
        cells = np.argwhere(table.reason != NO_EXIT).tolist()
        for row, place in cells:
            self._held_back[table.codes[place]] = float(until[row, place])
        cells.sort(key=lambda cell: order[tuple(cell)])
        return [self._wish(table, moment, prices, (row, place)) for row, place in cells]

    def _wish(
        self, table: ExitTable, moment: ExitMoment, prices: ExitPrices, cell: tuple[int, int]
    ) -> SellWish:
        """Return a sale; what must go without a known price is told at its mark."""
        place, second = cell[1], float(moment.at_second[cell])
        auction = second >= self._auction
        price = float(prices.expected[place] if auction else prices.price[cell])
        if np.isnan(price):
            price = float(self.marks()[place])
        return SellWish(
            code=table.codes[place],
            second=second,
            qty=int(table.sell_qty[cell]),
            reason=REASONS[table.reason[cell]],
            price=0 if np.isnan(price) else int(price),
            level=int(table.level[cell]),
            at_lower_limit=bool(table.at_lower_limit[cell]),
        )


def _one_sale_at_a_time(
    book: ExitBook,
    prices: ExitPrices,
    moment: ExitMoment,
    policy: ExitPolicy,
    asked: NDArray[np.bool_],
) -> tuple[ExitTable, FloatArray]:
    """Judge many moments so that what sells in one is held back in those after it.

    Return what was said where it was asked, and until when each sale holds back the next. A sale
    changes only what is judged after it, so that each turn settles one sale of a position more.
    """
    before = np.broadcast_to(moment.pending_until, asked.shape)
    waits = before
    while True:
        now = replace(moment, pending_until=waits)
        table = _only(asked, judge(book, prices, now, policy))
        until = held_back_until(table, now, policy)
        later = np.maximum.accumulate(np.vstack([before[:1], until[:-1]]), axis=0)
        if np.array_equal(later, waits):
            return table, until
        waits = later


def _only(asked: NDArray[np.bool_], table: ExitTable) -> ExitTable:
    """Return what was said of the positions asked about."""
    return replace(
        table,
        asked=table.asked & asked,
        fired=table.fired & asked,
        reason=np.where(asked, table.reason, np.int8(NO_EXIT)),
    )
