"""The scout's own settings, and the settings of every room it walks through."""

from dataclasses import dataclass, field

from jennie_cli.engine.analyst import AnalystPolicy
from jennie_cli.engine.model import setting
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.scoring import ScoringPolicy
from jennie_cli.engine.sectors import SectorPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutPolicy:
    """Discovery, eligibility, cuts and watchlist size."""

    universe_size: int = setting(
        200,
        "How many stocks enter by market-cap rank.",
        unit="stocks",
        low=1,
        high=3000,
        env="SCOUT_UNIVERSE_SIZE",
    )
    kospi_share_ratio: float = setting(
        0.75, "KOSPI's share of the market-cap rank.", unit="ratio", low=0, high=1
    )
    hot_sectors: int = setting(
        3, "How many of the best fine sectors send their leaders.", unit="sectors", low=0, high=20
    )
    hot_sector_names: int = setting(
        5, "How many leaders a hot sector sends.", unit="stocks", low=0, high=30
    )
    momentum_top_n: int = setting(
        30,
        "How many stocks enter by six-month return over their index.",
        unit="stocks",
        low=0,
        high=500,
        env="MOMENTUM_TOP_N",
    )
    archived_news: int = setting(
        30,
        "How many stocks enter because archived news names them; 0 = none.",
        unit="stocks",
        low=0,
        high=200,
    )
    blue_chips: str = setting(
        "005930,000660,035420,035720", "Codes used when no market cap is known at all."
    )
    excluded: str = setting(
        "", "Codes that are never candidates, separated by commas.", env="EXCLUDED_STOCKS"
    )
    min_market_cap: int = setting(
        50_000_000_000, "Smallest market cap.", unit="KRW", low=0, env="MIN_MARKET_CAP"
    )
    min_price: int = setting(1_000, "Lowest last close.", unit="KRW", low=0, env="MIN_PRICE")
    min_traded_value: int = setting(
        1_000_000_000, "Smallest 20-day mean volume x last close.", unit="KRW", low=0
    )
    filter_cutoff_ratio: float = setting(
        0.6,
        "Share of the scored stocks that the quant cut removes.",
        unit="ratio",
        low=0,
        high=1,
        env="DEFAULT_FILTER_CUTOFF",
    )
    smart_skip_quant_min: float = setting(
        25.0,
        "Quant score below which no analysis is worth its cost.",
        unit="points",
        low=0,
        high=100,
        env="SMART_SKIP_QUANT_MIN",
    )
    smart_skip_rsi_max: float = setting(
        80.0, "RSI above which a stock is skipped.", unit="rsi", low=0, high=100, env="RSI_MAX"
    )
    smart_skip_sentiment_min: float = setting(
        20.0, "News sentiment below which a stock is skipped.", unit="points", low=0, high=100
    )
    use_unified_analyst: bool = setting(
        True,
        "Ask a model for each analysed stock; off = quant only.",
        env="SCOUT_USE_UNIFIED_ANALYST",
    )
    max_watchlist_size: int = setting(
        20, "Longest watchlist.", unit="stocks", low=1, high=100, env="MAX_WATCHLIST_SIZE"
    )
    stability: bool = setting(
        False, "Smooth the hybrid score over three trade dates before choosing."
    )
    stability_enter_score: float = setting(
        62.0, "Smoothed score to enter the watchlist.", unit="points", low=0, high=100
    )
    stability_stay_score: float = setting(
        55.0, "Smoothed score to stay on the watchlist.", unit="points", low=0, high=100
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutPolicies:
    """One frozen slice per room that a run walks through."""

    scout: ScoutPolicy = field(default_factory=ScoutPolicy)
    scoring: ScoringPolicy = field(default_factory=ScoringPolicy)
    analyst: AnalystPolicy = field(default_factory=AnalystPolicy)
    sectors: SectorPolicy = field(default_factory=SectorPolicy)
    regime: RegimePolicy = field(default_factory=RegimePolicy)
