"""One stock bought at 10,000 won, so that a price reads as a profit, and the moment it is judged.

The average true range is 1.2 % unless said otherwise: lock 1 is armed from +1.8 %, lock 2 from
+3.0 %, and the ATR stop stands at 9,760 won.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import (
    REASONS,
    ExitBook,
    ExitMoment,
    ExitPolicy,
    ExitPrices,
    ExitTable,
    Past,
    Trade,
    empty_book,
    exit_moment,
    filled,
    judge,
)
from jennie_cli.engine.exits.keeping import raised
from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.model import Regime, Side
from jennie_cli.engine.venue import default_calendar

CODE = "900010"
DAY = date(2025, 6, 30)
POLICY = ExitPolicy()
CALENDAR = default_calendar()
CALM = [10_000.0 - 10 * n for n in range(20)]
"""Days that fall slowly: no RSI near its limit, no cross today."""
HOLD = ("HOLD", 0, 0)
Decision = tuple[str, int, int]


def at(clock: str, day: date = DAY) -> datetime:
    """Return a moment of a day in Korea."""
    return datetime.combine(day, time.fromisoformat(clock), KST)


def buy(qty: int = 100, price: int = 10_000, *, when: datetime | None = None, **more: Any) -> Trade:
    """Return a buy of the case's stock, by default of four days before."""
    moment = when or at("10:00", DAY - timedelta(days=4))
    fields: dict[str, Any] = {
        "code": CODE,
        "side": Side.BUY,
        "qty": qty,
        "amount": qty * price,
        "at": moment,
    }
    return Trade(**fields | more)


def sell(qty: int, price: int, *, when: datetime | None = None, **more: Any) -> Trade:
    """Return a sale of the case's stock."""
    return buy(qty, price, when=when or at("10:00"), side=Side.SELL, **more)


def past(closes: list[float], *, topping: float = np.nan) -> Past:
    """Return the closes of the days before today, each 0.5 % around."""
    close = np.array(closes, dtype=np.float64).reshape(-1, 1)
    days = tuple(DAY - timedelta(days=n) for n in range(len(closes), 0, -1))
    bars = DayBars(days=days, high=close * 1.005, low=close * 0.995, close=close)
    return Past.of(bars, np.array([topping]))


def book(
    *trades: Trade,
    high: int = 10_000,
    atr: float = 120.0,
    policy: ExitPolicy = POLICY,
    days: Past | None = None,
    **figures: Any,
) -> ExitBook:
    """Return the book after `trades` (default: 100 shares), with the figures given."""
    made = empty_book()
    for trade in trades or (buy(),):
        made = filled(made, trade, policy)
    made = raised(made, np.array([high if c == CODE else np.nan for c in made.codes]), policy)
    made = made.put(CODE, **figures)
    known = past(CALM) if days is None else days
    return made.with_past((CODE,), replace(known, atr=np.array([atr])))


def prices(
    price: float = np.nan,
    *,
    second: float = np.nan,
    expected: float = np.nan,
    lower: float = np.nan,
    halted: bool = False,
) -> ExitPrices:
    """Return the price of one stock; `second` is that of the trade or of the expected price."""
    return ExitPrices(
        price=np.array([price], dtype=np.float64),
        second=np.array([second], dtype=np.float64),
        expected=np.array([expected], dtype=np.float64),
        expected_second=np.array([second], dtype=np.float64),
        lower_limit=np.array([lower], dtype=np.float64),
        halted=np.array([halted]),
    )


def moment(
    when: datetime | None = None,
    *,
    regime: Regime = Regime.NEUTRAL,
    stop: float = 1.0,
    total: int | None = 50_000_000,
    liquidate: bool = False,
    pending: float = -np.inf,
) -> ExitMoment:
    """Return eleven in the morning of a normal day."""
    now = when or at("11:00")
    return exit_moment(
        now,
        CALENDAR.session(now.date()),
        regime=regime,
        stop_factor=stop,
        total=total,
        liquidate=np.array([liquidate]),
        pending_until=np.array([pending], dtype=np.float64),
    )


def table(
    held: ExitBook,
    price: float,
    policy: ExitPolicy = POLICY,
    *,
    age: float = 0.0,
    expected: float = np.nan,
    lower: float = np.nan,
    halted: bool = False,
    **now: Any,
) -> ExitTable:
    """Return what the chain answers to a price that is `age` seconds old."""
    then = moment(**now)
    second = float(then.at_second) - age
    quoted = prices(price, second=second, expected=expected, lower=lower, halted=halted)
    return judge(held, quoted, then, policy)


def decision(found: ExitTable, position: int = 0) -> Decision:
    """Return reason, shares and level of one position in words."""
    reason = int(found.reason[position])
    name = REASONS[reason].value if reason >= 0 else "HOLD"
    return name, int(found.sell_qty[position]), int(found.level[position])


def decide(held: ExitBook, price: float, policy: ExitPolicy = POLICY, **now: Any) -> Decision:
    """Return what is decided at a price."""
    return decision(table(held, price, policy, **now))
