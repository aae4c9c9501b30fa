"""Risk tags: set by code from figures, in one order, never by a model."""

from jennie_cli.engine.analyst.inputs import RiskInputs
from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.model import Regime, RiskTag
from jennie_cli.engine.rules import Check, Tally
from jennie_cli.engine.rules import catalogue as rule

_BULL = (Regime.BULL, Regime.STRONG_BULL)


def risk_tag(
    inputs: RiskInputs, *, regime: Regime, policy: AnalystPolicy, tally: Tally
) -> tuple[RiskTag, tuple[Check, ...]]:
    """Return the first tag whose condition holds, and the checks asked up to it.

    An unknown figure never makes a condition true.
    """
    distribution = _distribution(inputs, policy, tally)
    if not distribution.passed:
        return RiskTag.DISTRIBUTION_RISK, (distribution,)
    caution = _caution(inputs, regime, policy, tally)
    if not caution.passed:
        return RiskTag.CAUTION, (distribution, caution)
    bullish = _bullish(inputs, policy, tally)
    tag = RiskTag.BULLISH if bullish.passed else RiskTag.NEUTRAL
    return tag, (distribution, caution, bullish)


def _distribution(inputs: RiskInputs, policy: AnalystPolicy, tally: Tally) -> Check:
    fired = (
        _above(inputs.rsi14, policy.distribution_rsi)
        and _above(inputs.drawdown_20d_pct, policy.distribution_drawdown_pct)
        and inputs.flow_reversal == -1
    )
    return tally.ask(
        rule.TAG_DISTRIBUTION, value=inputs.rsi14, limit=policy.distribution_rsi, fired=fired
    )


def _caution(inputs: RiskInputs, regime: Regime, policy: AnalystPolicy, tally: Tally) -> Check:
    limit = policy.caution_rsi_bull if regime in _BULL else policy.caution_rsi
    if inputs.flow_reversal == -1:
        limit = min(limit, policy.caution_sell_turn_rsi)
    fired = _above(inputs.rsi14, limit)
    return tally.ask(rule.TAG_CAUTION, value=inputs.rsi14, limit=limit, fired=fired)


def _bullish(inputs: RiskInputs, policy: AnalystPolicy, tally: Tally) -> Check:
    calm = inputs.rsi14 is None or inputs.rsi14 < policy.bullish_rsi_max
    fired = (
        inputs.flow_reversal == 1
        and calm
        and _at_least(inputs.supply_points, policy.bullish_supply_min_points)
        and _at_least(inputs.momentum_points, policy.bullish_momentum_min_points)
    )
    return tally.ask(
        rule.TAG_BULLISH,
        value=inputs.supply_points,
        limit=policy.bullish_supply_min_points,
        fired=fired,
        passed=fired,
    )


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _at_least(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit
