"""Seeded days of many stocks in which something happens, and what comes of walking through them."""

from dataclasses import replace

import numpy as np
from tests.unit.engine.research.walk_cases import CALENDAR, DAY, at, context
from tests.unit.engine.signals import walks

from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.model import Regime, RiskTag, SecurityKind
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession, SessionResult
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import PastAccount, open_account
from jennie_cli.engine.research.walk_loop import Walk
from jennie_cli.engine.research.walk_stage import Stage, WalkPolicies
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.signals import SignalPolicy
from jennie_cli.engine.trading.session import Decision

RICH = 500_000_000
"""Won enough for sizes of thousands of shares, which every won of the account moves."""

STOCKS = 12
BUSY = WalkPolicies(
    risk=AutoPolicy(max_day_buys=40, daily_loss_pct=20.0),
    signals=SignalPolicy(cooldown_seconds=300, rsi_max=90.0),
)
"""Settings under which a day is full of purchases and sales."""
GROUPS = ("반도체/IT", "금융", "바이오", "자동차")


def session(seed: int, stocks: int = STOCKS) -> PastSession:
    """Return a day of stocks around 15,000 won, on the watchlist with all that is known of them."""
    rng, hours = np.random.default_rng(seed), CALENDAR.session(DAY)
    assert hours is not None
    listed = replace(
        walks.watchlist(seed, stocks),
        day=DAY,
        base_price=np.full(stocks, 15_000.0),
        upper_limit=np.full(stocks, 19_500.0),
    )
    return PastSession(
        day=DAY,
        hours=hours,
        bars=walks.day(seed, stocks=stocks),
        candidates=listed,
        days=_days(rng, stocks),
        names=tuple(f"가나다{n}" for n in range(stocks)),
        groups=tuple(GROUPS[n % len(GROUPS)] for n in range(stocks)),
        kinds=(SecurityKind.COMMON,) * stocks,
        regime=(Regime.BULL, Regime.NEUTRAL)[seed % 2],
        context=context(regime=(Regime.BULL, Regime.NEUTRAL)[seed % 2]),
        tags=(RiskTag.NEUTRAL,) * stocks,
    )


def until(past: PastSession, minute: int) -> PastSession:
    """Return the session as it stood at a minute of the day."""
    return replace(past, bars=past.bars.until(minute))


def walk(past: PastSession, policies: WalkPolicies = BUSY) -> tuple[SessionResult, PastAccount]:
    """Return what comes of a session that begins with cash alone."""
    return trade_session(past, open_account(RICH), policies, calendar=CALENDAR)


def staged(past: PastSession, policies: WalkPolicies = BUSY) -> Walk:
    """Return the walk itself, still to be gone."""
    return Walk(Stage(past, policies, CALENDAR, Costs(), {}), open_account(RICH))


def decided(result: SessionResult, minute: int) -> list[Decision]:
    """Return what was decided up to the second in which a minute of the day starts."""
    edge = at(f"{minute // 60:02}:{minute % 60:02}")
    return [d for d in result.decisions if d.at <= edge]


def _days(rng: np.random.Generator, stocks: int) -> DayBars:
    close = 15_000.0 * np.exp(np.cumsum(rng.normal(0.0, 0.015, (60, stocks)), axis=0))
    close = np.round(close * 15_000.0 / close[-1] / 10.0) * 10.0
    days = tuple(d for d in CALENDAR.days(DAY.replace(month=3), DAY) if d < DAY)[-60:]
    return DayBars(days=days, high=close * 1.004, low=close * 0.996, close=close)
