"""What a scorer takes and gives: arrays over (scored day, stock), so that years are one call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import DailyPanel, FlowPanel
from jennie_cli.engine.store.panels import BoolArray, FloatArray

PART_MAX: Mapping[str, Mapping[str, float]] = {
    "momentum": {
        "six_month_relative": 5.0,
        "one_month": 5.0,
        "bottom_bounce": 5.0,
        "base_breakout": 5.0,
    },
    "quality": {"roe_level": 4.0, "roe_trend": 8.0, "eps_growth": 5.0, "stability": 3.0},
    "value": {"pbr": 5.0, "per": 5.0, "per_vs_history": 5.0, "peg": 5.0},
    "technical": {"volume_trend": 3.0, "rsi": 3.0, "accumulation": 4.0},
    "news": {"level": 4.0, "momentum": 6.0},
    "supply_demand": {
        "foreign": 5.0,
        "institution": 3.0,
        "reversal": 3.0,
        "foreign_ratio_trend": 5.0,
        "smart_money_sync": 4.0,
    },
}
"""Maximum points of the 22 sub-factors of quant v2 by factor; they sum to 100."""

PARTS: tuple[tuple[str, str], ...] = tuple((f, p) for f, ps in PART_MAX.items() for p in ps)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreInputs:
    """Inputs of a scorer. D = days of the panel, K = scored days, N = stocks.

    `at` holds the K row indices of the panel to score, each "as of the end of that row".
    `index_close` is (D, 2) in points, column 0 KOSPI, 1 KOSDAQ, NaN where missing; `board` (N,)
    selects the column of each stock. Slow inputs are already point in time, NaN where unknown:
    `per`, `pbr` in times (a loss shows as per <= 0), `roe_pct`, `eps_growth_pct` (K, N);
    `roe_quarters_pct`, `per_quarters` (K, 4, N) oldest first; `sentiment` 0..100 (mean of 3 days),
    `sentiment_change_points` (7-day mean less the mean of days 8..37), `news_count` of the
    last 7 days (K, N). `knife` marks members of a falling-knife sector.
    """

    bars: DailyPanel
    flows: FlowPanel
    at: NDArray[np.intp]
    index_close: FloatArray
    board: NDArray[np.intp]
    per: FloatArray
    pbr: FloatArray
    roe_pct: FloatArray
    eps_growth_pct: FloatArray
    roe_quarters_pct: FloatArray
    per_quarters: FloatArray
    sentiment: FloatArray
    sentiment_change_points: FloatArray
    news_count: FloatArray
    knife: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sub-factor over (K, N): points, the measured input, and where it was missing.

    Where missing, `points` holds the neutral value of the specification and `input` NaN.
    """

    points: FloatArray
    input: FloatArray
    missing: BoolArray
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """Scores of K days and N stocks; every array is (K, N).

    `total` is 0..100, rounded to 2 decimals, NaN where `valid` is False (fewer than 30 rows).
    `coverage_ratio` is the share of the points that rests on real data. `phase` indexes
    jennie_cli.engine.model.Phase in definition order; `phase_points` is what the phase added, so
    that total = clamp(sum of factors + phase points + penalty of a knife, 0, 100) always holds.
    `exhaustion_points` 0..85 is NaN below 125 rows. Maxima of parts: SCORERS[`scorer`].
    Risk inputs: `rsi14`, `drawdown_20d_pct` (from the 20-row high), `flow_reversal` (+1 buy turn,
    -1 sell turn, 0 none, NaN unknown), `volume_ratio`, `golden_cross`, `ma20_rising`.
    """

    scorer: str = "v2"
    days: tuple[date, ...]
    codes: tuple[str, ...]
    parts: Mapping[str, Mapping[str, Part]]
    factors: Mapping[str, FloatArray]
    supply_scale_factor: FloatArray
    valid: BoolArray
    total: FloatArray
    coverage_ratio: FloatArray
    phase: NDArray[np.int8]
    phase_points: FloatArray
    exhaustion_points: FloatArray
    knife: BoolArray
    rsi14: FloatArray
    drawdown_20d_pct: FloatArray
    flow_reversal: FloatArray
    volume_ratio: FloatArray
    golden_cross: BoolArray
    ma20_rising: BoolArray
