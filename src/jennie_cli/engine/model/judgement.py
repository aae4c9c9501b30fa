"""The words of a verdict: regime, phase, tag, tier, and the watchlist entry that carries them."""

from dataclasses import dataclass
from enum import StrEnum


class Regime(StrEnum):
    """Five market states; the older name SIDEWAYS is read as NEUTRAL."""

    STRONG_BULL = "STRONG_BULL"
    BULL = "BULL"
    NEUTRAL = "NEUTRAL"
    BEAR = "BEAR"
    STRONG_BEAR = "STRONG_BEAR"

    @classmethod
    def _missing_(cls, value: object) -> "Regime | None":
        return cls.NEUTRAL if value == "SIDEWAYS" else None


class Phase(StrEnum):
    """Weinstein stage of a stock's chart."""

    TRANSITION = "TRANSITION"
    ACCUMULATION = "ACCUMULATION"
    UPTREND = "UPTREND"
    DISTRIBUTION = "DISTRIBUTION"
    DOWNTREND = "DOWNTREND"


class RiskTag(StrEnum):
    """Risk tag set by code, never by a model."""

    DISTRIBUTION_RISK = "DISTRIBUTION_RISK"
    CAUTION = "CAUTION"
    BULLISH = "BULLISH"
    NEUTRAL = "NEUTRAL"


class TradeTier(StrEnum):
    """How much of a full position a stock may get."""

    TIER1 = "TIER1"
    TIER2 = "TIER2"
    RECON = "RECON"
    BLOCKED = "BLOCKED"


class SectorTier(StrEnum):
    """Heat of a sector group."""

    HOT = "HOT"
    WARM = "WARM"
    COOL = "COOL"


class Grade(StrEnum):
    """School grade of a hybrid score."""

    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class LlmStatus(StrEnum):
    """Where the model's score of a stock came from."""

    OK = "OK"
    FALLBACK = "FALLBACK"
    SIMULATED = "SIMULATED"
    CACHED = "CACHED"


class FactCheck(StrEnum):
    """Whether the figures and dates of a reason stood in what the model was shown."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    OFF = "OFF"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistEntry:
    """One stock of a watchlist. Scores are 0..100; `fact_check` is None without an opinion.

    Raises ValueError when a blocked or vetoed stock claims to be tradable: no reader may ever
    meet such an entry.
    """

    rank: int
    code: str
    name: str
    market: str
    sector: str
    sector_group: str
    quant_score: float
    llm_score: float
    llm_status: LlmStatus
    hybrid_score: float
    grade: Grade
    trade_tier: TradeTier
    risk_tag: RiskTag
    veto_applied: bool
    is_tradable: bool
    coverage_ratio: float
    backfilled: bool = False
    fact_check: FactCheck | None = None

    def __post_init__(self) -> None:
        """Refuse contradictions at birth."""
        if self.trade_tier is TradeTier.BLOCKED and self.is_tradable:
            raise ValueError(f"{self.code}: a BLOCKED stock cannot be tradable")
        if self.risk_tag is RiskTag.DISTRIBUTION_RISK and not self.veto_applied:
            raise ValueError(f"{self.code}: DISTRIBUTION_RISK demands the veto")
        if self.veto_applied and self.trade_tier is not TradeTier.BLOCKED:
            raise ValueError(f"{self.code}: a vetoed stock must be BLOCKED")
