"""The settings of the regime detector, and how much cash each regime keeps."""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.engine.model import Regime, setting

CASH_FLOOR_PCT: Mapping[Regime, float] = {
    Regime.STRONG_BULL: 5.0,
    Regime.BULL: 10.0,
    Regime.NEUTRAL: 15.0,
    Regime.BEAR: 25.0,
    Regime.STRONG_BEAR: 25.0,
}
"""Cash that must remain after a purchase, in percent of total assets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimePolicy:
    """Limits of the five-state detector; scores run from -100 to 100 points. Not yet calibrated."""

    strong_points: float = setting(
        50.0,
        "Score from which a bull market is strong, and below whose negative a bear market is.",
        unit="points",
        low=16.0,
        high=100.0,
    )
    trend_points: float = setting(
        15.0,
        "Score from which the market is a bull, and below whose negative a bear.",
        unit="points",
        low=1.0,
        high=49.0,
    )
    hysteresis_points: float = setting(
        5.0,
        "How far beyond a threshold the score must go to leave a state.",
        unit="points",
        low=0.0,
        high=15.0,
    )
    confirm: int = setting(
        2, "Consecutive evaluations that a step needs.", unit="evaluations", low=1, high=10
    )
    shock_pct: float = setting(
        -3.0,
        "KOSPI day change at which a worse state holds at once.",
        unit="pct",
        low=-30.0,
        high=0.0,
    )
    evaluations: int = setting(
        60, "Daily evaluations that lead up to a reading.", unit="days", low=2, high=500
    )
    sure_points: float = setting(
        15.0,
        "Distance to the nearest threshold that counts as full confidence.",
        unit="points",
        low=1.0,
        high=50.0,
    )
