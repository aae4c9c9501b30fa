"""The monitor, tick by tick, sells what the exits of a past session sell over the whole of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import cycle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.cases import CALENDAR, DAY, POLICY, at
from tests.unit.engine.exits.walks import differing
from tests.unit.engine.research.walk_days import session
from tests.unit.engine.trading.session.monitor_cases import context, tick

from jennie_cli.engine.exits import (
    REASONS,
    ExitBook,
    Highs,
    Past,
    Trade,
    filled,
    rebuild,
)
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.model import ExitReason, Side
from jennie_cli.engine.research.path import PATH
from jennie_cli.engine.research.walk_exits import Keeping, watch_from
from jennie_cli.engine.research.walk_moments import Moments, moments_of
from jennie_cli.engine.rules import Check
from jennie_cli.engine.trading.session.monitor import Monitor
from jennie_cli.engine.trading.session.wishes import SellWish

STOCKS, ROWS = 6, 40
BUYING = 17
"""Moments from one purchase to the next."""
WILD = 5.0
"""How much wider than in the seeded day prices swing, so that much is sold in few minutes."""
TOTAL = 20_000_000
"""So little that a slice of a small position is worth selling."""

Told = tuple[float, str, int, ExitReason, int, int]
"""Second, code, shares, reason, level and price."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of a seeded session: what was held before it, and what is bought in it by moment."""

    codes: tuple[str, ...]
    moments: Moments
    past: Past
    before: tuple[Trade, ...]
    bought: dict[int, Trade]
    seed: int

    @classmethod
    def of(cls, seed: int, rows: int = ROWS) -> "Scene":
        """Return the scene of a seed: half the stocks held; in turn each is bought if it is not."""
        day = session(seed, STOCKS)
        bars = day.bars.until(int(day.bars.minute[0, 0]) + rows)
        calm = moments_of(bars, day.candidates.base_price)
        swing = np.round((calm.price - 15_000) * WILD, -1)
        moments = replace(calm, price=np.maximum(15_000 + swing, 1_000.0))
        codes = day.candidates.codes
        four_days_ago = at("10:00", day.day - timedelta(days=4))
        before = tuple(_buy(code, 15_000, four_days_ago) for code in codes[: STOCKS // 2])
        turns = range(3, moments.count, BUYING)
        bought = {
            moment: _buy(codes[column], int(price), clock(moments.second[moment]))
            for column, moment in zip(cycle(range(STOCKS)), turns)
            if not np.isnan(price := moments.price[moment, column])
        }
        return cls(codes, moments, Past.of(day.days), before, bought, seed)

    @property
    def book(self) -> ExitBook:
        """What is held before the session."""
        return self.dayed(rebuild(self.before, {}, (), POLICY))

    def dayed(self, book: ExitBook) -> ExitBook:
        """Return a book with the days of its stocks."""
        return book.with_past(self.codes, self.past)

    def ticks(self, moment: int) -> list[Tick]:
        """Return the trades of one moment."""
        when, prices = clock(self.moments.second[moment]), self.moments.price[moment].tolist()
        told = zip(self.codes, prices, strict=True)
        return [tick(when, price, code) for code, price in told if not np.isnan(price)]

    def monitor(self, book: ExitBook) -> Monitor:
        """Return a monitor of the session that begins with a book."""
        hours = CALENDAR.session(DAY)
        assert hours is not None
        return Monitor(
            book,
            day=DAY,
            hours=hours,
            policy=POLICY,
            lower_limits={},
            codes=self.codes,
            past=self.past,
        )

    def keeping(self) -> Keeping:
        """Return what the exits of the past are judged by."""
        hours = CALENDAR.session(DAY)
        assert hours is not None
        return Keeping(
            day=DAY,
            hours=hours,
            context=context(stop=1.1),
            moments=self.moments,
            lower_limit=np.full(STOCKS, np.nan),
            policy=POLICY,
        )


@cache
def scene(seed: int) -> Scene:
    """Return the scene of a seed, made once."""
    return Scene.of(seed)


def clock(second: float) -> datetime:
    """Return a second of the day as a moment."""
    return at("00:00") + timedelta(seconds=float(second))


def _buy(code: str, price: int, when: datetime) -> Trade:
    return Trade(code=code, side=Side.BUY, qty=120, amount=120 * price, at=when)


def _sale(told: Told) -> Trade:
    second, code, qty, reason, level, price = told
    return Trade(
        code=code,
        side=Side.SELL,
        qty=qty,
        amount=qty * price,
        at=clock(second),
        reason=reason,
        level=level,
    )


def from_the_past(of: Scene) -> tuple[list[Told], ExitBook]:
    """Return the sales that `research` finds by judging all moments to come in one call."""
    sold: list[Told] = []
    book, seen = of.book, 0
    while seen < of.moments.count:
        watched = watch_from(
            of.keeping(),
            book,
            seen,
            columns=[of.codes.index(code) for code in book.codes],
            worth=np.full(len(of.moments.closes), float(TOTAL)),
            held_back=np.full(len(book.codes), -np.inf),
        )
        end = min([watched.end, *(m + 1 for m in of.bought if m >= seen)])
        sale = watched.next_sale(seen, end)
        last = end - 1 if sale is None else sale
        book, seen, row = watched.book(last + 1), last + 1, last - watched.first
        for place in np.flatnonzero(watched.table.sell_qty[row]) if sale is not None else ():
            code = watched.table.codes[place]
            told = (
                float(of.moments.second[last]),
                code,
                int(watched.table.sell_qty[row, place]),
                REASONS[watched.table.reason[row, place]],
                int(watched.table.level[row, place]),
                int(of.moments.price[last, of.codes.index(code)]),
            )
            sold.append(told)
            book = of.dayed(filled(book, _sale(told), POLICY))
        if last in of.bought and of.bought[last].code not in book.codes:
            book = of.dayed(filled(book, of.bought[last], POLICY))
    return sold, book


@dataclass(slots=True)
class Live:
    """A session under way: its monitor, and the trades so far."""

    of: Scene
    monitor: Monitor
    trades: list[Trade] = field(default_factory=list)
    sold: list[Told] = field(default_factory=list)

    @classmethod
    def begun(cls, of: Scene) -> "Live":
        """Return the session before its first moment."""
        return cls(of, of.monitor(of.book), list(of.before))

    def go(
        self, moments: range, *, together: int = 1, singly: bool = False, ahead: int = 0
    ) -> "Live":
        """Let moments go by; a look and trades come after `together` many, told as one or singly.

        With `ahead` the prices are those of later moments.
        """
        for start in moments[::together]:
            some = range(start, min(start + together, moments.stop))
            told = [t for m in some for t in self._ticks(m, ahead)]
            calls = [[each] for each in told] if singly else [told]
            self._fill([wish for call in calls for wish in self._heard(call)])
            self._fill(self._looked(some[-1]))
            for moment in some:
                trade = self.of.bought.get(moment)
                if trade is not None and trade.code not in self.monitor.book.codes:
                    self._book(trade)
        return self

    def restarted(self, moment: int) -> "Live":
        """Return the session as a new process finds it: by its trades and the prices before."""
        seen = self.of.moments.second[:moment]
        day = np.full(moment, DAY.toordinal())
        highs = {
            code: Highs(
                day=day,
                minute=(seen // 60).astype(np.int64),
                high=self.of.moments.price[:moment, column],
            )
            for column, code in enumerate(self.of.codes)
        }
        book = self.of.dayed(rebuild(self.trades, highs, (), POLICY))
        return Live(self.of, self.of.monitor(book), list(self.trades))

    def _heard(self, told: Sequence[Tick]) -> tuple[SellWish, ...]:
        return self.monitor.hear(told, context=context(stop=1.1), total=TOTAL)

    def _looked(self, moment: int) -> tuple[SellWish, ...]:
        now = clock(self.of.moments.second[moment] + 1)
        return self.monitor.look(now, context=context(stop=1.1), total=TOTAL)

    def _ticks(self, moment: int, ahead: int) -> list[Tick]:
        when = clock(self.of.moments.second[moment])
        return [replace(t, at=when) for t in self.of.ticks(moment + ahead)]

    def _fill(self, wishes: Iterable[SellWish]) -> None:
        for wish in wishes:
            told = (wish.second, wish.code, wish.qty, wish.reason, wish.level, wish.price)
            self.sold.append(told)
            self._book(_sale(told))
            self.monitor.freed(wish.code)

    def _book(self, trade: Trade) -> None:
        self.trades.append(trade)
        self.monitor.traded(trade)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 500))
def test_a_session_tick_by_tick_equals_the_session_as_a_whole(seed: int) -> None:
    """The same sales to the won and second, and the same book at the end to the last bit."""
    of = scene(seed)
    sold, book = from_the_past(of)
    live = Live.begun(of).go(range(of.moments.count))
    assert sold == live.sold
    assert [] == differing(book, live.monitor.book)


def test_so_does_a_session_from_open_to_close() -> None:
    """All of a day, closing auction and close included, sells what the past sells."""
    of = Scene.of(7, rows=400)
    sold, book = from_the_past(of)
    live = Live.begun(of).go(range(of.moments.count))
    assert sold == live.sold
    assert [] == differing(book, live.monitor.book)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 500), together=st.integers(2, 3 * len(PATH)))
def test_many_ticks_in_one_call_equal_one_at_a_time(seed: int, together: int) -> None:
    """The same sales, book, counts and record, however many ticks one call brings."""
    of = scene(seed)
    whole = range(of.moments.count)
    many = Live.begun(of).go(whole, together=together)
    one = Live.begun(of).go(whole, together=together, singly=True)
    assert one.sold == many.sold
    assert [] == differing(one.monitor.book, many.monitor.book)
    assert one.monitor.counts() == many.monitor.counts()
    assert recorded(one.monitor) == recorded(many.monitor)


def recorded(of: Monitor) -> list[tuple[datetime, str, tuple[Check, ...]]]:
    """Return what the record keeps: when, of which stock, what was asked."""
    told = [(sheet, code) for sheet in of.sheets() for code in sheet.codes]
    judged = [(sheet.of(code), code) for sheet, code in told]
    return sorted((said.at, code, said.checks) for said, code in judged if said is not None)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 500), cut=st.integers(0, ROWS * len(PATH) - 1))
def test_a_monitor_killed_and_rebuilt_sells_the_same(seed: int, cut: int) -> None:
    """Begun again from trades and highs after any moment, all that follows is what it was."""
    of = scene(seed)
    whole = Live.begun(of).go(range(of.moments.count))
    before = Live.begun(of).go(range(cut))
    after = before.restarted(cut).go(range(cut, of.moments.count))
    assert whole.sold == before.sold + after.sold
    assert [] == differing(whole.monitor.book, after.monitor.book)


def test_a_look_ahead_of_one_moment_is_caught() -> None:
    """Told the prices of the next moment, the monitor no longer sells what the past sells."""
    of = scene(1)
    planted = Live.begun(of).go(range(of.moments.count - 1), ahead=1)
    assert from_the_past(of)[0] != planted.sold


def test_the_sessions_take_slices_and_meet_stops() -> None:
    """What is compared does scale out, trail, lock and stop, also what was bought meanwhile."""
    sold = [told for seed in range(12) for told in from_the_past(scene(seed))[0]]
    reasons = {reason for _, _, _, reason, _, _ in sold}
    wanted = {ExitReason.SCALE_OUT, ExitReason.PROFIT_LOCK_1, ExitReason.ATR_STOP}
    assert wanted <= reasons, Counter(reason for _, _, _, reason, _, _ in sold)
    assert scene(0).codes[-1] in {code for _, code, _, _, _, _ in sold}
