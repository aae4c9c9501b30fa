"""The golden values of news with the proposed continuous segments."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import points, scored


@pytest.mark.parametrize(
    ("sentiment", "expected"), [(0, 0), (25, 1), (50, 2), (100, 4), (np.nan, 2)]
)
def test_level(sentiment: float, expected: float) -> None:
    """The level scores 0.04 a point down to 0, and 2 without any news."""
    assert expected == pytest.approx(points("news", "level", slow={"sentiment": sentiment}))


@pytest.mark.parametrize(
    ("change", "expected"),
    [(-25, 0), (-20, 0), (-10, 1.5), (0, 3), (5, 3.75), (15, 5.25), (20, 6), (40, 6), (np.nan, 3)],
)
def test_momentum(change: float, expected: float) -> None:
    """A change of sentiment scores along one line from -20 to 20."""
    slow = {"sentiment_change_points": change, "news_count": 5}
    assert expected == pytest.approx(points("news", "momentum", slow=slow))


@pytest.mark.parametrize(("articles", "expected"), [(1, 3.6), (2, 4.2), (5, 6.0), (50, 6.0)])
def test_few_articles_shrink_it(articles: float, expected: float) -> None:
    """Below five articles the change counts in proportion."""
    slow = {"sentiment_change_points": 20.0, "news_count": articles}
    assert expected == pytest.approx(points("news", "momentum", slow=slow))


def test_full_news_is_reachable() -> None:
    """The best news getting better earns all 10 points."""
    slow = {"sentiment": 100.0, "sentiment_change_points": 30.0, "news_count": 9}
    assert pytest.approx(10.0) == scored(slow=slow).factors["news"][0, 0]
