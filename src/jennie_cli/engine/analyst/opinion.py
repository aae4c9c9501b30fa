"""The shape of the analyst's answer, read strictly: what does not fit is no opinion at all."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from jennie_cli.engine.llm import Shape, WrongShape
from jennie_cli.engine.llm.fences import tamed

REASON_LEAST, REASON_MOST = 10, 500
GRADES = ("S", "A", "B", "C", "D", "F")

_HANGUL = re.compile("[가-힣]")
_HANGUL_LEAST, _HANGUL_SHARE = 5, 1 / 3
_WHOLE = re.compile(r"\s*-?\d{1,9}(?:\.0{1,3})?\s*", re.ASCII)


def whole(told: Any) -> Any:
    """Return a whole number written as text or with a zero fraction as int, all else as it is."""
    if isinstance(told, str) and _WHOLE.fullmatch(told):
        return int(float(told))
    if isinstance(told, float) and told.is_integer():
        return int(told)
    return told


def _letter(told: Any) -> Any:
    return told.strip().upper() if isinstance(told, str) else told


def _sentence(told: Any) -> Any:
    # one letter more than fits, so that a reason too long is refused and not cut
    return tamed(told, REASON_MOST + 1) if isinstance(told, str) else told


def _korean(reason: str) -> str:
    """Refuse a reason in other letters: its figures could not be held against what was shown."""
    letters = sum(c.isalpha() for c in reason)
    hangul = len(_HANGUL.findall(reason))
    if hangul < _HANGUL_LEAST or hangul < letters * _HANGUL_SHARE:
        raise ValueError("is not written in Korean")
    return reason


class AnalystReply(BaseModel):
    """What the model answers. The grade is asked for and overruled by code from the score."""

    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)

    score: Annotated[int, Field(ge=0, le=100), BeforeValidator(whole)]
    grade: Annotated[Literal["S", "A", "B", "C", "D", "F"], BeforeValidator(_letter)]
    reason: Annotated[
        str,
        Field(min_length=REASON_LEAST, max_length=REASON_MOST),
        BeforeValidator(_sentence),
        AfterValidator(_korean),
    ]


def read_reply(plain: Any) -> AnalystReply:
    """Return the answer in parsed JSON. Raises WrongShape with every complaint.

    A numeric text such as "72" counts as the number; nothing is clamped or filled in.
    """
    try:
        return AnalystReply.model_validate(plain)
    except ValidationError as wrong:
        raise WrongShape([_complaint(e) for e in wrong.errors(include_url=False)]) from None


def _complaint(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "answer"
    return f"{place}: {error['msg']}"


OPINION: Shape[AnalystReply] = Shape(
    name="analyst_opinion",
    schema={
        "type": "object",
        "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "grade": {"type": "string", "enum": list(GRADES)},
            "reason": {"type": "string", "minLength": REASON_LEAST, "maxLength": REASON_MOST},
        },
        "required": ["score", "grade", "reason"],
        "additionalProperties": False,
    },
    read=read_reply,
)
"""Written out, not derived: what is asked has one hash whatever version of a library reads it."""
