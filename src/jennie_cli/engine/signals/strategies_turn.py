"""Strategies that buy a turn or a dip: pullback, strong candle, dip, cross, rebound, lower band."""

import numpy as np

from jennie_cli.engine.indicators import rolling_std, rolling_sum
from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals.strategies_scene import (
    SLOW,
    Condition,
    Scene,
    above,
    at_least,
    at_most,
    before,
    below,
    enough_bars,
    holds,
    in_bull,
    in_trend,
    outside_bull,
    rise_pct,
    rising_bar,
)

_PULLBACK_BARS = 3
_CANDLE_BARS = 5
_DIP_RSI = (30.0, 50.0)


def bull_pullback(scene: Scene) -> tuple[Condition, ...]:
    """In an up-trend, a few falling bars on calm volume, then a rising bar on more of it."""
    bars = scene.bars
    falling = before(rolling_sum((bars.close < bars.open).astype(np.float64), _PULLBACK_BARS))
    step = bars.volume - before(bars.volume)
    calm = np.maximum(before(step), before(step, 2))
    return (
        in_bull(scene),
        enough_bars(scene, SLOW),
        in_trend(scene),
        above(ids.ABOVE_MEAN, bars.close, scene.slow),
        at_least(ids.DOWN_BEFORE, falling, scene.policy.pullback_down_bars),
        rising_bar(scene),
        at_most(ids.VOLUME_CALM, calm, 0.0),
        above(ids.VOLUME_UP, bars.volume, before(bars.volume)),
    )


def institutional_entry(scene: Scene) -> tuple[Condition, ...]:
    """A rising bar that closes at its high, twice the body of the bar before, on more volume.

    The body before must be a tick at least, which on the exchange's grid is: not 0.
    """
    bars, policy = scene.bars, scene.policy
    body = np.abs(bars.close - bars.open)
    body_before = before(body)
    span = bars.high - bars.low
    wick = (bars.high - bars.close) / np.where(span > 0.0, span, np.nan)
    times = body / np.where(body_before > 0.0, body_before, np.nan)
    return (
        in_bull(scene),
        enough_bars(scene, _CANDLE_BARS),
        rising_bar(scene),
        below(ids.WICK, wick, policy.institution_wick_ratio),
        above(ids.BODY_BEFORE, body_before, 0.0),
        above(ids.VOLUME_UP, bars.volume, before(bars.volume)),
        at_least(ids.BODY, times, policy.institution_body_ratio),
    )


def dip_buy(scene: Scene) -> tuple[Condition, ...]:
    """A well-scored stock, some days on the list, below the close of the day it came on."""
    policy, stocks, bull = scene.policy, scene.candidates, scene.bull
    change = rise_pct(scene.bars.close, stocks.list_close)
    low, high = _DIP_RSI
    steady = (
        (scene.figures.rsi >= low) & (scene.figures.rsi <= high)
        if policy.dip_rsi
        else np.asarray(True)
    )
    return (
        at_least(ids.LLM_SCORE, stocks.llm_score, policy.dip_llm_score),
        at_least(ids.FIRST_DAY, stocks.list_days, policy.dip_first_day),
        at_most(
            ids.LAST_DAY,
            stocks.list_days,
            np.where(bull, policy.dip_last_day_bull, policy.dip_last_day),
        ),
        holds(ids.DIP_RSI, steady, value=scene.figures.rsi),
        at_least(
            ids.DIP_FLOOR, change, np.where(bull, policy.dip_most_bull_pct, policy.dip_most_pct)
        ),
        at_most(ids.DIP, change, np.where(bull, policy.dip_least_bull_pct, policy.dip_least_pct)),
    )


def golden_cross(scene: Scene) -> tuple[Condition, ...]:
    """The fast average crosses above the slow one, each compared on its own bar, on volume.

    The variant GOLDEN_CROSS_SUPER_PRIME is not built: as intended it needs a daily RSI and the
    daily flows of foreigners over twenty days, which no bar of this session holds.
    """
    ratio = scene.policy.golden_cross_volume_ratio
    return (
        holds(ids.ASKED, scene.asks_for(Strategy.GOLDEN_CROSS)),
        enough_bars(scene, SLOW + 1),
        at_most(ids.NO_TREND_BEFORE, before(scene.fast), before(scene.slow)),
        in_trend(scene),
        at_least(ids.VOLUME, scene.figures.volume_ratio, ratio),
    )


def rsi_rebound(scene: Scene) -> tuple[Condition, ...]:
    """Outside a bull market, the RSI comes back above a line: the bear's is the lower one."""
    policy = scene.policy
    neutral = scene.where_is(Regime.NEUTRAL)
    line = np.where(neutral, policy.rebound_neutral_rsi, policy.rebound_bear_rsi)
    return (
        holds(ids.ASKED, scene.asks_for(Strategy.RSI_REBOUND)),
        outside_bull(scene),
        below(ids.RSI_BEFORE, before(scene.figures.rsi), line),
        at_least(ids.RSI, scene.figures.rsi, line),
    )


def bb_lower(scene: Scene) -> tuple[Condition, ...]:
    """Outside a bull market, a close at or under the lower band of twenty closes.

    The deviation is that of the twenty closes themselves; a price that did not move has no band.
    """
    close = scene.bars.close
    sigma = rolling_std(close, SLOW) * np.sqrt((SLOW - 1) / SLOW)
    band = scene.slow - scene.policy.band_sigma * np.where(sigma > 0.0, sigma, np.nan)
    return (
        holds(ids.ASKED, scene.asks_for(Strategy.BB_LOWER)),
        outside_bull(scene),
        enough_bars(scene, SLOW),
        at_most(ids.BAND, close, band),
    )
