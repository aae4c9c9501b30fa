"""Puts council, throttle and risk-off together into the one context a session reads."""

from datetime import datetime

from jennie_cli.engine.macro.insight import (
    Told,
    avoided_sectors,
    favoured_sectors,
    hints_volatility,
    position_factor,
    stop_factor,
)
from jennie_cli.engine.macro.policy import (
    REGIME_OF_SCORE,
    SIZE_OF_LEVEL,
    SIZE_OF_VIX,
    STOP_AT_RISK,
    STOP_OF_VIX,
    MacroPolicy,
)
from jennie_cli.engine.macro.risk_off import (
    RiskInputs,
    max_positions,
    risk_inputs,
    risk_off_level,
    strategies_to_avoid,
)
from jennie_cli.engine.macro.throttle import LEVELS
from jennie_cli.engine.macro.vix import vix_regime
from jennie_cli.engine.model import MacroSnapshot, Regime, ThrottleLevel, TradingContext

_WARNING = LEVELS.index(ThrottleLevel.WARNING)
_BULLISH = frozenset({Regime.STRONG_BULL, Regime.BULL})


def trading_context(
    told: Told,
    *,
    throttle: ThrottleLevel,
    regime: Regime | None,
    now: datetime,
    policy: MacroPolicy,
    snapshot: MacroSnapshot | None = None,
) -> TradingContext:
    """Return the context at `now`.

    `regime` is the detector's and stays as it is at every throttle level; None reads it off the
    council's score, NEUTRAL without one and at best NEUTRAL off a stale one. `snapshot` gives the
    figures of risk-off.
    """
    inputs = risk_inputs(told, snapshot, now=now, policy=policy)
    level = risk_off_level(inputs, policy)
    insight = told.insight
    return TradingContext(
        at=now,
        regime=regime or _regime_of(told),
        size_factor=throttled(_size(told, inputs, level, policy), throttle, policy),
        stop_factor=_stop(told, inputs, level, throttle, policy),
        risk_off_level=level,
        throttle=throttle,
        vix_crisis=inputs.vix is not None and inputs.vix >= policy.crisis_vix,
        max_positions=max_positions(level, inputs.vix, policy),
        avoid=strategies_to_avoid(told, level),
        avoid_sectors=avoided_sectors(told),
        favour_sectors=favoured_sectors(told),
        insight_at=insight.at if insight else None,
        stale=told.stale,
    )


def _size(told: Told, inputs: RiskInputs, level: int, policy: MacroPolicy) -> float:
    """Return the council's factor; without one the careful default, or what the VIX and the
    risk-off level leave of 1 where that is less: figures alone hold back and never push.
    """
    regime = vix_regime(inputs.vix)
    if told.insight is not None or regime is None:
        return position_factor(told, policy)
    left = 1 + SIZE_OF_VIX[regime] + SIZE_OF_LEVEL[level]
    return round(max(min(left, policy.size_default), policy.size_low), 4)


def _stop(
    told: Told, inputs: RiskInputs, level: int, throttle: ThrottleLevel, policy: MacroPolicy
) -> float:
    """Return the council's factor; without one the default, or the VIX's where it is wider."""
    regime = vix_regime(inputs.vix)
    if told.insight is not None or regime is None:
        return stop_factor(told, policy, volatile=is_volatile(told, inputs, throttle, policy))
    factor = STOP_OF_VIX[regime] * (STOP_AT_RISK if level >= 2 else 1.0)
    return round(min(max(factor, policy.stop_default), policy.stop_high), 4)


def throttled(council: float, level: ThrottleLevel, policy: MacroPolicy) -> float:
    """Return the factor on a position: the council's, held to 1 and cut while throttled."""
    factor = throttle_factor(level, policy)
    return min(council, 1.0) * factor if factor < 1 else council


def throttle_factor(level: ThrottleLevel, policy: MacroPolicy) -> float:
    """Return what a throttle level leaves of a position; DANGER and CRITICAL leave nothing."""
    factors = {
        ThrottleLevel.NORMAL: 1.0,
        ThrottleLevel.CAUTION: policy.caution_size,
        ThrottleLevel.WARNING: policy.warning_size,
    }
    return factors.get(level, 0.0)


def is_volatile(told: Told, inputs: RiskInputs, level: ThrottleLevel, policy: MacroPolicy) -> bool:
    """Return whether the VIX, the council's hint or the throttle tells of a volatile day."""
    feared = inputs.vix is not None and inputs.vix >= policy.elevated_vix
    hinted = told.insight is not None and hints_volatility(told.insight)
    return feared or hinted or LEVELS.index(level) >= _WARNING


def _regime_of(told: Told) -> Regime:
    if told.insight is None:
        return Regime.NEUTRAL
    score = told.insight.sentiment_score
    regime = next(regime for least, regime in REGIME_OF_SCORE if score >= least)
    return Regime.NEUTRAL if told.stale and regime in _BULLISH else regime
