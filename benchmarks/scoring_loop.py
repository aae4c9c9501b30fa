"""The formulas of quant score v2 for one stock, as one would write them with pandas.

Written from the specification, not from the engine: it is both the yardstick of the benchmark and
a second opinion on every part.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jennie_cli.engine.model import Phase

Array = NDArray[np.float64]
Points = dict[str, float]
Slow = dict[str, Any]
PHASES = [phase.value for phase in Phase]
NAN = float("nan")


def clamp(value: float, low: float, high: float) -> float:
    """Return the value kept within two bounds."""
    return min(max(value, low), high)


def known(value: float) -> bool:
    """Tell a number from a gap."""
    return not np.isnan(value)


def rsi14(close: "pd.Series[float]") -> "pd.Series[float]":
    """Return RSI of simple sums of 14 changes."""
    change = close.diff()
    gains = change.clip(lower=0).rolling(14).sum()
    moves = change.abs().rolling(14).sum()
    return (100 * gains / moves).where(moves > 0)


def wilder(values: Array, rows: int = 64, n: int = 14) -> Array:
    """Return the Wilder mean of the last rows by one convolution."""
    weights = (1 - 1 / n) ** np.arange(rows)
    there = ~np.isnan(values)
    total = np.convolve(np.where(there, values, 0), weights)[: len(values)]
    weight = np.convolve(there, weights)[: len(values)]
    count = np.convolve(there, np.ones(rows))[: len(values)]
    return np.where(count >= n - 0.5, total / np.maximum(weight, 1e-300), np.nan)


def adx14(high: "pd.Series[float]", low: "pd.Series[float]") -> Array:
    """Return ADX of Wilder means of directional movement."""
    up, down = high.diff().to_numpy(), -low.diff().to_numpy()
    gap = np.isnan(up)
    plus = wilder(np.where(gap, np.nan, np.where((up > down) & (up > 0), up, 0)))
    minus = wilder(np.where(gap, np.nan, np.where((down > up) & (down > 0), down, 0)))
    both = plus + minus
    dx = np.where(both == 0, 0, 100 * abs(plus - minus) / np.where(both == 0, 1, both))
    return wilder(dx)


def momentum(f: pd.DataFrame) -> Points:
    """Score momentum of one stock."""
    close, rows = f["close"], len(f)

    def excess(n: int) -> float:
        if rows < n:
            return NAN
        index = (f["index"].iloc[-1] / f["index"].iloc[-n] - 1) * 100
        return float((close.iloc[-1] / close.iloc[-n] - 1) * 100 - (index if known(index) else 0))

    six, one = excess(120), excess(20)
    bounce = (close.iloc[-1] / f["low"].tail(20).min() - 1) * 100
    breakout = 0.0
    if rows >= 40:
        base = (f["high"].tail(40).max() / f["low"].tail(40).min() - 1) * 100 <= 15
        bands = close.iloc[-21:-1]
        above = close.iloc[-1] > bands.mean() + 2 * bands.std()
        if base and above:
            breakout = 5.0
        elif base and close.iloc[-1] > bands.mean():
            breakout = 2.5
        elif above:
            breakout = 1.5
    return {
        "six_month_relative": clamp(2.5 + 0.083 * six, 0, 5) if known(six) else 2.5,
        "one_month": clamp(2.5 + 0.25 * one, 0, 5) if known(one) else 2.5,
        "bottom_bounce": bounce_points(bounce),
        "base_breakout": breakout,
    }


def bounce_points(b: float) -> float:
    """Score the rise from the low of 20 rows."""
    if b < 5 or b > 50:
        return 0.0
    if b < 10:
        return b - 5
    return 5.0 if b <= 30 else 5 - 0.25 * (b - 30)


def quality(f: pd.DataFrame, slow: Slow) -> Points:
    """Score quality of one stock."""
    roe, growth = slow["roe_pct"], slow["eps_growth_pct"]
    daily = (f["close"].pct_change() * 100).dropna()
    return {
        "roe_level": clamp(2 + 0.067 * roe, 0, 4) if known(roe) else 2.0,
        "roe_trend": roe_trend([q for q in slow["roe_quarters_pct"] if known(q)]),
        "eps_growth": clamp(2.5 + 0.083 * growth, 0, 5) if known(growth) else 2.5,
        "stability": max(0.0, 3 - 0.6 * daily.std()) if len(f) >= 60 else 1.5,
    }


def roe_trend(quarters: list[float]) -> float:
    """Score the last two changes of ROE."""
    if len(quarters) < 2:
        return 4.0
    d2 = quarters[-1] - quarters[-2]
    if d2 < 0:
        return max(0.0, 2 + 0.4 * d2)
    if len(quarters) == 2:
        return min(6.0, 3 + 0.6 * d2) if d2 > 0 else 4.0
    if d2 == 0:
        return 3.0
    rose = quarters[-2] - quarters[-3] > 0
    return min(8.0, 4 + 0.8 * d2) if rose else min(5.0, 2 + 0.6 * d2)


def value(slow: Slow) -> Points:
    """Score value of one stock."""
    pbr, per, growth = slow["pbr"], slow["per"], slow["eps_growth_pct"]
    told = [p for p in slow["per_quarters"] if known(p)]
    past = [p for p in told if p > 0] if told and told[-1] > 0 else []
    history = 2.5
    if len(past) >= 3:
        mean = sum(past[:-1]) / len(past[:-1])
        history = clamp(16.7 * (mean - past[-1]) / mean, 0, 5)
    per_points = 2.5
    if known(per):
        per_points = clamp(5 - 0.2 * (per - 5), 0, 5) if per > 0 else 0.0
    return {
        "pbr": clamp(5 - 2 * (pbr - 0.5), 0, 5) if pbr > 0 else 2.5,
        "per": per_points,
        "per_vs_history": history,
        "peg": peg_points(per / max(growth, 1.0)) if per > 0 and known(growth) else 2.5,
    }


def peg_points(p: float) -> float:
    """Score PER over growth."""
    if p < 0.5:
        return 5.0
    if p < 1:
        return 5 - 4 * (p - 0.5)
    return 3 - 2 * (p - 1) if p < 2 else max(0.0, 1 - 0.5 * (p - 2))


def technical(f: pd.DataFrame) -> Points:
    """Score volume, RSI and accumulation of one stock."""
    volume, close = f["volume"], f["close"]
    rsi = rsi14(close).iloc[-1]
    before = volume.iloc[-25:-5].mean()
    trend = clamp(1.2 * (volume.tail(5).mean() / before - 0.5), 0, 3) if before > 0 else 1.5
    accumulation, earlier = 0.0, volume.iloc[-40:-20].mean()
    if len(f) >= 40 and earlier > 0:
        fell = (close.iloc[-1] / close.iloc[-20] - 1) * 100
        grew = volume.tail(20).mean() / earlier
        if fell < -5 and grew > 1.2:
            accumulation = 4.0
        elif fell < -3 and grew > 1.1:
            accumulation = 3.0
        elif fell < 0 and grew > 1.0:
            accumulation = 2.0
        elif fell < -5 and grew > 0.8:
            accumulation = 1.0
    rsi_part = rsi_points(rsi) if known(rsi) else 1.5
    return {"volume_trend": trend, "rsi": rsi_part, "accumulation": accumulation}


def rsi_points(rsi: float) -> float:
    """Score RSI."""
    if rsi <= 30:
        return 3.0
    if rsi <= 50:
        return 3 - 0.075 * (rsi - 30)
    return 1.5 - 0.05 * (rsi - 50) if rsi <= 70 else max(0.0, 0.5 - 0.025 * (rsi - 70))


def news(slow: Slow) -> Points:
    """Score news of one stock."""
    level, m, articles = slow["sentiment"], slow["sentiment_change_points"], slow["news_count"]
    turn = 3.0
    if known(m) and known(articles):
        turn = clamp(3 + 0.15 * m * min(1.0, articles / 5), 0, 6)
    return {"level": clamp(0.04 * level, 0, 4) if known(level) else 2.0, "momentum": turn}


def newest(column: "pd.Series[float]", rows: int) -> "pd.Series[float]":
    """Return the newest published rows, or nothing where there are too few."""
    published = column.tail(rows + 5).dropna()
    return published.tail(rows) if len(published) >= rows else published.iloc[:0]


def supply(f: pd.DataFrame) -> tuple[Points, float]:
    """Score the flows of one stock and the factor, scaled to 20."""
    adv = f["volume"].tail(20).mean()
    got: Points = {}
    for name, base, step, fixed in (
        ("foreign", 2.5, 0.05, 1_000_000),
        ("institution", 1.5, 0.03, 500_000),
    ):
        today = newest(f[name], 1)
        if len(today):
            size = today.iloc[-1] / adv / step if adv > 0 else today.iloc[-1] / fixed
            got[name] = clamp(base + base * size, 0, 2 * base)
    ten = newest(f["foreign"], 10)
    if len(ten):
        before, recent = ten.iloc[:5].sum(), ten.iloc[5:].sum()
        got["reversal"] = 3.0 if before < 0 < recent else -3.0 if recent < 0 < before else 0.0
    ratio = newest(f["foreign_pct"], 20)
    if len(ratio) and len(newest(f["foreign_pct"], 1)):
        got["foreign_ratio_trend"] = ratio_points(ratio.iloc[-1] - ratio.iloc[0])
    sums = [newest(f[name], 5) for name in ("foreign", "institution", "individual")]
    if len(sums[0]) and len(sums[1]):
        together = sums[0].sum() > 0 and sums[1].sum() > 0
        sold = len(sums[2]) > 0 and sums[2].sum() < 0
        got["smart_money_sync"] = (4.0 if sold else 3.0) if together else 0.0
    tops = {"foreign": 5, "institution": 3, "reversal": 3, "foreign_ratio_trend": 5}
    available = sum((tops | {"smart_money_sync": 4})[name] for name in got)
    neutral = {"foreign": 2.5, "institution": 1.5, "reversal": 0.0, "foreign_ratio_trend": 1.0}
    factor = clamp(sum(got.values()) * 20 / available, 0, 20) if got else 10.0
    return neutral | {"smart_money_sync": 0.0} | got, factor


def ratio_points(t: float) -> float:
    """Score the change of the foreign ratio."""
    if t <= -1 or t >= 1:
        return 0.0 if t < 0 else 5.0
    if t <= 0:
        return 1.5 * (t + 1)
    return 1.5 + t / 0.3 * 0.5 if t <= 0.3 else 2 + (t - 0.3) / 0.7 * 3


def phase(f: pd.DataFrame) -> tuple[str, float]:
    """Return stage and exhaustion of one stock."""
    close = f["close"]
    if len(f) < 125:
        return "TRANSITION", NAN
    last, ma = close.iloc[-1], {n: close.rolling(n).mean() for n in (20, 60, 120)}
    m20, m60, m120 = (ma[n].iloc[-1] for n in (20, 60, 120))
    slope60, slope120 = ((ma[n].iloc[-1] / ma[n].iloc[-6] - 1) * 100 for n in (60, 120))
    stage = "TRANSITION"
    if last > m20 > m60 > m120 and slope120 > 0.5:
        stage = "UPTREND"
    elif last < m20 < m60 < m120 and slope120 < -0.5:
        stage = "DOWNTREND"
    elif last < m20 and slope60 > 0 and slope120 > 0:
        stage = "DISTRIBUTION"
    elif last > m20 and m60 < m120:
        stage = "ACCUMULATION"
    return stage, exhaustion(f, ma[20], stage)


def exhaustion(f: pd.DataFrame, ma20: "pd.Series[float]", stage: str) -> float:
    """Return exhaustion of one stock."""
    close, sigma = f["close"], f["close"].rolling(20).std()
    strength, rsi = adx14(f["high"], f["low"]), rsi14(f["close"])
    peak = strength[-6:-1].max()
    tired = 10.0 if strength[-1] > 25 else 0.0
    if peak > 40 and strength[-1] < peak - 1e-6:
        tired = 20.0
    above = close.iloc[-1] - ma20.iloc[-1]
    tired += next((p for k, p in ((2.5, 25), (2, 15), (1.5, 5)) if above > k * sigma.iloc[-1]), 0)
    now, fall = rsi.iloc[-1], rsi.iloc[-3] - rsi.iloc[-1]
    tired += 20 if now > 60 and fall > 5 else 10 if now > 50 and fall > 3 else 0
    width = (400 * sigma / ma20).tail(60)
    if stage == "DISTRIBUTION" and (width > width.iloc[-1]).sum() < 12:
        tired += 20
    return tired


def score_stock(columns: dict[str, Array], slow: Slow) -> Points | None:
    """Score one stock: parts, supply factor, phase and total; None below 30 rows or delisted."""
    f = pd.DataFrame(columns)
    f = f[f["close"].notna()]
    if len(f) < 30 or np.isnan(columns["close"][-1]):
        return None
    groups = {"momentum": momentum(f), "quality": quality(f, slow), "value": value(slow)}
    groups |= {"technical": technical(f), "news": news(slow)}
    flow, flow_points = supply(f)
    stage, tired = phase(f)
    raw = sum(sum(points.values()) for points in groups.values()) + flow_points
    added = {"UPTREND": 5.0, "ACCUMULATION": 2.5, "DISTRIBUTION": -5.0}.get(stage, 0.0)
    if tired >= 50:
        added = -7.5
    total = 0.0 if stage == "DOWNTREND" else raw + added - 10 * slow["knife"]
    groups["supply_demand"] = flow
    out = {f"{group} {n}": p for group, points in groups.items() for n, p in points.items()}
    return out | {
        "supply": flow_points,
        "phase": float(PHASES.index(stage)),
        "exhaustion": tired,
        "total": clamp(total, 0, 100),
    }
