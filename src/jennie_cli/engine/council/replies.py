"""What each of the three sages must answer.

Source: sections 2.3 to 2.5 of the operations specification.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from jennie_cli.engine.council.shapes import PHRASE, Phrase, Prose, Score, shape_of, whole
from jennie_cli.engine.llm.fences import one_line
from jennie_cli.engine.model import Outlook, PoliticalRisk, Strategy
from jennie_cli.engine.sectors import GROUPS

HINT = 50
"""Most characters of a regime hint."""

STRATEGIES: tuple[str, ...] = (
    Strategy.GOLDEN_CROSS,
    Strategy.RSI_REBOUND,
    Strategy.MOMENTUM,
    Strategy.RECON_BULL_ENTRY,
    Strategy.MOMENTUM_CONTINUATION,
    Strategy.SHORT_TERM_HIGH_BREAKOUT,
    Strategy.VOLUME_BREAKOUT_1MIN,
    Strategy.BULL_PULLBACK,
    Strategy.VCP_BREAKOUT,
    Strategy.INSTITUTIONAL_ENTRY,
)
"""The names that the judge may favour or avoid."""


class Sentiment(StrEnum):
    """The mood of the market, best first."""

    BULLISH = "bullish"
    NEUTRAL_TO_BULLISH = "neutral_to_bullish"
    NEUTRAL = "neutral"
    NEUTRAL_TO_BEARISH = "neutral_to_bearish"
    BEARISH = "bearish"


_LEAST = (
    (70, Sentiment.BULLISH),
    (58, Sentiment.NEUTRAL_TO_BULLISH),
    (43, Sentiment.NEUTRAL),
    (31, Sentiment.NEUTRAL_TO_BEARISH),
)


def sentiment_of(score: int) -> Sentiment:
    """Return the class of a score 0..100, by the limits that the sages are told."""
    return next((s for least, s in _LEAST if score >= least), Sentiment.BEARISH)


class Consensus(StrEnum):
    """How far two sages agree, best first."""

    STRONG_AGREE = "strong_agree"
    AGREE = "agree"
    PARTIAL_DISAGREE = "partial_disagree"
    DISAGREE = "disagree"


def _one_of(names: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "array", "maxItems": len(names), "items": {"enum": list(names)}}


def _phrases(most: int) -> dict[str, Any]:
    words = {"type": "string", "maxLength": PHRASE}
    return {"type": "array", "maxItems": most, "items": words}


def _by_group() -> dict[str, Any]:
    outlooks = {"enum": [o.value for o in Outlook]}
    return {
        "type": "object",
        "properties": dict.fromkeys(GROUPS, outlooks),
        "required": list(GROUPS),
        "additionalProperties": False,
    }


Hint = Annotated[str, Field(max_length=HINT), AfterValidator(lambda text: one_line(text, HINT))]
Signals = Annotated[dict[str, Outlook], Field(max_length=40), WithJsonSchema(_by_group())]
Phrases = Annotated[list[Phrase], Field(max_length=40), WithJsonSchema(_phrases(10))]
Factors = Annotated[list[Phrase], Field(max_length=40), WithJsonSchema(_phrases(5))]
Groups = Annotated[list[Phrase], Field(max_length=40), WithJsonSchema(_one_of(GROUPS))]
Names = Annotated[list[Phrase], Field(max_length=40), WithJsonSchema(_one_of(STRATEGIES))]
SizePct = Annotated[int, Field(ge=50, le=130), BeforeValidator(whole)]
StopPct = Annotated[int, Field(ge=80, le=150), BeforeValidator(whole)]


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StrategistReply(_Reply):
    """Direction, regime, sectors, risks, opportunities, and the reading of flows."""

    overall_sentiment: Sentiment
    sentiment_score: Score
    regime_hint: Hint
    sector_signals: Signals
    risk_factors: Factors
    opportunity_factors: Factors
    investor_flow_analysis: Prose = ""
    key_themes: Factors = []
    key_stocks: Factors = []
    risk_stocks: Factors = []
    opportunity_stocks: Factors = []


class Assessment(_Reply):
    """What the risk analyst makes of the strategist's score."""

    agree_with_sentiment: bool
    adjusted_sentiment_score: Score
    adjustment_reason: Prose = ""


class RiskAnalystReply(_Reply):
    """The challenge, the political level, and the percentages proposed."""

    risk_assessment: Assessment
    political_risk_level: PoliticalRisk
    political_risk_summary: Prose = ""
    additional_risk_factors: Phrases = []
    position_size_pct: SizePct
    stop_loss_adjust_pct: StopPct
    risk_reasoning: Prose = ""


class ChiefJudgeReply(_Reply):
    """The final numbers, the lists, and the reasons."""

    final_sentiment: Sentiment
    final_sentiment_score: Score
    final_regime_hint: Hint
    strategies_to_favor: Names = []
    strategies_to_avoid: Names = []
    sectors_to_favor: Groups = []
    sectors_to_avoid: Groups = []
    final_position_size_pct: SizePct
    final_stop_loss_adjust_pct: StopPct
    trading_reasoning: Prose = ""
    council_consensus: Consensus


STRATEGIST = shape_of("strategist", StrategistReply)
RISK_ANALYST = shape_of("risk_analyst", RiskAnalystReply)
CHIEF_JUDGE = shape_of("chief_judge", ChiefJudgeReply)
