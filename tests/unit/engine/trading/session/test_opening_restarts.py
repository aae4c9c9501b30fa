"""A session cut at any event and opened again is the session that went on."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.walks import differing
from tests.unit.engine.research.loading_market import ALTEOGEN, BEFORE, CALENDAR, DAY, KB, SAMSUNG
from tests.unit.engine.research.loading_market import minutes as stored_minutes
from tests.unit.engine.trading.session.opening_ledger import (
    BASE,
    POLICIES,
    UNLISTED,
    Ledger,
    morning,
)

from jennie_cli.engine.exits import STOPS, ExitBook, Past, empty_book, filled, rebuild, trades_of
from jennie_cli.engine.exits.keeping import raised
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason, Side
from jennie_cli.engine.risk import Past as Done
from jennie_cli.engine.store import Batch, MemoryFacts
from jennie_cli.engine.trading.session.opening import Opening, held_since
from jennie_cli.engine.trading.session.opening_highs import highs_of
from jennie_cli.testing import moment

CODES = (SAMSUNG, KB, ALTEOGEN, UNLISTED)
START = moment(BEFORE, 9, 0)
MINUTES = 25
SALES = (
    (ExitReason.SCALE_OUT, 1),
    (ExitReason.SCALE_OUT, 2),
    (ExitReason.RSI_OVERBOUGHT, 0),
    (ExitReason.FIXED_STOP, 0),
    (ExitReason.TRAILING_STOP, 0),
)


@dataclass
class Ordered:
    """An automatic buy as the one who sent it counts it."""

    code: str
    limit: int
    rest: int
    shares: int = 0
    won: int = 0


@dataclass
class Running:
    """A session that was never cut: it books every trade as it comes and forgets nothing."""

    prices: FloatArray
    dice: np.random.Generator
    ledger: Ledger = field(default_factory=Ledger)
    book: ExitBook = field(default_factory=empty_book)
    last: dict[str, Done] = field(default_factory=dict)
    orders: dict[str, Ordered] = field(default_factory=dict)
    bars: list[tuple[str, datetime, int]] = field(default_factory=list)
    at: datetime = START
    cuts: list["Cut"] = field(default_factory=list)

    def run(self) -> "Running":
        """Go through two mornings."""
        self.ledger.cash(200_000_000, moment(BEFORE, 8, 0))
        for number, day in enumerate((BEFORE, DAY)):
            for order_id in [i for i, order in self.orders.items() if order.rest]:
                self._lapse(order_id)
            self.orders.clear()
            for row in range(MINUTES):
                self.at = moment(day, 9, 0) + timedelta(minutes=row)
                self._trade(self.prices[number * MINUTES + row])
        return self

    def _trade(self, price: FloatArray) -> None:
        """Let a minute trade: its price is seen first, then things happen."""
        for code, won in zip(CODES, price.tolist(), strict=True):
            self.bars.append((code, self.at, int(won)))
        minute = self.at.hour * 60 + self.at.minute
        seen = np.array([price[CODES.index(code)] for code in self.book.codes])
        later = (self.book.entry_day < self.at.toordinal()) | (self.book.entry_minute < minute)
        self.book = raised(self.book, np.where(later, seen, np.nan), POLICIES.exits)
        self._cut()
        for place, code in enumerate(CODES):
            self._happen(code, int(price[place]))

    def _happen(self, code: str, price: int) -> None:
        dice, held = self.dice.random(), self.book.place(code)
        waiting = [i for i, order in self.orders.items() if order.code == code and order.rest]
        if waiting:
            fills = dice < 0.6
            self._fill(waiting[0], price) if fills else self._lapse(waiting[0])
        elif held is None and dice < 0.3:
            self._order(code, price)
        elif held is not None and dice < 0.3:
            self._sell(code, int(self.book.qty[held]), price)
        elif dice > 0.97:
            self.ledger.elsewhere(code, Side.BUY, 3, price, self._tick())
            self._booked()

    def _order(self, code: str, price: int) -> None:
        limit, at = price + 10, self._tick()
        recon = bool(self.dice.random() < 0.3)
        order_id = self.ledger.buy(code, 12, limit, at, recon=recon)
        self.orders[order_id] = Ordered(code, limit, 12)
        self._cut()

    def _fill(self, order_id: str, price: int) -> None:
        order = self.orders[order_id]
        qty = int(self.dice.integers(1, order.rest + 1))
        self.ledger.fill(order_id, qty, price, self._tick())
        order.rest, order.shares = order.rest - qty, order.shares + qty
        order.won += qty * price
        self._booked()

    def _lapse(self, order_id: str) -> None:
        order = self.orders[order_id]
        self.ledger.lapse(order_id, order.rest, self._tick())
        order.rest = 0
        self._cut()

    def _sell(self, code: str, held: int, price: int) -> None:
        reason, level = SALES[int(self.dice.integers(len(SALES)))]
        qty = held if reason in STOPS else max(1, held // 3)
        order_id = self.ledger.sell(code, qty, self._tick(), reason, level)
        for part in (qty // 2, qty - qty // 2):
            if part:
                self.ledger.fill(order_id, part, price, self._tick())
                self._booked()

    def _booked(self) -> None:
        """Take in the trade that the ledger has just learned of."""
        trade = trades_of(self.ledger.events)[-1]
        self.book = filled(self.book, trade, POLICIES.exits)
        done = self.last.get(trade.code, Done())
        if trade.side is Side.BUY:
            self.last[trade.code] = replace(done, bought_at=trade.at)
        elif trade.reason in STOPS:
            self.last[trade.code] = replace(done, sold_at=trade.at, stopped_at=trade.at)
        else:
            self.last[trade.code] = replace(done, sold_at=trade.at)
        self._cut()

    def _tick(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def _cut(self) -> None:
        """Remember how everything stands."""
        counted = [o for o in self.orders.values() if o.rest or o.shares]
        self.cuts.append(
            Cut(
                events=len(self.ledger.events),
                bars=len(self.bars),
                at=self.at,
                book=self.book,
                last=dict(self.last),
                bought=len(counted),
                ordered=sum(o.won + o.rest * o.limit for o in counted),
            )
        )


@dataclass(frozen=True)
class Cut:
    """The session as it stood after so many events and bars."""

    events: int
    bars: int
    at: datetime
    book: ExitBook
    last: dict[str, Done]
    bought: int
    ordered: int

    def opened(self, whole: Running) -> Opening:
        """Return what a new process finds: the ledger, stored minutes, and today's chart."""
        ledger = replace(whole.ledger, events=whole.ledger.events[: self.events])
        bars = whole.bars[: self.bars]
        facts = MemoryFacts()
        facts.write([_stored(bars, self.at.date())])
        highs = highs_of(
            held_since(rebuild(trades_of(ledger.events), {}, (), POLICIES.exits)),
            facts,
            now=self.at,
            calendar=CALENDAR,
            minutes=[_bar(*bar) for bar in bars if bar[1].date() == self.at.date()],
        )
        return ledger.opening(replace(morning(), day=self.at.date()), highs=highs)


def _stored(bars: list[tuple[str, datetime, int]], today: date) -> Batch:
    """Return the minutes of the days before as they were collected; a high lies a won above."""
    past = [(c, at.date(), at.hour * 100 + at.minute, won - 1, 5) for c, at, won in bars]
    return stored_minutes(*(row for row in past if row[1] < today))


def _bar(code: str, at: datetime, won: int) -> MinuteBar:
    return MinuteBar(code=code, start=at, open=won, high=won, low=won, close=won, volume=5)


@cache
def ran(seed: int) -> Running:
    """Return the whole story of a seed."""
    dice = np.random.default_rng(seed)
    rows = 2 * MINUTES
    start = np.array([BASE[code] for code in CODES], dtype=np.float64)
    steps = dice.normal(0.0, 0.02, (rows, len(CODES)))
    prices = np.round(start * np.exp(np.cumsum(steps, axis=0)), -1)
    return Running(prices, dice).run()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 11), where=st.floats(0.0, 1.0))
def test_a_restart_at_any_event_changes_nothing(seed: int, where: float) -> None:
    """Positions with their marks, what was done with each stock, and the day's buys are those of
    the session that went on, to the last bit.
    """
    whole = ran(seed)
    cut = whole.cuts[round(where * (len(whole.cuts) - 1))]
    opening = cut.opened(whole)
    days = Past.of(morning().days)
    assert [] == differing(cut.book, opening.book)
    known = cut.book.with_past(morning().candidates.codes, days).past
    assert np.array_equal(known.atr, opening.book.past.atr, equal_nan=True)
    assert cut.last == opening.last
    assert (cut.bought, cut.ordered) == (opening.bought, opening.ordered)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 11))
def test_the_equity_of_the_close_stands_all_day(seed: int) -> None:
    """Whatever was traded today, a session opened again loses against the same close."""
    whole = ran(seed)
    today = [cut for cut in whole.cuts if cut.at.date() == DAY]
    known = {cut.opened(whole).equity for cut in today[:: max(1, len(today) // 6)]}
    assert 1 == len(known)
    assert None not in known


def test_the_stories_are_rich() -> None:
    """What is cut holds partial fills, lapses, sales of every kind, and armed marks."""
    seen: Counter[str] = Counter()
    for whole in map(ran, range(6)):
        seen["cuts"] += len(whole.cuts)
        seen["levels"] += sum(bool((cut.book.level > 0).any()) for cut in whole.cuts)
        seen["rsi"] += sum(bool(cut.book.rsi_sold.any()) for cut in whole.cuts)
        seen["floors"] += sum(bool(cut.book.floor_armed.any()) for cut in whole.cuts)
        seen["stopped"] += sum(any(p.stopped_at for p in cut.last.values()) for cut in whole.cuts)
        seen["open"] += sum(o.rest > 0 for o in whole.orders.values())
        seen["lapsed"] += sum(not o.rest and o.shares < 12 for o in whole.orders.values())
    assert all(seen[what] for what in ("levels", "rsi", "floors", "stopped", "open", "lapsed"))
    assert 500 < seen["cuts"]
