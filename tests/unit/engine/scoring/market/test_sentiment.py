"""Sentiment of the headlines around a moment."""

from datetime import timedelta

import numpy as np
import pytest
from tests.unit.engine.scoring.market import little_market as little

from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.scoring.market.sentiment import Sentiment
from jennie_cli.engine.store import Dataset

CODE = little.CODES[0]


def read(*said: tuple[float, float], code: str = CODE) -> Sentiment:
    """Return the sentiment after headlines given as (days ago, sentiment)."""
    facts = little.flat_market(rows=5)
    rows = [
        little.headline_row(code, little.AS_OF - timedelta(days=d), s, i)
        for i, (d, s) in enumerate(said)
    ]
    facts.write([little.batch(Dataset.HEADLINES, rows)])
    return read_market(facts, as_of=little.AS_OF).sentiment


def test_level_is_the_mean_of_three_days() -> None:
    """Headlines of the last three days are averaged, older ones are not level."""
    s = read((0.5, 80.0), (2.5, 60.0), (3.5, 0.0))
    assert (70.0, 3.0) == (s.level[0, 0], s.count[0, 0])


def test_change_compares_a_week_with_the_month_before() -> None:
    """Mean of 7 days less the mean of days 8 to 37; day 38 is forgotten."""
    s = read((1, 80.0), (6, 70.0), (8, 40.0), (36, 50.0), (37.5, 0.0))
    assert pytest.approx(30.0) == s.change_points[0, 0]


@pytest.mark.parametrize("only", [(1, 80.0), (10, 80.0)])
def test_change_needs_both_periods(only: tuple[float, float]) -> None:
    """With headlines in one period only there is no change to tell."""
    assert np.isnan(read(only).change_points[0, 0])


def test_unjudged_headline_is_not_counted() -> None:
    """A headline without a sentiment is no opinion."""
    s = read((1, np.nan), (2, 60.0))
    assert (60.0, 1.0) == (s.level[0, 0], s.count[0, 0])


def test_silence_is_unknown_not_neutral() -> None:
    """A stock without headlines has no level and a count of none; foreign codes do not spill."""
    s = read((1, 80.0), code="999990")
    assert np.isnan(s.level).all()
    assert (s.count == 0).all()


@pytest.mark.parametrize(("judged_days_ago", "count"), [(0.5, 1.0), (-0.5, 0.0)])
def test_a_judgement_of_later_is_not_known_yet(judged_days_ago: float, count: float) -> None:
    """A back-fill of tomorrow says nothing of today, though the headline was known."""
    facts = little.flat_market(rows=5)
    row = little.headline_row(CODE, little.AS_OF - timedelta(days=1), 80.0, 1)
    judged = little.AS_OF - timedelta(days=judged_days_ago)
    rows = [row | {"judged_at": judged.timestamp()}]
    facts.write([little.batch(Dataset.HEADLINES, rows)])
    assert count == read_market(facts, as_of=little.AS_OF).sentiment.count[0, 0]
