"""What the model is shown of one stock: measured figures, and words of strangers kept apart."""

from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.model import Phase, Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A named part of the score: points of its maximum."""

    name: str
    points: float
    max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One headline as the store has it, and the Korean day it was published."""

    title: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalystCase:
    """One stock before the analyst; None where nothing is known.

    `quant_score` is 0..100, `coverage_ratio` the share of it that rests on real data, `factors`
    the six sub-scores, `strongest` and `weakest` the parts of them by share of the maximum.
    `flow_reversal` is +1 buy turn, -1 sell turn, 0 none. `foreign_trend_pp` is the change of the
    foreign holding over 20 rows in percent points, `market_cap` KRW. `bonus_points` is what a
    competitor's misfortune is worth now, `bonus_reason` a stranger's words for it.
    """

    code: str
    name: str
    market: str
    sector: str
    sector_group: str
    trade_date: date
    regime: Regime
    quant_score: float
    coverage_ratio: float
    factors: tuple[Points, ...]
    strongest: tuple[Points, ...]
    weakest: tuple[Points, ...]
    phase: Phase
    phase_points: float
    falling_knife: bool
    rsi14: float | None = None
    drawdown_20d_pct: float | None = None
    flow_reversal: float | None = None
    foreign_trend_pp: float | None = None
    per: float | None = None
    pbr: float | None = None
    roe_pct: float | None = None
    market_cap: float | None = None
    news: tuple[News, ...] = ()
    bonus_points: float | None = None
    bonus_reason: str = ""
