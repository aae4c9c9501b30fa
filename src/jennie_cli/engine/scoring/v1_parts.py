"""The formulas of quant v1 by factor (section 6 of the scout specification)."""

import numpy as np

from jennie_cli.engine.indicators import rolling_mean
from jennie_cli.engine.scoring.measures import Measures
from jennie_cli.engine.scoring.momentum import (
    excess_return_pct,
    index_return_pct,
    points_one_month,
    stock_return_pct,
)
from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.quality import daily_sigma_pct, points_stability
from jennie_cli.engine.scoring.supply import (
    FOREIGN_SHARES,
    INSTITUTION_SHARES,
    newest_sum,
    today_ratio,
)
from jennie_cli.engine.scoring.table import Part
from jennie_cli.engine.scoring.technical import points_rsi
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray

BLOCK_ROWS, BLOCKS = 20, 6


def points_six_month_v1(excess_pct: FloatArray, base: FloatArray) -> FloatArray:
    """Return 0..15 points: 7.5 + 0.25 m against an index, 5 + 0.25 m for a bare return."""
    return known_or(np.clip(base + 0.25 * excess_pct, 0.0, 15.0), excess_pct, 7.5)


def points_bollinger(position_ratio: FloatArray) -> FloatArray:
    """Return 3 at the lower band falling to 0 at the upper one, 1.5 when unknown."""
    return known_or(linear(position_ratio, 3.0, -3.0, 3.0), position_ratio, 1.5)


def points_peak_overheat(drawdown_pct: FloatArray, rsi14: FloatArray) -> FloatArray:
    """Return -1.5 or -1 for an overheated stock at its peak, else 0 (section 5.2)."""
    return np.select(
        [(drawdown_pct > -3.0) & (rsi14 > 70.0), (drawdown_pct > -2.0) & (rsi14 > 65.0)],
        [-1.5, -1.0],
    )


def points_sentiment_v1(sentiment: FloatArray) -> FloatArray:
    """Return 0.08 s, 6.4 at exactly 50, 4 at 0 and when unknown."""
    points = np.select([sentiment == 50.0, sentiment > 0.0], [6.4, 0.08 * sentiment], 4.0)
    return known_or(np.clip(points, 0.0, 8.0), sentiment, 4.0)


def points_smart_money(ratio: FloatArray) -> FloatArray:
    """Return up to 3 points for 5-row foreign and institutional buying above 2 % of ADV20."""
    points = np.where(ratio > 0.02, np.clip(ratio / 0.05 * 3.0, 0.0, 3.0), 0.0)
    return known_or(points, ratio, 0.0)


def momentum_v1(window: Window) -> FactorParts:
    """Return the three momentum parts."""
    six, one = excess_return_pct(window, 120), excess_return_pct(window, 20)
    base = np.where(np.isfinite(index_return_pct(window, 120)), 7.5, 5.0)
    rising = np.stack([_block_return(window, block) for block in range(BLOCKS)])
    known = np.isfinite(rising).all(axis=0)
    share = np.where(known, (rising > 0.0).mean(axis=0), np.nan)
    return {
        "six_month_relative": part(points_six_month_v1(six, base), six, "pct"),
        "one_month": part(points_one_month(one), one, "pct"),
        "block_stability": part(known_or(5.0 * share, share, 2.5), share, "ratio"),
    }


def quality_v1(window: Window) -> FactorParts:
    """Return the four quality parts; the growth of sales has no source and is missing."""
    roe, growth = window.slow(window.inputs.roe_pct), window.slow(window.inputs.eps_growth_pct)
    sigma = daily_sigma_pct(window)
    return {
        "roe_level": part(known_or(linear(roe, 5.0, 0.167, 10.0), roe, 5.0), roe, "pct"),
        "sales_growth": absent(roe, 1.75, "pct"),
        "eps_growth": part(known_or(linear(growth, 1.75, 0.058, 3.5), growth, 1.75), growth, "pct"),
        "stability": part(points_stability(sigma), sigma, "pct"),
    }


def value_v1(window: Window) -> FactorParts:
    """Return the two value parts; a PER unknown or of a loss scores 0."""
    pbr, per = window.slow(window.inputs.pbr), window.slow(window.inputs.per)
    pbr = np.where(pbr > 0.0, pbr, np.nan)
    book = known_or(linear(pbr - 0.5, 7.5, -3.0, 7.5), pbr, 3.75)
    earnings = np.where(per > 0.0, linear(per - 5.0, 7.5, -0.3, 7.5), 0.0)
    return {"pbr": part(book, pbr, "times"), "per": part(earnings, per, "times")}


def technical_v1(
    window: Window, shared: Measures, momentum: FloatArray, *, oversold: float
) -> FactorParts:
    """Return the technical parts; a young trend keeps at least 1.5 points of RSI."""
    ratio, rsi14 = shared.volume_ratio, window.take(shared.rsi14)
    lower, upper = window.take(shared.bands.lower), window.take(shared.bands.upper)
    position = (window.take(window.close) - lower) / (upper - lower)
    young = (momentum >= 20.0) & (rsi14 >= 50.0) & (rsi14 < 60.0)
    young &= excess_return_pct(window, 20) > 0.0
    points = points_rsi(rsi14, oversold)
    overheat = points_peak_overheat(shared.drawdown_20d_pct, rsi14)
    volume = known_or(linear(ratio - 0.5, 0.0, 1.6, 4.0), ratio, 2.0)
    return {
        "volume_trend": part(volume, ratio, "times"),
        "rsi": part(np.where(young, np.maximum(points, 1.5), points), rsi14, "points"),
        "bollinger": part(points_bollinger(position), position, "ratio"),
        "peak_overheat": part(overheat, shared.drawdown_20d_pct, "pct"),
    }


def news_v1(window: Window) -> FactorParts:
    """Return the two news parts; win rates have no source and are missing."""
    level = window.slow(window.inputs.sentiment)
    return {
        "win_rate": absent(level, 2.0, "ratio"),
        "level": part(points_sentiment_v1(level), level, "points"),
    }


def supply_v1(window: Window, turn: FloatArray) -> FactorParts:
    """Return the six parts of supply and demand."""
    foreign = today_ratio(window, window.foreign, FOREIGN_SHARES)
    institution = today_ratio(window, window.institution, INSTITUTION_SHARES)
    dip = np.where((foreign > 0.01) & (stock_return_pct(window, 5) < 0.0), 3.0, 0.0)
    held = newest_sum(window, window.foreign_pct, 1)
    both = newest_sum(window, window.foreign, 5) + newest_sum(window, window.institution, 5)
    smart = both / window.take(rolling_mean(window.tail(window.volume, 20), 20))
    return {
        "foreign": part(
            known_or(linear(foreign / 0.05, 3.5, 3.5, 7.0), foreign, 3.5), foreign, "ratio"
        ),
        "foreign_dip": part(dip, foreign, "ratio"),
        "institution": part(
            known_or(linear(institution / 0.03, 2.5, 2.5, 5.0), institution, 2.5),
            institution,
            "ratio",
        ),
        "foreign_ratio": part(known_or(np.minimum(3.0, held / 50.0 * 3.0), held, 1.5), held, "pct"),
        "reversal": part(
            known_or(np.select([turn > 0.0, turn < 0.0], [1.5, -2.0]), turn, 0.0),
            turn,
            "+1 buy turn, -1 sell turn",
        ),
        "smart_money": part(points_smart_money(smart), smart, "ratio"),
    }


def compound_v1(window: Window, rsi14: FloatArray) -> FactorParts:
    """Return the bonus of an oversold stock that foreigners buy."""
    foreign = today_ratio(window, window.foreign, FOREIGN_SHARES)
    bought = (foreign > 0.01) | (newest_sum(window, window.foreign, 1) > 100_000.0)
    bonus = np.where((rsi14 < 30.0) & bought, 5.0, 0.0)
    return {"oversold_foreign": part(bonus, np.where(np.isnan(rsi14), np.nan, foreign), "ratio")}


def absent(shape_of: FloatArray, neutral: float, unit: str) -> Part:
    """Return a part nobody feeds: its neutral points, missing everywhere."""
    nothing = np.full(shape_of.shape, np.nan)
    return part(np.full(shape_of.shape, neutral), nothing, unit)


def _block_return(window: Window, block: int) -> FloatArray:
    """Return the return from the first to the last close of one of the 20-row blocks."""
    newest = block * BLOCK_ROWS
    first = window.take(window.close, newest + BLOCK_ROWS - 1)
    return window.take(window.close, newest) / first - 1.0
