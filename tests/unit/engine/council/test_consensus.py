"""How far two sages agree is arithmetic."""

import pytest
from tests.unit.engine.council.sages import analyst, strategist

from jennie_cli.engine.council.merge import adjusted, consensus_of
from jennie_cli.engine.council.replies import RiskAnalystReply, StrategistReply


@pytest.mark.parametrize(
    ("sentiment", "one", "other", "grade"),
    [
        ("neutral", 50, 50, "strong_agree"),
        ("neutral_to_bullish", 62, 57, "strong_agree"),
        ("neutral_to_bullish", 62, 56, "agree"),
        ("neutral_to_bullish", 70, 55, "agree"),
        ("neutral_to_bullish", 71, 55, "partial_disagree"),
        ("bullish", 80, 55, "partial_disagree"),
        ("bullish", 81, 55, "disagree"),
        ("neutral", 52, 48, "strong_agree"),  # across the middle, but hardly
        ("neutral", 54, 46, "partial_disagree"),
        ("neutral_to_bullish", 55, 40, "disagree"),  # up against down
        ("neutral_to_bearish", 45, 60, "disagree"),
        ("bearish", 58, 60, "disagree"),  # the word of one against the number of the other
        ("bearish", 20, 35, "agree"),
        ("neutral", 50, 60, "agree"),
    ],
)
def test_the_grade_of_agreement(sentiment: str, one: int, other: int, grade: str) -> None:
    """Distance grades, then sides of the middle, then direction."""
    said = StrategistReply.model_validate(strategist(one, overall_sentiment=sentiment))
    told = RiskAnalystReply.model_validate(analyst(other))
    assert grade == consensus_of(said, told)


@pytest.mark.parametrize(("one", "other", "held"), [(60, 90, 80), (60, 10, 40), (60, 65, 65)])
def test_the_analyst_reaches_twenty_points(one: int, other: int, held: int) -> None:
    """Further than that nobody moves the strategist's score."""
    assert held == adjusted(one, other)
