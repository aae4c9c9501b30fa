"""A seeded day of many stocks: calm and busy minutes, trends, missing minutes, late comers."""

import numpy as np
from tests.unit.engine.signals.charts import DAY, ON_REQUEST, UNKNOWN

from jennie_cli.engine.indicators import NO_BAR, SessionBars
from jennie_cli.engine.model import Market
from jennie_cli.engine.signals.inputs import Candidates
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies import own_lists


def day(seed: int, rows: int = 380, stocks: int = 40) -> SessionBars:
    """Return one-minute bars on the exchange's grid of 10 won, around 15,000 won."""
    rng = np.random.default_rng(seed)
    shape = (rows, stocks)
    width = rng.choice([0.3, 1.0, 3.0], (rows // 10 + 1, stocks)).repeat(10, axis=0)[:rows]
    steps = np.round(rng.normal(0.0, 1.2, shape) * width + rng.normal(0.0, 0.2, stocks)) * 10.0
    close = np.maximum(15_000.0 + np.cumsum(steps, axis=0), 10_000.0)
    first = np.vstack([np.full((1, stocks), 15_000.0), close[:-1]])
    wicks = np.abs(np.round(rng.normal(0.0, 0.6, (2, *shape)) * width)) * 10.0
    burst = np.where(rng.random(shape) < 0.08, 6.0, 1.0) * (1.0 + np.abs(steps) / 20.0)
    known = np.arange(rows)[:, None] < np.r_[rows, rng.integers(0, rows + 1, stocks - 1)]
    minute = 540 + np.cumsum(rng.random(shape) < 0.02, axis=0) + np.arange(rows)[:, None]
    return SessionBars(
        minute=np.where(known, minute, NO_BAR).astype(np.int32),
        open=np.where(known, first, np.nan),
        high=np.where(known, np.maximum(first, close) + wicks[0], np.nan),
        low=np.where(known, np.minimum(first, close) - wicks[1], np.nan),
        close=np.where(known, close, np.nan),
        volume=np.where(known, np.round(rng.gamma(2.0, 50.0, shape) * burst), np.nan),
        after_gap=np.zeros(shape, dtype=np.bool_),
    )


def watchlist(seed: int, stocks: int = 40) -> Candidates:
    """Return stocks with scores, days and lists of their own, some unknown."""
    rng = np.random.default_rng(seed)
    asks = [{} if n % 2 else ON_REQUEST for n in range(stocks)]
    own, momentum_pct = own_lists(asks, StrategyPolicy())
    unknown = rng.random(stocks) < 0.1
    return Candidates(
        day=DAY,
        codes=tuple(f"{n:06d}" for n in range(stocks)),
        markets=(Market.KOSPI,) * stocks,
        is_tradable=np.ones(stocks, dtype=np.bool_),
        is_blocked=np.zeros(stocks, dtype=np.bool_),
        is_recon=rng.random(stocks) < 0.3,
        hybrid_score=rng.uniform(60.0, 90.0, stocks),
        llm_score=np.where(unknown, np.nan, rng.uniform(50.0, 90.0, stocks)),
        list_days=np.where(unknown, np.nan, rng.integers(0, 6, stocks)),
        list_close=np.where(unknown, np.nan, 15_000.0 + 10.0 * rng.integers(-30, 60, stocks)),
        own=own,
        momentum_pct=momentum_pct,
        base_price=np.full(stocks, UNKNOWN),
        upper_limit=np.full(stocks, UNKNOWN),
    )
