"""Charts of one stock, bar by bar, and what the strategies say of the last bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np

from jennie_cli.engine.indicators import NO_BAR, SessionBars
from jennie_cli.engine.model import Market, Regime, Strategy
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Weather
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies import own_lists
from jennie_cli.engine.signals.strategy_table import StrategyTable, judge_strategies

UNKNOWN = float("nan")
DAY = date(2026, 3, 3)
OPEN, CLOSE = 9 * 60, 15 * 60 + 30
ON_REQUEST: Mapping[Strategy, float | None] = {Strategy.BB_LOWER: None}

Bar = tuple[float, float, float, float, float]
Chart = Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What else is known of the stock and the day; by default nothing that helps a strategy."""

    regime: Regime = Regime.BULL
    llm: float = UNKNOWN
    hybrid: float = UNKNOWN
    recon: bool = False
    days: float = UNKNOWN
    list_close: float = UNKNOWN
    own: Mapping[Strategy, float | None] | None = None
    avoid: frozenset[Strategy] = frozenset()
    policy: StrategyPolicy = field(default_factory=StrategyPolicy)


def bar(close: float, volume: float = 100.0) -> Bar:
    """Return a bar that held one price."""
    return (close, close, close, close, volume)


def still(bars: int, price: float = 10_000.0, volume: float = 100.0) -> list[Bar]:
    """Return bars in which nothing moved."""
    return [bar(price, volume)] * bars


def walk(*closes: float, volume: float = 100.0) -> list[Bar]:
    """Return bars that open where the one before closed."""
    pairs = zip((closes[0], *closes), closes, strict=False)
    return [(o, max(o, c), min(o, c), c, volume) for o, c in pairs]


def session(chart: Chart, minutes: Sequence[int] | None = None) -> SessionBars:
    """Return a chart as a session of one stock, from 09:00 on unless minutes are given."""
    rows = np.asarray(chart, dtype=np.float64).reshape(-1, 5)
    at = OPEN + np.arange(len(rows)) if minutes is None else np.asarray(minutes)
    o, h, low, c, v = (rows[:, n : n + 1] for n in range(5))
    return SessionBars(
        minute=at.astype(np.int32)[:, None],
        open=o,
        high=h,
        low=low,
        close=c,
        volume=v,
        after_gap=np.zeros(c.shape, dtype=np.bool_),
    )


def cut(bars: SessionBars, rows: int) -> SessionBars:
    """Return the first rows of a session."""
    return SessionBars(**{f.name: getattr(bars, f.name)[:rows] for f in fields(bars)})


def weather(bars: SessionBars, regime: Regime, avoid: frozenset[Strategy] = frozenset()) -> Weather:
    """Return a calm day in one regime."""
    return Weather(
        at_second=(np.where(bars.known, bars.minute, NO_BAR).astype(np.int64) + 1) * 60,
        opens=OPEN * 60,
        closes=CLOSE * 60,
        regime=np.full((1, 1), REGIMES.index(regime), dtype=np.int8),
        risk_off_level=np.zeros((1, 1), dtype=np.int8),
        vix_crisis=np.zeros((1, 1), dtype=np.bool_),
        context_known=np.ones((1, 1), dtype=np.bool_),
        allowed={s: np.zeros((1, 1), dtype=np.bool_) for s in avoid},
        signal_rest=np.full((1, 1), -np.inf),
        stop_rest=np.full((1, 1), -np.inf),
        sale_rest=np.full((1, 1), -np.inf),
    )


def candidate(facts: Facts) -> Candidates:
    """Return a list of one stock."""
    own, momentum_pct = own_lists([facts.own or {}], facts.policy)
    return Candidates(
        day=DAY,
        codes=("000001",),
        markets=(Market.KOSPI,),
        is_tradable=np.ones(1, dtype=np.bool_),
        is_blocked=np.zeros(1, dtype=np.bool_),
        is_recon=np.asarray([facts.recon]),
        hybrid_score=np.asarray([facts.hybrid]),
        llm_score=np.asarray([facts.llm]),
        list_days=np.asarray([facts.days]),
        list_close=np.asarray([facts.list_close]),
        own=own,
        momentum_pct=momentum_pct,
        base_price=np.asarray([UNKNOWN]),
        upper_limit=np.asarray([UNKNOWN]),
    )


def judged(chart: Chart, facts: Facts) -> StrategyTable:
    """Return what all strategies say of every bar of a chart."""
    bars = session(chart)
    sky = weather(bars, facts.regime, facts.avoid)
    return judge_strategies(bars, candidate(facts), sky, facts.policy)


def verdict(strategy: Strategy, chart: Chart, facts: Facts) -> str:
    """Return "buys" for a hit of the last bar, else the condition that it missed first."""
    check = judged(chart, facts).checks(len(chart) - 1, 0)[strategy]
    return "buys" if check.passed else check.rule.removeprefix("strategy.")
