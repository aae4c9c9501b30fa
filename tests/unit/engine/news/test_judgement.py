"""A model's answer about a text, read strictly."""

from typing import Any

import pytest
from tests.unit.engine.news.judges import reply

from jennie_cli.engine.llm import WrongShape
from jennie_cli.engine.news import JUDGEMENT, Risk


def changed(part: str, **fields: Any) -> dict[str, Any]:
    """Return an answer with some fields of a part changed."""
    told = reply()
    return {**told, part: {**told[part], **fields}}


def test_an_answer_is_read() -> None:
    """A number as text counts, a kind in other letters too."""
    found = JUDGEMENT.read(changed("sentiment", score="72"))
    assert (72, Risk.NONE) == (found.sentiment.score, found.risk)
    told = changed("competitor_risk", is_detected=True, type=" recall ", benefit_score=7.0)
    assert Risk.RECALL is JUDGEMENT.read(told).risk


def test_what_was_not_detected_is_no_risk() -> None:
    """Whatever kind the model named."""
    told = changed("competitor_risk", is_detected=False, type="FIRE", benefit_score=20)
    assert Risk.NONE is JUDGEMENT.read(told).risk


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"sentiment": {"score": 50, "reason": "x"}},
        changed("sentiment", score=101),
        changed("sentiment", score=-1),
        changed("sentiment", score=None),
        changed("sentiment", score=50.5),
        changed("sentiment", score=True),
        changed("sentiment", reason=""),
        changed("sentiment", reason="가" * 301),
        changed("sentiment", reason=7),
        changed("competitor_risk", type="WAR"),
        changed("competitor_risk", type=7),
        changed("competitor_risk", benefit_score=21),
        changed("competitor_risk", is_detected="yes"),
        changed("competitor_risk", reason=None),
        "50",
    ],
)
def test_what_does_not_fit_is_no_answer(told: Any) -> None:
    """Nothing is clamped, and nothing filled in."""
    with pytest.raises(WrongShape):
        JUDGEMENT.read(told)
