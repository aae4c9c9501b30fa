"""What a user may set about the quant score."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringPolicy:
    """Settings of the scorers; the weights themselves are part of a scorer's version."""

    version: str = setting(
        "v2",
        "Which scorer ranks the market.",
        choices=("v1", "v2"),
        env="QUANT_SCORER_VERSION",
    )
    chart_phase_enabled: bool = setting(
        True,
        "Let the chart phase move the total and block a downtrend; off, it is only shown.",
        env="CHART_PHASE_ENABLED",
    )
    falling_knife_penalty_points: float = setting(
        -10.0,
        "Added to the total of a stock in a falling-knife sector.",
        unit="points",
        low=-100.0,
        high=0.0,
        env="FALLING_KNIFE_PENALTY",
    )
    rsi_oversold_points: float = setting(
        30.0,
        "RSI at and below which the RSI part gives all its points.",
        unit="RSI points",
        low=5.0,
        high=45.0,
        env="BUY_RSI_OVERSOLD_THRESHOLD",
    )
    base_range_max_pct: float = setting(
        15.0,
        "Widest 40-row range from lowest low to highest high that still counts as a base.",
        unit="pct",
        low=1.0,
        high=100.0,
        env="BASE_RANGE_MAX_PCT",
    )
