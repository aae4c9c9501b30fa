"""Retired filters that still log what they would have blocked, and act on nothing."""

from jennie_cli.engine.model import Regime
from jennie_cli.engine.rules import Check, Tally
from jennie_cli.engine.rules import catalogue as rule

_REGIME_LINES = {
    Regime.STRONG_BULL: 58.0,
    Regime.BULL: 62.0,
    Regime.NEUTRAL: 65.0,
    Regime.BEAR: 70.0,
    Regime.STRONG_BEAR: 70.0,
}
_FLOOR = 60.0


def shadow_checks(hybrid: float, regime: Regime, tally: Tally) -> tuple[Check, ...]:
    """Return what the old cut lines say of one analysed stock."""
    line = _REGIME_LINES[regime]
    return (
        tally.ask(rule.SHADOW_REGIME, value=hybrid, limit=line, fired=hybrid < line),
        tally.ask(rule.SHADOW_FLOOR, value=hybrid, limit=_FLOOR, fired=hybrid < _FLOOR),
    )
