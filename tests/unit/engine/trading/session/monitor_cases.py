"""A monitor of the stock that the exit cases know: trades in, sales out, as a trader tells them.

The daily RSI is left out of it: their days fall, so that any rise today would look overbought.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.unit.engine.exits.cases import CALENDAR, CODE, DAY, at, sell

from jennie_cli.engine.exits import ExitBook, ExitPolicy
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.model import Regime, ThrottleLevel, TradingContext
from jennie_cli.engine.trading.session.monitor import Monitor
from jennie_cli.engine.trading.session.wishes import SellWish

MONEY = 50_000_000
CALM = ExitPolicy(rsi_limit=100.0)
Sold = tuple[str, str, int, int]
"""When, why, how many shares, and the level of a scale-out."""


def context(regime: Regime = Regime.NEUTRAL, stop: float = 1.0) -> TradingContext:
    """Return a macro side that leaves everything as it is."""
    return TradingContext(
        at=at("08:50"),
        regime=regime,
        size_factor=1.0,
        stop_factor=stop,
        risk_off_level=0,
        throttle=ThrottleLevel.NORMAL,
    )


def monitor(
    held: ExitBook, policy: ExitPolicy = CALM, *, day: date = DAY, lower: int | None = None
) -> Monitor:
    """Return the monitor of a book."""
    hours = CALENDAR.session(day)
    assert hours is not None
    return Monitor(
        held,
        day=day,
        hours=hours,
        policy=policy,
        lower_limits={} if lower is None else {CODE: lower},
        codes=held.codes,
        past=held.past,
    )


def tick(when: datetime, price: float, code: str = CODE, **changes: Any) -> Tick:
    """Return one trade of ten shares."""
    told = Tick(code=code, at=when, price=int(price), qty=10, day_volume=1_000, day_high=int(price))
    return replace(told, **changes)


def ticks(*told: tuple[str, float]) -> list[Tick]:
    """Return trades of the case's stock by clock and price."""
    return [tick(at(clock), price) for clock, price in told]


def hear(of: Monitor, *told: tuple[str, float], total: int | None = MONEY) -> list[Sold]:
    """Return what trades of the case's stock make the monitor sell."""
    return [line(wish) for wish in of.hear(ticks(*told), context=context(), total=total)]


def look(of: Monitor, clock: str) -> list[Sold]:
    """Return what a look at the clock makes the monitor sell."""
    return [line(wish) for wish in of.look(at(clock), context=context(), total=MONEY)]


def line(wish: SellWish) -> Sold:
    """Return a wish as a trader notes it."""
    when = at("00:00") + timedelta(seconds=wish.second)
    return f"{when:%H:%M:%S}", wish.reason.value, wish.qty, wish.level


def book_sales(of: Monitor, wishes: Sequence[SellWish]) -> None:
    """Let what was wished be filled at once, at the price that called for it."""
    for wish in wishes:
        when = at("00:00") + timedelta(seconds=wish.second)
        told = {"code": wish.code, "reason": wish.reason, "level": wish.level}
        of.traded(sell(wish.qty, wish.price, when=when, **told))
        of.freed(wish.code)
