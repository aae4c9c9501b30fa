"""Two days of a few stocks, minute by minute, run through the exits as a session would."""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from tests.unit.engine.exits.cases import CALENDAR, POLICY, at

from jennie_cli.engine.exits import (
    REASONS,
    ExDate,
    ExitBook,
    ExitMoment,
    ExitPrices,
    Highs,
    Past,
    Trade,
    empty_book,
    exit_moment,
    filled,
    held_back_until,
    judge,
    rebased,
    rebuild,
    watch,
)
from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime, Side

DAYS = (date(2025, 6, 27), date(2025, 6, 30))
CODES = ("900010", "900020", "900030")
MINUTES = 60
OPEN = 9 * 60
EX_DATES = (
    ExDate(code=CODES[0], day=DAYS[1].toordinal(), base_ratio=0.5),
    ExDate(code=CODES[1], day=DAYS[1].toordinal(), dividend=150.0),
)
Decided = tuple[datetime, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Walk:
    """Prices of every minute (days * MINUTES, stocks) and the days before them."""

    price: FloatArray
    past: Past
    regime: Regime

    @classmethod
    def of(cls, seed: int) -> "Walk":
        """Return the walk of a seed: calm stretches, trends and leaps, some minutes without one."""
        dice = np.random.default_rng(seed)
        rows, stocks = len(DAYS) * MINUTES, len(CODES)
        step = dice.normal(dice.normal(0.0, 0.0015, stocks), 0.004, (rows, stocks))
        step += (dice.random((rows, stocks)) < 0.03) * dice.normal(0.0, 0.04, (rows, stocks))
        price = np.round(10_000 * np.exp(np.cumsum(step, axis=0)), -1)
        price[MINUTES:, 0] *= 0.5
        price[dice.random((rows, stocks)) < 0.05] = np.nan
        close = np.round(10_000 * np.exp(np.cumsum(dice.normal(0, 0.01, (40, stocks)), axis=0)))
        days = tuple(DAYS[0] - timedelta(days=n) for n in range(40, 0, -1))
        bars = DayBars(days=days, high=close * 1.01, low=close * 0.99, close=close)
        regime = list(Regime)[seed % len(Regime)]
        return cls(price, Past.of(bars, dice.choice([0.0, 1.0, np.nan], stocks)), regime)


def clock(row: int) -> datetime:
    """Return when the price of a row traded."""
    day, minute = divmod(row, MINUTES)
    return at("09:00:30", DAYS[day]) + timedelta(minutes=minute)


def quoted(walk: Walk, book: ExitBook, row: int) -> ExitPrices:
    """Return the prices of a row for the stocks of a book."""
    price = walk.price[row, [CODES.index(code) for code in book.codes]]
    second = np.where(np.isnan(price), np.nan, float(OPEN * 60 + row % MINUTES * 60 + 30))
    nothing = np.full(len(price), np.nan)
    return ExitPrices(
        price=price,
        second=second,
        expected=nothing,
        expected_second=nothing,
        lower_limit=nothing,
        halted=np.zeros(len(price), dtype=np.bool_),
    )


def moment_of(walk: Walk, book: ExitBook, row: int, pending: FloatArray) -> ExitMoment:
    """Return the moment of a row."""
    now = clock(row)
    return exit_moment(
        now,
        CALENDAR.session(now.date()),
        regime=walk.regime,
        stop_factor=1.1,
        total=20_000_000,
        liquidate=np.zeros(len(book.codes), dtype=np.bool_),
        pending_until=pending,
    )


@dataclass(slots=True)
class Run:
    """A session under way: the book, what traded, what was decided, which orders wait."""

    walk: Walk
    book: ExitBook = field(default_factory=empty_book)
    trades: list[Trade] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    pending: dict[str, float] = field(default_factory=dict)

    def fill(self, trade: Trade) -> None:
        """Let shares change hands."""
        self.trades.append(trade)
        known = self.walk.past
        self.book = filled(self.book, trade, POLICY).with_past(CODES, known)

    def buy(self, code: str, row: int, qty: int = 120) -> None:
        """Buy at the price of a row, two thirds and then the rest a won dearer."""
        price = self.walk.price[row, CODES.index(code)]
        for part, paid in ((qty * 2 // 3, price), (qty - qty * 2 // 3, price + 1)):
            if not np.isnan(price):
                self.fill(_trade(code, Side.BUY, part, paid, row))

    def minute(self, row: int) -> None:
        """Watch and judge the prices of a row; fill every sale in two parts at its price."""
        if row == MINUTES:
            self.pending.clear()
            for event in EX_DATES:
                self.book = rebased(self.book, event, POLICY)
        waits = np.array([self.pending.get(code, -np.inf) for code in self.book.codes])
        prices, now = quoted(self.walk, self.book, row), moment_of(self.walk, self.book, row, waits)
        self.book = watch(self.book, prices, now, POLICY)
        found = judge(self.book, prices, now, POLICY)
        until = held_back_until(found, now, POLICY)
        for place in np.flatnonzero(found.reason >= 0):
            code, reason = found.codes[place], REASONS[found.reason[place]]
            qty, level = int(found.sell_qty[place]), int(found.level[place])
            self.decided.append((clock(row), code, reason.value, qty, level))
            self.pending[code] = float(until[place])
            for part in (qty // 2, qty - qty // 2):
                if part:
                    sale = _trade(code, Side.SELL, part, prices.price[place], row)
                    self.fill(replace(sale, reason=reason, level=level))

    def restarted(self, row: int) -> "Run":
        """Return the session as a new process finds it after a row: by ledger and bars alone."""
        event = EX_DATES if row >= MINUTES else ()
        book = rebuild(self.trades, _highs(self.walk, row), event, POLICY)
        made = book.with_past(CODES, self.walk.past)
        return Run(self.walk, made, list(self.trades), [], dict(self.pending))


def ran(walk: Walk, rows: range, start: Run | None = None) -> Run:
    """Return the session after these rows; buys come at fixed minutes, and after every exit."""
    run = start or Run(walk)
    for row in rows:
        run.minute(row)
        for place, code in enumerate(CODES):
            if code not in run.book.codes and row % 17 == 3 * place:
                run.buy(code, row)
            elif code in run.book.codes and row % 41 == 7 + place:
                run.buy(code, row, qty=9)
    return run


def differing(one: ExitBook, other: ExitBook) -> list[str]:
    """Return the names of the figures in which two books are not the same to the last bit."""
    if one.codes != other.codes:
        return ["codes"]
    names = [f.name for f in fields(ExitBook) if f.name not in {"codes", "past"}]
    return [n for n in names if not np.array_equal(*_both(one, other, n), equal_nan=n in _FLOATS)]


_FLOATS = {"stored_stop_pct"}


def _both(one: ExitBook, other: ExitBook, name: str) -> tuple[Any, Any]:
    return getattr(one, name), getattr(other, name)


def _trade(code: str, side: Side, qty: int, price: float, row: int) -> Trade:
    return Trade(code=code, side=side, qty=qty, amount=int(qty * price), at=clock(row))


def _highs(walk: Walk, row: int) -> dict[str, Highs]:
    """Return the minute bars up to a row."""
    seen = np.arange(row + 1)
    day = np.array([DAYS[r // MINUTES].toordinal() for r in seen])
    return {
        code: Highs(day=day, minute=OPEN + seen % MINUTES, high=walk.price[: row + 1, place])
        for place, code in enumerate(CODES)
    }
