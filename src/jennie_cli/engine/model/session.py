"""The words of a trading session: strategies, why something is sold, a buy signal, the context."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jennie_cli.engine.model.judgement import Regime, TradeTier


class Strategy(StrEnum):
    """Why something is bought, in the order in which strategies are asked."""

    RECON_BULL_ENTRY = "RECON_BULL_ENTRY"
    MOMENTUM_CONTINUATION = "MOMENTUM_CONTINUATION"
    SHORT_TERM_HIGH_BREAKOUT = "SHORT_TERM_HIGH_BREAKOUT"
    VOLUME_BREAKOUT_1MIN = "VOLUME_BREAKOUT_1MIN"
    BULL_PULLBACK = "BULL_PULLBACK"
    VCP_BREAKOUT = "VCP_BREAKOUT"
    INSTITUTIONAL_ENTRY = "INSTITUTIONAL_ENTRY"
    DIP_BUY = "DIP_BUY"
    GOLDEN_CROSS = "GOLDEN_CROSS"
    RSI_REBOUND = "RSI_REBOUND"
    BB_LOWER = "BB_LOWER"
    MOMENTUM = "MOMENTUM"
    WATCHLIST_CONVICTION_ENTRY = "WATCHLIST_CONVICTION_ENTRY"

    @classmethod
    def _missing_(cls, value: object) -> "Strategy | None":
        return cls.MOMENTUM_CONTINUATION if value == "MOMENTUM_CONTINUATION_BULL" else None


class ExitReason(StrEnum):
    """Why something is sold, in the order in which the rules are asked."""

    FORCED_LIQUIDATION = "FORCED_LIQUIDATION"
    HARD_STOP = "HARD_STOP"
    PROFIT_FLOOR = "PROFIT_FLOOR"
    PROFIT_LOCK_2 = "PROFIT_LOCK_2"
    PROFIT_LOCK_1 = "PROFIT_LOCK_1"
    BREAKEVEN_STOP = "BREAKEVEN_STOP"
    ATR_STOP = "ATR_STOP"
    FIXED_STOP = "FIXED_STOP"
    TRAILING_STOP = "TRAILING_STOP"
    SCALE_OUT = "SCALE_OUT"
    RSI_OVERBOUGHT = "RSI_OVERBOUGHT"
    PROFIT_TARGET = "PROFIT_TARGET"
    DEATH_CROSS = "DEATH_CROSS"
    TIME_EXIT = "TIME_EXIT"
    RISK_OFF = "RISK_OFF"
    MANUAL = "MANUAL"


class ThrottleLevel(StrEnum):
    """How far the day's fall has gone, mildest first."""

    NORMAL = "NORMAL"
    CAUTION = "CAUTION"
    WARNING = "WARNING"
    DANGER = "DANGER"
    CRITICAL = "CRITICAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingContext:
    """What the macro side tells a session at one moment.

    `size_factor` multiplies a position (council and throttle combined, 0 = no buys),
    `stop_factor` widens stops. `risk_off_level` is 0..3. `insight_at` is when the council wrote
    what stands behind it, None without an insight; `stale` says that it was too old to be taken
    at its word. `avoid` names strategies, `avoid_sectors` and `favour_sectors` sector groups.
    """

    at: datetime
    regime: Regime
    size_factor: float
    stop_factor: float
    risk_off_level: int
    throttle: ThrottleLevel
    vix_crisis: bool = False
    max_positions: int = 10
    avoid: frozenset[Strategy] = frozenset()
    avoid_sectors: frozenset[str] = frozenset()
    favour_sectors: frozenset[str] = frozenset()
    insight_at: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A wish to buy one stock, as the scanner publishes it. Prices are won, scores 0..100.

    `strategy` is one of Strategy, or that of a plugin as `plugin.NAME`. `price` is the close of
    the bar that gave the signal, or of the bar that confirmed it.
    `scored_at` is when the model scored the stock, None if it never did.
    """

    signal_id: str
    code: str
    name: str
    strategy: str
    price: int
    at: datetime
    tier: TradeTier
    is_tradable: bool
    hybrid_score: float
    llm_score: float
    scored_at: datetime | None
    sector_group: str
    regime: Regime
    rsi_score: float | None = None
    volume_ratio: float | None = None
    vwap_points: float | None = None
    confirmed: bool = False
