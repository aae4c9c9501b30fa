"""The momentum family: strategies that buy what already rises, and so wait for a confirming bar.

Several describe patterns of days and weeks in bars of one minute, as the founding document has
them; they seldom fire.
"""

import numpy as np

from jennie_cli.engine.indicators import rolling_max, rolling_sum
from jennie_cli.engine.model import Strategy
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
    rise_pct,
    volume_times,
)

MOMENTUM_FAMILY = frozenset(
    {
        Strategy.MOMENTUM,
        Strategy.MOMENTUM_CONTINUATION,
        Strategy.SHORT_TERM_HIGH_BREAKOUT,
        Strategy.VCP_BREAKOUT,
        Strategy.VOLUME_BREAKOUT_1MIN,
    }
)
"""The strategies whose signals are published only once a bar has confirmed them."""

_VCP_BARS, _VCP_HALF = 20, 10


def momentum_continuation(scene: Scene) -> tuple[Condition, ...]:
    """A well-scored stock in an up-trend that has risen since the session's open, not too far."""
    policy = scene.policy
    rise = rise_pct(scene.bars.close, scene.first_open)
    return (
        in_bull(scene),
        enough_bars(scene, SLOW),
        at_least(ids.LLM_SCORE, scene.candidates.llm_score, policy.continuation_llm_score),
        in_trend(scene),
        below(ids.RISE_CAP, rise, policy.continuation_max_pct),
        at_least(ids.RISE, rise, policy.continuation_rise_pct),
    )


def short_term_high_breakout(scene: Scene) -> tuple[Condition, ...]:
    """A close above the highest price of the hour before, on twice the usual volume."""
    policy = scene.policy
    highest = before(rolling_max(scene.bars.high, policy.high_bars))
    times = volume_times(scene, policy.high_volume_bars)
    return (
        in_bull(scene),
        enough_bars(scene, policy.high_bars + 1),
        at_least(ids.VOLUME, times, policy.high_volume_ratio),
        above(ids.HIGH, scene.bars.close, highest),
    )


def volume_breakout_1min(scene: Scene) -> tuple[Condition, ...]:
    """A close above all closes of the bars before, on three times their volume."""
    policy = scene.policy
    bars = policy.volume_bars
    highest = before(rolling_max(scene.bars.close, bars))
    return (
        in_bull(scene),
        enough_bars(scene, bars + 1),
        above(ids.HIGH_CLOSE, scene.bars.close, highest),
        at_least(ids.VOLUME, volume_times(scene, bars), policy.volume_breakout_ratio),
    )


def vcp_breakout(scene: Scene) -> tuple[Condition, ...]:
    """Ranges that shrink over twenty bars, then a close above them all on much volume.

    Ranges that were 0 from the start have not shrunk.
    """
    policy, bars = scene.policy, scene.bars
    ranges = rolling_sum(bars.high - bars.low, _VCP_HALF)
    early = before(ranges, _VCP_HALF + 1)
    shrunk = before(ranges) / np.where(early > 0.0, early, np.nan)
    return (
        in_bull(scene),
        enough_bars(scene, _VCP_BARS + 1),
        at_most(ids.CONTRACTION, shrunk, policy.vcp_range_ratio),
        at_least(ids.VOLUME, volume_times(scene, _VCP_BARS), policy.vcp_volume_ratio),
        above(ids.HIGH, bars.close, before(rolling_max(bars.high, _VCP_BARS))),
    )


def momentum(scene: Scene) -> tuple[Condition, ...]:
    """A rise over the last half hour: from the first close of that window, not since the open."""
    close = scene.bars.close
    first = before(close, scene.policy.momentum_bars - 1)
    rise = rise_pct(close, np.where(np.isnan(first), scene.first_close, first))
    return (
        holds(ids.ASKED, scene.asks_for(Strategy.MOMENTUM)),
        below(ids.RISE_CAP, rise, scene.policy.momentum_max_pct),
        at_least(ids.RISE, rise, scene.candidates.momentum_pct),
    )
