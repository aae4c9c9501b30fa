"""The lines of the throttle and of risk-off, and how far macro may move a position or a stop."""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.engine.macro.vix import VixRegime
from jennie_cli.engine.model import Regime, Strategy, setting

SIZE_OF_SCORE: tuple[tuple[int, float], ...] = ((70, 1.2), (60, 1.1), (41, 1.0), (31, 0.85))
"""Size factor from a council score upwards, best first, where the council gave no percentage."""

SIZE_OF_WORST_SCORE = 0.7
"""Size factor below every row of SIZE_OF_SCORE."""

REGIME_OF_SCORE: tuple[tuple[int, Regime], ...] = (
    (70, Regime.STRONG_BULL),
    (60, Regime.BULL),
    (40, Regime.NEUTRAL),
    (25, Regime.BEAR),
    (0, Regime.STRONG_BEAR),
)
"""Regime from a council score upwards, where the detector gave none."""

SIZE_OF_VIX: Mapping[VixRegime, float] = {
    VixRegime.LOW_VOL: 0.10,
    VixRegime.NORMAL: 0.0,
    VixRegime.ELEVATED: -0.10,
    VixRegime.CRISIS: -0.20,
}
"""What the VIX adds to a size of 1 where there is no council."""

SIZE_OF_LEVEL: tuple[float, ...] = (0.0, -0.10, -0.20, -0.30)
"""What a risk-off level 0..3 adds to it."""

STOP_OF_VIX: Mapping[VixRegime, float] = {
    VixRegime.LOW_VOL: 0.9,
    VixRegime.NORMAL: 1.0,
    VixRegime.ELEVATED: 1.3,
    VixRegime.CRISIS: 1.5,
}
"""Factor on a stop's distance where there is no council."""

STOP_AT_RISK = 1.1
"""Times so much from risk-off level 2 on."""

ALLOWED_AT_RISK: Mapping[int, frozenset[Strategy]] = {
    2: frozenset(
        {
            Strategy.GOLDEN_CROSS,
            Strategy.RSI_REBOUND,
            Strategy.MOMENTUM,
            Strategy.BULL_PULLBACK,
            Strategy.INSTITUTIONAL_ENTRY,
        }
    ),
    3: frozenset({Strategy.RSI_REBOUND, Strategy.BULL_PULLBACK}),
}
"""Strategies that a risk-off level leaves; levels it does not name leave all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottlePolicy:
    """Lines of the intraday throttle; the worst line crossed sets the level."""

    caution_kospi_pct: float = setting(
        -1.0, "KOSPI day change that means CAUTION.", unit="pct", low=-30.0, high=0.0
    )
    warning_kospi_pct: float = setting(
        -2.0, "KOSPI day change that means WARNING.", unit="pct", low=-30.0, high=0.0
    )
    danger_kospi_pct: float = setting(
        -3.0, "KOSPI day change that means DANGER: no buys.", unit="pct", low=-30.0, high=0.0
    )
    critical_kospi_pct: float = setting(
        -4.0, "KOSPI day change that means CRITICAL: no buys.", unit="pct", low=-30.0, high=0.0
    )
    caution_vix: float = setting(
        30.0, "VIX that means CAUTION.", unit="points", low=10.0, high=200.0
    )
    warning_vix: float = setting(
        35.0, "VIX that means WARNING.", unit="points", low=10.0, high=200.0
    )
    danger_vix: float = setting(
        40.0, "VIX that means DANGER: no buys.", unit="points", low=10.0, high=200.0
    )
    critical_minutes: int = setting(
        30, "Better readings that leave CRITICAL for DANGER.", unit="minutes", low=1, high=390
    )
    danger_minutes: int = setting(
        20, "Better readings that leave DANGER for WARNING.", unit="minutes", low=1, high=390
    )
    warning_minutes: int = setting(
        10, "Better readings that leave WARNING for CAUTION.", unit="minutes", low=1, high=390
    )
    stale_minutes: int = setting(
        10,
        "A KOSPI reading older than this in session means at least WARNING, and an alarm.",
        unit="minutes",
        low=1,
        high=120,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroPolicy:
    """What the council, the snapshot and the throttle do to size, stops, places and sectors."""

    size_low: float = setting(
        0.7, "Smallest size factor of an insight.", unit="factor", low=0.1, high=1.0
    )
    size_high: float = setting(
        1.3, "Largest size factor of an insight.", unit="factor", low=1.0, high=1.3
    )
    size_default: float = setting(
        0.8, "Size factor without an insight.", unit="factor", low=0.1, high=1.0
    )
    stop_low: float = setting(
        0.8, "Smallest stop factor of an insight.", unit="factor", low=0.5, high=1.0
    )
    stop_high: float = setting(
        1.5,
        "Largest stop factor of an insight, and that of a volatile day.",
        unit="factor",
        low=1.0,
        high=2.0,
    )
    stop_default: float = setting(
        1.2, "Stop factor without an insight.", unit="factor", low=0.5, high=2.0
    )
    caution_size: float = setting(
        0.8, "What CAUTION leaves of a size.", unit="factor", low=0.0, high=1.0
    )
    warning_size: float = setting(
        0.6, "What WARNING leaves of a size.", unit="factor", low=0.0, high=1.0
    )
    elevated_vix: float = setting(
        25.0, "VIX from which a day is volatile: 1 point.", unit="points", low=10.0, high=200.0
    )
    crisis_vix: float = setting(
        35.0, "VIX that is a crisis: 2 points, no buys.", unit="points", low=10.0, high=200.0
    )
    flat_spread_pct: float = setting(
        0.3, "US 10Y-2Y below this is 1 point.", unit="pp", low=-5.0, high=5.0
    )
    inverted_spread_pct: float = setting(
        0.0, "US 10Y-2Y below this is 2 points.", unit="pp", low=-5.0, high=5.0
    )
    weak_sentiment: int = setting(
        40, "Council score below this is 1 point.", unit="points", low=0, high=100
    )
    bad_sentiment: int = setting(
        30, "Council score below this is 2 points.", unit="points", low=0, high=100
    )
    bad_news: float = setting(
        -0.15, "News sentiment below this is 1 point.", unit="-1..1", low=-1.0, high=1.0
    )
    calm_positions: int = setting(
        10, "Positions on a calm day; the risk room's own limit also holds.", unit="stocks", low=1
    )
    level1_positions: int = setting(
        7, "Positions at risk-off level 1.", unit="stocks", low=0, high=100
    )
    level2_positions: int = setting(
        5, "Positions at level 2, or with VIX elevated.", unit="stocks", low=0, high=100
    )
    level3_positions: int = setting(
        3, "Positions at level 3, or in a VIX crisis.", unit="stocks", low=0, high=100
    )
    sector_favour: float = setting(
        1.1, "Score factor of a favoured sector.", unit="factor", low=1.0, high=2.0
    )
    sector_avoid: float = setting(
        0.9, "Score factor of a sector to avoid.", unit="factor", low=0.0, high=1.0
    )
    snapshot_days: int = setting(
        3, "A snapshot older than this says nothing of risk.", unit="days", low=1, high=10
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectPolicy:
    """How long macro figures may be used, and what is believed of them."""

    market_hours: float = setting(
        72.0, "Oldest market figure in use.", unit="hours", low=1.0, high=480.0
    )
    daily_hours: float = setting(
        96.0, "Oldest daily interest rate in use.", unit="hours", low=1.0, high=480.0
    )
    weekly_days: int = setting(
        14, "Oldest weekly figure in use, from the end of its week.", unit="days", low=1, high=60
    )
    monthly_days: int = setting(
        65, "Oldest monthly figure in use, from the end of its month.", unit="days", low=1, high=200
    )
    quarterly_days: int = setting(
        140,
        "Oldest quarterly figure in use, from the end of its quarter.",
        unit="days",
        low=1,
        high=400,
    )
    news_hours: float = setting(
        6.0, "Oldest sentiment of news in use.", unit="hours", low=1.0, high=48.0
    )
    move_pct: float = setting(
        15.0,
        "A level further than this from the stored one is refused.",
        unit="pct",
        low=1.0,
        high=100.0,
    )
    move_days: int = setting(
        7, "A stored level older than this refuses nothing.", unit="days", low=1, high=60
    )
    agree_pct: float = setting(
        3.0,
        "Two sources this close confirm a level that leapt.",
        unit="pct",
        low=0.1,
        high=20.0,
    )
    ceiling_s: float = setting(
        60.0, "Longest time of one collection.", unit="s", low=1.0, high=280.0
    )
    stored_days: int = setting(
        3, "A stored snapshot older than this is not built upon.", unit="days", low=1, high=10
    )
    failure_alarm_pct: float = setting(
        10.0,
        "Share of a day's fetches that may fail before the page says so.",
        unit="pct",
        low=0.0,
        high=100.0,
    )
