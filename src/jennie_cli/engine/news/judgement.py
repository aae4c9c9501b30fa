"""The shape of a model's judgement of one text, read strictly: what does not fit is none at all."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from jennie_cli.engine.analyst.opinion import whole
from jennie_cli.engine.llm import Shape, WrongShape
from jennie_cli.engine.llm.fences import tamed

SCORE_MOST, BENEFIT_MOST, REASON_MOST = 100, 20, 300


class Risk(StrEnum):
    """What befell a company that its competitors may profit from."""

    FIRE = "FIRE"
    RECALL = "RECALL"
    SECURITY = "SECURITY"
    SERVICE_OUTAGE = "SERVICE_OUTAGE"
    OWNER_RISK = "OWNER_RISK"
    UNION = "UNION"
    OTHER = "OTHER"
    NONE = "NONE"


def _sentence(told: Any) -> Any:
    # one letter more than fits, so that a reason too long is refused and not cut
    return tamed(told, REASON_MOST + 1) if isinstance(told, str) else told


def _risk(told: Any) -> Any:
    known = told.strip().upper() if isinstance(told, str) else told
    return Risk(known) if known in set(Risk) else told


Score = Annotated[int, Field(ge=0, le=SCORE_MOST), BeforeValidator(whole)]
Benefit = Annotated[int, Field(ge=0, le=BENEFIT_MOST), BeforeValidator(whole)]
Reason = Annotated[str, Field(min_length=1, max_length=REASON_MOST), BeforeValidator(_sentence)]
Remark = Annotated[str, Field(max_length=REASON_MOST), BeforeValidator(_sentence)]
_STRICT = ConfigDict(frozen=True, strict=True, defer_build=True)


class Sentiment(BaseModel):
    """How a text sounds for its stock: 0 as bad as can be, 50 neutral, 100 as good as can be."""

    model_config = _STRICT

    score: Score
    reason: Reason


class CompetitorRisk(BaseModel):
    """Whether competitors may profit, and what that is worth on the first day, 0..20 points."""

    model_config = _STRICT

    is_detected: bool
    type: Annotated[Risk, BeforeValidator(_risk)]
    benefit_score: Benefit
    reason: Remark


class NewsReply(BaseModel):
    """What the model answers about one text."""

    model_config = _STRICT

    sentiment: Sentiment
    competitor_risk: CompetitorRisk

    @property
    def risk(self) -> Risk:
        """Return what befell the company, NONE where nothing was detected."""
        return self.competitor_risk.type if self.competitor_risk.is_detected else Risk.NONE


def read_reply(plain: Any) -> NewsReply:
    """Return the answer in parsed JSON. Raises WrongShape with every complaint.

    A numeric text such as "72" counts as the number; nothing is clamped or filled in.
    """
    try:
        return NewsReply.model_validate(plain)
    except ValidationError as wrong:
        raise WrongShape([_complaint(e) for e in wrong.errors(include_url=False)]) from None


def _complaint(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "answer"
    return f"{place}: {error['msg']}"


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _whole_to(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most}


JUDGEMENT: Shape[NewsReply] = Shape(
    name="news_sentiment",
    schema=_object(
        sentiment=_object(
            score=_whole_to(SCORE_MOST),
            reason={"type": "string", "minLength": 1, "maxLength": REASON_MOST},
        ),
        competitor_risk=_object(
            is_detected={"type": "boolean"},
            type={"type": "string", "enum": [risk.value for risk in Risk]},
            benefit_score=_whole_to(BENEFIT_MOST),
            reason={"type": "string", "maxLength": REASON_MOST},
        ),
    ),
    read=read_reply,
)
