"""The stock analyst: the quant score of its prompt, moved a little by the tone of the news."""

import re
from collections.abc import Mapping
from typing import Any

from jennie_cli.simulator.sages.reading import Case, grave, mood, table

MOST_TILT = 14
_TONE, _GRAVE, _WHIM = 8.0, 6.0, 2
_WHOLE = 100
"""A maximum from here on is that of the whole score, not of a part."""
_PART = re.compile(
    r"(?:^|[,:|·])[\s*•-]{0,8}"
    r"((?:[가-힣A-Za-z]|\d{1,3}(?:개월|[일주년]))[^\n:=/(),·|]{0,24}?)"
    r"\s?[:=]?\s?([+-]?\d{1,3}(?:\.\d{1,3})?)점?\s?"
    r"(?:/|\(만점)\s?(\d{1,3}(?:\.\d{1,3})?)"
)
_GRADES = ((80, "S"), (70, "A"), (60, "B"), (50, "C"), (40, "D"))


def opinion(case: Case) -> Mapping[str, Any]:
    """Return score, grade and reason; the reason holds no figure that the prompt does not.

    score = quant + 8 x mean tone of the headlines - 6 a grave one + a whim of -2..2, at most 14
    away; without headlines it is the quant score, without a quant score it starts from 50.
    """
    quant = case.figure("정량 점수")
    tilt = _tilt(case)
    start = quant.value if quant else 50.0
    score = max(0, min(100, round(start + tilt)))
    words = table()["analyst"]
    basis = words["known"].format(quant=quant.text) if quant else words["unknown"]
    reason = f"{basis}, {_parts(case)}. {words[_tone(case, tilt)]}."
    return {"score": score, "grade": grade(score), "reason": reason}


def grade(score: int) -> str:
    """Return the letter of a score by the guide of the prompt."""
    return next((letter for least, letter in _GRADES if score >= least), "F")


def _tilt(case: Case) -> float:
    if not case.reported:
        return 0.0
    tone = sum(map(mood, case.reported)) / len(case.reported)
    tilt = _TONE * tone - _GRAVE * grave(case.reported) + case.spread(_WHIM)
    return max(-MOST_TILT, min(MOST_TILT, tilt))


def _tone(case: Case, tilt: float) -> str:
    if not case.reported:
        return "silent"
    if grave(case.reported):
        return "grave"
    if abs(tilt) <= _WHIM:
        return "mixed"
    return "glad" if tilt > 0 else "sad"


def _parts(case: Case) -> str:
    """Return the strongest and the weakest part that the prompt gives as points of a maximum."""
    shares: dict[str, float] = {}
    for line in case.plain:
        for name, points, most in _PART.findall(line):
            if float(points) <= float(most) and 0 < float(most) < _WHOLE:
                shares.setdefault(name.strip(), float(points) / float(most))
    words = table()["analyst"]
    if len(shares) < 2:
        return str(words["no_parts"])
    strong, weak = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    return str(words["parts"].format(strong=strong, weak=weak))
