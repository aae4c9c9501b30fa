"""How a model is asked, and the thresholds of a verdict."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalystPolicy:
    """Asking a model, and the limits of tags, blend, tiers and tradability; scores are 0..100."""

    llm_clamp_points: float = setting(
        15.0,
        "How far a model may move a score from the quant score.",
        unit="points",
        low=0,
        high=100,
        env="LLM_CLAMP",
    )
    quant_weight_ratio: float = setting(
        0.60,
        "Share of the quant score in the hybrid score.",
        unit="ratio",
        low=0,
        high=1,
        env="HYBRID_QUANT_WEIGHT",
    )
    competitor_bonus_max_points: float = setting(
        10.0,
        "Largest bonus a competitor's misfortune may add to a model's score.",
        unit="points",
        low=0,
        high=15,
        env="COMPETITOR_BONUS_MAX",
    )
    concurrency: int = setting(
        8, "How many stocks a model is asked about at once.", unit="stocks", low=1, high=64
    )
    deadline_s: float = setting(
        1200.0,
        "How long a run may ask; the stocks left over fall back to the quant score.",
        unit="s",
        low=1,
        high=7200,
    )
    max_tokens: int = setting(
        1024, "Longest answer about one stock.", unit="tokens", low=128, high=32768
    )
    fact_check: bool = setting(
        True,
        "Hold the figures and dates of a reason against what the model was shown; an opinion "
        "with others does not count.",
        env="FACT_CHECK_ENABLED",
    )
    reuse_today: bool = setting(
        True, "Take an answer to the very same question from earlier the same day, at no cost."
    )
    approve_min_score: float = setting(
        50.0,
        "Hybrid score from which a stock may enter the watchlist.",
        unit="points",
        low=0,
        high=100,
        env="APPROVE_MIN",
    )
    tier1_min_score: float = setting(
        75.0,
        "Hybrid score from which a stock may be bought at full size.",
        unit="points",
        low=0,
        high=100,
        env="TIER1_MIN",
    )
    recon_min_score: float = setting(
        60.0,
        "Hybrid score from which a stock with a trend sign may be bought small.",
        unit="points",
        low=0,
        high=100,
        env="RECON_MIN",
    )
    recon_volume_ratio_min: float = setting(
        1.5,
        "Volume ratio that counts as a trend sign.",
        unit="times",
        low=0,
        env="RECON_VOLUME_RATIO_MIN",
    )
    recon_momentum_min_points: float = setting(
        16.0,
        "Momentum of 20 that counts as a trend sign.",
        unit="points",
        low=0,
        high=20,
        env="RECON_MOMENTUM_MIN",
    )
    coverage_min_ratio: float = setting(
        0.6, "Share of real data below which a stock cannot be bought.", unit="ratio", low=0, high=1
    )
    distribution_rsi: float = setting(
        70.0, "RSI above which selling near a high is distribution.", unit="rsi", low=0, high=100
    )
    distribution_drawdown_pct: float = setting(
        -3.0, "Fall from the 20-day high that still counts as near it.", unit="pct", high=0
    )
    caution_rsi: float = setting(
        75.0, "RSI above which a stock is tagged CAUTION.", unit="rsi", low=0, high=100
    )
    caution_rsi_bull: float = setting(
        80.0, "The same limit in BULL and STRONG_BULL markets.", unit="rsi", low=0, high=100
    )
    caution_sell_turn_rsi: float = setting(
        65.0, "The same limit once foreigners turned to selling.", unit="rsi", low=0, high=100
    )
    bullish_rsi_max: float = setting(
        70.0, "RSI below which a stock may be tagged BULLISH.", unit="rsi", low=0, high=100
    )
    bullish_supply_min_points: float = setting(
        10.0, "Supply and demand of 20 that BULLISH asks for.", unit="points", low=0, high=20
    )
    bullish_momentum_min_points: float = setting(
        15.0, "Momentum of 20 that BULLISH asks for.", unit="points", low=0, high=20
    )
