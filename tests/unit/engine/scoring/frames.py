"""Builds price, flow and index frames: flat and silent unless a test says otherwise."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.scoring import ScoreInputs, ScoreTable, ScoringPolicy, score_v2
from jennie_cli.engine.store import DailyPanel, FlowPanel

Array = NDArray[np.float64]
POLICY = ScoringPolicy()
ROWS = 160
PRICE = 10_000.0


def flat(rows: int = ROWS, value: float = PRICE) -> Array:
    """Return a column that never moves."""
    return np.full((rows, 1), value)


def with_rows(column: Array, rows: dict[int, float]) -> Array:
    """Return the column with some rows replaced; -120 is close[-120]."""
    out = column.copy()
    for row, value in rows.items():
        out[row] = value
    return out


def unpublished(rows: int = ROWS) -> Array:
    """Return a column nobody has published."""
    return flat(rows, np.nan)


def series(*values: float, rows: int = ROWS, before: float | None = None) -> Array:
    """Return a column that ends with the values; before them it stands at the first one."""
    head = np.full(rows - len(values), values[0] if before is None else before)
    return np.concatenate([head, values])[:, None]


def panel(
    close: Array, *, high: Array | None = None, low: Array | None = None, volume: Array | None
) -> DailyPanel:
    """Return daily bars of a close; without more, high and low are the close, volume is 0."""
    rows, stocks = close.shape
    start = date(2025, 1, 1)
    return DailyPanel(
        days=tuple(start + timedelta(days=n) for n in range(rows)),
        codes=tuple(f"{n:06d}" for n in range(stocks)),
        open=close,
        high=close if high is None else high,
        low=close if low is None else low,
        close=close,
        volume=np.where(np.isnan(close), np.nan, 0.0) if volume is None else volume,
        halted=np.zeros(close.shape, dtype=np.bool_),
    )


def flow_panel(bars: DailyPanel, flows: dict[str, Array]) -> FlowPanel:
    """Return flows on the axes of the bars; what is not given is unpublished."""
    nothing = np.full(bars.close.shape, np.nan)
    names = ("foreign", "institution", "individual", "foreign_pct")
    return FlowPanel(days=bars.days, codes=bars.codes, **{n: flows.get(n, nothing) for n in names})


def inputs(
    close: Array | None = None,
    *,
    high: Array | None = None,
    low: Array | None = None,
    volume: Array | None = None,
    index: Array | None = None,
    board: Sequence[int] | None = None,
    at: Sequence[int] | None = None,
    flows: dict[str, Array] | None = None,
    slow: dict[str, Any] | None = None,
) -> ScoreInputs:
    """Return inputs that know only what is given; `slow` values spread over days and stocks."""
    bars = panel(flat() if close is None else close, high=high, low=low, volume=volume)
    rows, stocks = bars.close.shape
    scored = np.array([rows - 1] if at is None else at)
    shape = (len(scored), stocks)
    given: dict[str, Any] = slow or {}

    def spread(name: str, *middle: int) -> Array:
        value = np.asarray(given.get(name, np.nan), dtype=np.float64)
        if middle and value.ndim == 1:
            value = value[None, :, None]
        return np.broadcast_to(value, (shape[0], *middle, shape[1])).copy()

    fast = ("per", "pbr", "roe_pct", "eps_growth_pct", "sentiment", "sentiment_change_points")
    return ScoreInputs(
        bars=bars,
        flows=flow_panel(bars, flows or {}),
        at=scored,
        index_close=np.full((rows, 2), np.nan) if index is None else index,
        board=np.zeros(stocks, dtype=np.intp) if board is None else np.array(board),
        roe_quarters_pct=spread("roe_quarters_pct", 4),
        per_quarters=spread("per_quarters", 4),
        news_count=spread("news_count"),
        knife=np.broadcast_to(np.asarray(given.get("knife", False)), shape).copy(),
        **{name: spread(name) for name in fast},
    )


def scored(**given: Any) -> ScoreTable:
    """Return the v2 scores of `inputs(...)`."""
    return score_v2(inputs(**given), POLICY)


def points(factor: str, name: str, **given: Any) -> float:
    """Return the points of one part of the only stock on the only scored day."""
    return float(scored(**given).parts[factor][name].points[0, 0])


def random_inputs(seed: int, *, rows: int = 170, stocks: int = 6, days: int = 1) -> ScoreInputs:
    """Return a random market: jumps, listings, halts, unpublished flows, unknown accounts."""
    rng = np.random.default_rng(seed)
    shape, slow = (rows, stocks), (days, stocks)
    volatility = rng.choice([0.0, 0.005, 0.03, 0.09], stocks)
    drift = rng.choice([-0.01, 0.0, 0.01], stocks)
    moves = rng.standard_t(3, shape) * volatility + drift
    close = np.maximum(np.round(5_000.0 * np.exp(np.cumsum(np.clip(moves, -0.35, 0.35), 0))), 1.0)
    wick = np.abs(rng.normal(0.0, 0.01, (2, *shape)))
    high, low = np.round(close * (1.0 + wick[0])), np.maximum(np.round(close * (1 - wick[1])), 1.0)
    volume = np.round(rng.lognormal(8.0, 1.5, shape)) * (rng.random(shape) > 0.1)
    for stock, listed in enumerate(rng.choice([0, 0, rows - 45, rows - 20, rows // 2], stocks)):
        for values in (close, high, low, volume):
            values[:listed, stock] = np.nan

    def holes(values: Array, share: float) -> Array:
        return np.where(rng.random(values.shape) < share, np.nan, values)

    share = rng.choice([0.0, 0.1, 0.9])
    bars = panel(close, high=high, low=low, volume=volume)
    net = {n: holes(np.round(rng.normal(0, 3e3, shape)), share) for n in ("foreign", "institution")}
    net["individual"] = holes(np.round(rng.normal(0, 3e3, shape)), 0.5)
    net["foreign_pct"] = holes(30.0 + np.cumsum(rng.normal(0, 0.1, shape), 0), share)
    return ScoreInputs(
        bars=bars,
        flows=flow_panel(bars, net),
        at=np.arange(rows - days, rows),
        index_close=holes(2_500.0 * np.exp(np.cumsum(rng.normal(0, 0.01, (rows, 2)), 0)), 0.02),
        board=rng.integers(0, 2, stocks),
        per=holes(rng.normal(12, 12, slow), 0.2),
        pbr=holes(rng.lognormal(0, 1, slow), 0.2),
        roe_pct=holes(rng.normal(8, 20, slow), 0.2),
        eps_growth_pct=holes(rng.normal(5, 60, slow), 0.2),
        roe_quarters_pct=holes(rng.normal(8, 6, (days, 4, stocks)), 0.3),
        per_quarters=holes(rng.normal(12, 9, (days, 4, stocks)), 0.3),
        sentiment=holes(rng.uniform(0, 100, slow), 0.3),
        sentiment_change_points=holes(rng.normal(0, 20, slow), 0.3),
        news_count=rng.poisson(4.0, slow).astype(np.float64),
        knife=rng.random(slow) < 0.3,
    )
