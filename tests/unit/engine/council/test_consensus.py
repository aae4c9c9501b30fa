"""How far two sages agree is arithmetic, and so is the class of a score."""

import pytest

from jennie_cli.engine.council.merge import adjusted, consensus_of
from jennie_cli.engine.council.replies import sentiment_of
from jennie_cli.engine.llm import packaged

CLASSES = [
    (100, "bullish"),
    (70, "bullish"),
    (69, "neutral_to_bullish"),
    (58, "neutral_to_bullish"),
    (57, "neutral"),
    (43, "neutral"),
    (42, "neutral_to_bearish"),
    (31, "neutral_to_bearish"),
    (30, "bearish"),
    (0, "bearish"),
]


@pytest.mark.parametrize(
    ("one", "other", "grade"),
    [
        (50, 50, "strong_agree"),
        (58, 61, "strong_agree"),  # one class
        (62, 58, "strong_agree"),
        (57, 58, "agree"),  # neighbouring classes agree, however near they are
        (62, 57, "agree"),
        (70, 69, "agree"),
        (62, 56, "agree"),
        (70, 55, "agree"),
        (71, 55, "partial_disagree"),
        (80, 55, "partial_disagree"),
        (81, 55, "disagree"),
        (52, 48, "strong_agree"),  # across the middle, but hardly
        (53, 47, "partial_disagree"),
        (55, 40, "partial_disagree"),
        (58, 43, "partial_disagree"),
        (58, 42, "disagree"),  # up against down
        (45, 60, "partial_disagree"),
        (20, 35, "agree"),
        (50, 60, "agree"),
    ],
)
def test_the_grade_of_agreement(one: int, other: int, grade: str) -> None:
    """Distance, classes, sides of the middle, contradiction; who says which does not matter."""
    assert [grade] * 2 == [consensus_of(one, other), consensus_of(other, one)]


@pytest.mark.parametrize(("score", "named"), CLASSES)
def test_the_class_of_a_score(score: int, named: str) -> None:
    """Each class begins and ends where the sages are told that it does."""
    assert named == sentiment_of(score)


@pytest.mark.parametrize("sage", ["strategist", "chief_judge"])
def test_the_sages_are_told_the_limits(sage: str) -> None:
    """The text names the same limits as the code."""
    told = packaged("jennie_cli.engine.council", sage).text
    for words in (
        "bullish는 70 이상",
        "neutral_to_bullish는 58~69",
        "neutral은 43~57",
        "neutral_to_bearish는 31~42",
        "bearish는 30 이하",
    ):
        assert words in told


@pytest.mark.parametrize(("one", "other", "held"), [(60, 90, 80), (60, 10, 40), (60, 65, 65)])
def test_the_analyst_reaches_twenty_points(one: int, other: int, held: int) -> None:
    """Further than that nobody moves the strategist's score."""
    assert held == adjusted(one, other)
