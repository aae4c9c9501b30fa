"""News (10 points): how it sounds and where it turns.

Formulas: section 4.5 of the scout specification with its proposed continuous segments.
"""

import numpy as np

from jennie_cli.engine.scoring.parts import FactorParts, known_or, linear, part
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import FloatArray


def points_sentiment(sentiment: FloatArray) -> FloatArray:
    """Return 0..4 points for the sentiment level 0..100, 2 when unknown."""
    return known_or(linear(sentiment, 0.0, 0.04, 4.0), sentiment, 2.0)


def points_sentiment_momentum(change_points: FloatArray) -> FloatArray:
    """Return 0..6 points for a change of sentiment within -20..20, 3 when unknown."""
    points = np.interp(change_points, [-20.0, 0.0, 20.0], [0.0, 3.0, 6.0])
    return known_or(points, change_points, 3.0)


def shrunk_change(change_points: FloatArray, articles: FloatArray) -> FloatArray:
    """Return the change times min(1, articles / 5): one headline is not a trend."""
    return change_points * np.minimum(1.0, articles / 5.0)


def news(window: Window) -> FactorParts:
    """Return the two parts."""
    inputs = window.inputs
    level = window.slow(inputs.sentiment)
    change = shrunk_change(
        window.slow(inputs.sentiment_change_points), window.slow(inputs.news_count)
    )
    return {
        "level": part(points_sentiment(level), level, "points"),
        "momentum": part(points_sentiment_momentum(change), change, "points"),
    }
