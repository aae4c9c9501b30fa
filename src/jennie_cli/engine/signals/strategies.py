"""Every strategy by name, and the two that look at the list more than at the bars.

A strategy decides nothing alone: its hit counts only where every gate holds, and no strategy may
pass one by.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals.inputs import Flags
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies_momentum import (
    momentum,
    momentum_continuation,
    short_term_high_breakout,
    vcp_breakout,
    volume_breakout_1min,
)
from jennie_cli.engine.signals.strategies_scene import (
    Condition,
    Scene,
    at_least,
    at_most,
    below,
    enough_bars,
    holds,
    in_bull,
    in_regime,
    rise_pct,
)
from jennie_cli.engine.signals.strategies_turn import (
    bb_lower,
    bull_pullback,
    dip_buy,
    golden_cross,
    institutional_entry,
    rsi_rebound,
)

DEFAULT_LIST = frozenset({Strategy.GOLDEN_CROSS, Strategy.RSI_REBOUND, Strategy.MOMENTUM})
"""What a stock asks for whose own list is empty."""

ON_REQUEST = DEFAULT_LIST | {Strategy.BB_LOWER}
"""The strategies that run only for stocks that ask for them."""


def recon_bull_entry(scene: Scene) -> tuple[Condition, ...]:
    """A RECON stock that the model scores well, in a bull market."""
    stocks = scene.candidates
    return (
        in_bull(scene),
        holds(ids.RECON, stocks.is_recon),
        at_least(ids.LLM_SCORE, stocks.llm_score, scene.policy.recon_llm_score),
    )


def watchlist_conviction_entry(scene: Scene) -> tuple[Condition, ...]:
    """Early in the day, a convincing stock new on the list that has not run away yet.

    Its rise is taken from the close of the day it came on the list, else from the first open.
    """
    policy, stocks, close = scene.policy, scene.candidates, scene.bars.close
    unlisted = np.isnan(stocks.list_close)
    rise = rise_pct(close, np.where(unlisted, scene.first_open, stocks.list_close))
    days = np.where(np.isnan(stocks.list_days), 0.0, stocks.list_days)
    minutes = (scene.weather.at_second - scene.weather.opens) / 60.0
    return (
        _bull_or_scored(scene),
        enough_bars(scene, policy.conviction_bars),
        at_most(ids.LAST_DAY, days, policy.conviction_last_day),
        _convincing(scene),
        at_least(ids.BEGINS, minutes, policy.conviction_from),
        below(ids.ENDS, minutes, policy.conviction_until),
        below(ids.RSI_CAP, scene.figures.rsi, policy.conviction_rsi),
        at_most(ids.VWAP, rise_pct(close, scene.figures.vwap), policy.conviction_vwap_pct),
        below(ids.RISE_CAP, rise, policy.conviction_max_pct),
    )


STRATEGIES: Mapping[Strategy, Callable[[Scene], tuple[Condition, ...]]] = {
    Strategy.RECON_BULL_ENTRY: recon_bull_entry,
    Strategy.MOMENTUM_CONTINUATION: momentum_continuation,
    Strategy.SHORT_TERM_HIGH_BREAKOUT: short_term_high_breakout,
    Strategy.VOLUME_BREAKOUT_1MIN: volume_breakout_1min,
    Strategy.BULL_PULLBACK: bull_pullback,
    Strategy.VCP_BREAKOUT: vcp_breakout,
    Strategy.INSTITUTIONAL_ENTRY: institutional_entry,
    Strategy.DIP_BUY: dip_buy,
    Strategy.GOLDEN_CROSS: golden_cross,
    Strategy.RSI_REBOUND: rsi_rebound,
    Strategy.BB_LOWER: bb_lower,
    Strategy.MOMENTUM: momentum,
    Strategy.WATCHLIST_CONVICTION_ENTRY: watchlist_conviction_entry,
}
"""The conditions of each strategy; the last one is the figure that decides a hit."""


def own_lists(
    lists: Sequence[Mapping[Strategy, float | None]], policy: StrategyPolicy
) -> tuple[Mapping[Strategy, Flags], FloatArray]:
    """Return what each stock asks for, and the rise in percent that its MOMENTUM wants.

    A list names strategies, each with its own figure or None; an empty one asks for the default.
    """
    asked = {s: np.asarray([s in (own or DEFAULT_LIST) for own in lists]) for s in ON_REQUEST}
    figures = [
        own.get(Strategy.MOMENTUM, np.nan) if own else policy.momentum_rise_pct for own in lists
    ]
    listed = [policy.momentum_listed_pct if figure is None else figure for figure in figures]
    return asked, np.asarray(listed, dtype=np.float64)


def _bull_or_scored(scene: Scene) -> Condition:
    neutral = scene.where_is(Regime.NEUTRAL)
    scored = scene.candidates.hybrid_score >= scene.policy.conviction_neutral_score
    return in_regime(ids.BULL_OR_SCORE, scene, scene.bull | (neutral & scored))


def _convincing(scene: Scene) -> Condition:
    stocks, policy = scene.candidates, scene.policy
    scored = stocks.llm_score >= policy.conviction_llm_score
    hybrid = stocks.hybrid_score >= policy.conviction_hybrid_score
    return holds(ids.CONVINCED, hybrid | scored, value=stocks.hybrid_score)
