"""A morning that a trader can read: one stock at 10,000 won, and the minutes that follow.

It came on the list at 10,100 won the day before, so that it is a DIP_BUY in a bull market while it
trades between 9,800 and 10,040 won. Daily moves are of 1 %: the average true range is 110 won.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.indicators import NO_BAR, DayBars, SessionBars
from jennie_cli.engine.model import (
    Market,
    Regime,
    RiskTag,
    SecurityKind,
    ThrottleLevel,
    TradingContext,
)
from jennie_cli.engine.research.past import Blocked, PastSession, SessionResult
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import PastAccount, open_account
from jennie_cli.engine.research.walk_stage import WalkPolicies
from jennie_cli.engine.signals import Candidates, StrategyPolicy, own_lists
from jennie_cli.engine.trading.session import Decision, Step
from jennie_cli.engine.venue import default_calendar

DAY = date(2025, 7, 1)
NEXT_DAY = date(2025, 7, 2)
CALENDAR = default_calendar()
CODE, OTHER = "900010", "900020"
MONEY = 50_000_000
POLICIES = WalkPolicies()

Bar = tuple[int, int, int, int]
Chart = Sequence[Bar | None]
"""Open, high, low and close of one minute after another from 09:00 on; None is no trade."""


def still(minutes: int, price: int = 10_000) -> list[Bar]:
    """Return minutes in which nothing moved."""
    return [(price, price, price, price)] * minutes


def quiet() -> list[Bar]:
    """Return 09:00 to 09:29: nothing moves, and nothing is bought yet."""
    return still(30)


def bars_of(charts: Mapping[str, Chart]) -> SessionBars:
    """Return charts as a session, each column without gaps."""
    rows = max(sum(bar is not None for bar in chart) for chart in charts.values())
    shape = (rows, len(charts))
    minute, prices = np.full(shape, NO_BAR, dtype=np.int32), np.full((4, *shape), np.nan)
    for column, chart in enumerate(charts.values()):
        traded = [(n, bar) for n, bar in enumerate(chart) if bar is not None]
        for row, (n, bar) in enumerate(traded):
            minute[row, column], prices[:, row, column] = 540 + n, bar
    known = minute != NO_BAR
    return SessionBars(
        minute=minute,
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume=np.where(known, 100.0, np.nan),
        after_gap=np.zeros(shape, dtype=np.bool_),
    )


def candidates(codes: Sequence[str], day: date = DAY, **changes: Any) -> Candidates:
    """Return stocks that may be bought, at 10,000 won yesterday."""
    own, momentum_pct = own_lists([{}] * len(codes), StrategyPolicy())
    yes, no = np.ones(len(codes), dtype=np.bool_), np.zeros(len(codes), dtype=np.bool_)
    calm = Candidates(
        day=day,
        codes=tuple(codes),
        markets=(Market.KOSPI,) * len(codes),
        is_tradable=yes,
        is_blocked=no,
        is_recon=no,
        hybrid_score=np.full(len(codes), 80.0),
        llm_score=np.full(len(codes), 80.0),
        list_days=np.ones(len(codes)),
        list_close=np.full(len(codes), 10_100.0),
        own=own,
        momentum_pct=momentum_pct,
        base_price=np.full(len(codes), 10_000.0),
        upper_limit=np.full(len(codes), 13_000.0),
    )
    return replace(calm, **changes)


def days_before(day: date, stocks: int, *, seed: int | None = None) -> DayBars:
    """Return forty days of moves of 1 % to and fro, each stock's own way if there is a seed."""
    ways = np.ones((40, stocks)) * np.where(np.arange(40) % 2, 50.0, -50.0)[:, None]
    if seed is not None:
        ways = np.random.default_rng(seed).choice([-50.0, 50.0], (40, stocks))
    close = 10_000.0 + ways
    days = tuple(day - timedelta(days=n) for n in range(40, 0, -1))
    return DayBars(days=days, high=close + 10.0, low=close - 10.0, close=close)


def context(day: date = DAY, **changes: Any) -> TradingContext:
    """Return a macro side that leaves everything as it is."""
    calm = TradingContext(
        at=at("08:50", day),
        regime=Regime.BULL,
        size_factor=1.0,
        stop_factor=1.0,
        risk_off_level=0,
        throttle=ThrottleLevel.NORMAL,
    )
    return replace(calm, **changes)


def past(charts: Mapping[str, Chart], *, day: date = DAY, **changes: Any) -> PastSession:
    """Return a session of stocks by their charts."""
    count, hours = len(charts), CALENDAR.session(day)
    assert hours is not None
    calm = PastSession(
        day=day,
        hours=hours,
        bars=bars_of(charts),
        candidates=candidates(tuple(charts), day),
        days=days_before(day, count, seed=None if count == 1 else 1),
        names=tuple(f"가나다{code}" for code in charts),
        groups=("반도체/IT",) * count,
        kinds=(SecurityKind.COMMON,) * count,
        regime=Regime.BULL,
        context=context(day),
        tags=(RiskTag.NEUTRAL,) * count,
    )
    return replace(calm, **changes)


def traded(
    chart: Chart, policies: WalkPolicies = POLICIES, **changes: Any
) -> tuple[SessionResult, PastAccount]:
    """Return what comes of one stock's session after a quiet half hour."""
    return walked(past({CODE: [*quiet(), *chart]}, **changes), policies=policies)


def walked(
    session: PastSession,
    account: PastAccount | None = None,
    policies: WalkPolicies = POLICIES,
) -> tuple[SessionResult, PastAccount]:
    """Return what comes of a session, by default with fifty million won and nothing held."""
    return trade_session(session, account or open_account(MONEY), policies, calendar=CALENDAR)


def at(clock: str, day: date = DAY) -> datetime:
    """Return a moment of the day in Korea."""
    return datetime.combine(day, time.fromisoformat(clock), KST)


def told(result: SessionResult, *, signals: bool = False) -> list[tuple[str, str, str, int, int]]:
    """Return decisions as a trader notes them: when, what, why, at which price, how many."""
    quiet_steps = {Step.ORDERED} if signals else {Step.SIGNAL, Step.ORDERED}
    return [line(d) for d in result.decisions if d.step not in quiet_steps]


def line(decision: Decision) -> tuple[str, str, str, int, int]:
    """Return one decision in words."""
    when = f"{decision.at:%H:%M:%S}"
    return when, decision.step.value, decision.rule, decision.price, decision.qty


def blocked(rule: str, result: SessionResult) -> list[Blocked]:
    """Return what one rule blocked from half past nine on."""
    return [b for b in result.blocked if b.rule == rule and b.at >= at("09:30")]
