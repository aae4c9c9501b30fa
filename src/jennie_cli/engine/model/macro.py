"""What the macro side knows: the newest figures, and what the council wrote of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from jennie_cli.engine.model.session import Strategy


class PoliticalRisk(StrEnum):
    """How much politics weighs on the day, mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Outlook(StrEnum):
    """What the council expects of a sector group."""

    BULLISH = "bullish"
    NEUTRAL = "neutral"
    BEARISH = "bearish"


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroSnapshot:
    """The newest macro figures at one moment; None is unknown.

    `at` is when the KOSPI figure was taken, not when somebody asked. `kospi_change_pct` is against
    the last close; `vix_points` is the last US close during Korean hours; `spread_pct` is the US
    10-year less the 2-year yield, in percent points; `news_sentiment_score` runs from -1 to 1.
    """

    at: datetime
    kospi_change_pct: float | None = None
    vix_points: float | None = None
    spread_pct: float | None = None
    news_sentiment_score: float | None = None
    political: PoliticalRisk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroInsight:
    """What the council wrote for one day at one moment.

    `sentiment_score` is 0..100, worst first. `size_pct` and `stop_pct` are percent of a normal
    position and of a normal stop distance, None when the council gave none; 100 is an answer.
    Sectors are group names. Raises ValueError for a score outside 0..100.
    """

    day: date
    at: datetime
    sentiment_score: int
    size_pct: int | None = None
    stop_pct: int | None = None
    regime_hint: str = ""
    favour: frozenset[Strategy] = frozenset()
    avoid: frozenset[Strategy] = frozenset()
    favour_sectors: frozenset[str] = frozenset()
    avoid_sectors: frozenset[str] = frozenset()
    sector_outlook: Mapping[str, Outlook] = field(default_factory=dict)
    political: PoliticalRisk | None = None
    vix_points: float | None = None
    reasoning: str = ""

    def __post_init__(self) -> None:
        """Refuse a score that the tables cannot read."""
        if not 0 <= self.sentiment_score <= 100:
            raise ValueError(f"{self.day}: a sentiment of {self.sentiment_score} is not 0..100")
