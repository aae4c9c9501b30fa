"""What the headlines of a stock sound like, by scored day."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.scoring.market.moments import Scored
from jennie_cli.engine.store import Dataset, FactStore
from jennie_cli.engine.store.panels import FloatArray

_DAY = 86_400
LEVEL_DAYS, RECENT_DAYS, PAST_DAYS = 3, 7, 37


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """(K, N): mean of 3 days 0..100, mean of 7 days less the mean of days 8..37, judged headlines
    of 7 days. NaN where a period has no judged headline; a count of none is 0.
    """

    level: FloatArray
    change_points: FloatArray
    count: FloatArray


def read_sentiment(facts: FactStore, codes: tuple[str, ...], scored: Scored) -> Sentiment:
    """Return the sentiment of each stock at each moment, from headlines that something judged."""
    moments = scored.moments
    since = scored.first_day - timedelta(days=PAST_DAYS + 1)
    rows = facts.read(Dataset.HEADLINES, as_of=scored.as_of, since=since)
    column = {code: i for i, code in enumerate(codes)}
    col = np.array([column.get(c, -1) for c in rows["code"]], dtype=np.intp)
    use = (col >= 0) & np.isfinite(rows["sentiment"])
    col, said = col[use], rows["sentiment"][use]
    published = rows["published_at"][use]
    # a sentiment is known when both the headline and its judgement are
    known = np.fmax(rows["known_at"], rows["judged_at"])[use]
    shape = (len(moments), len(codes))
    level, change, count = np.empty(shape), np.empty(shape), np.empty(shape)
    for k, moment in enumerate(moments):
        seen = (known <= moment) & (published <= moment)
        age = np.where(seen, (moment - published) / _DAY, np.inf)
        level[k], _ = _mean(col, said, age < LEVEL_DAYS, len(codes))
        recent, count[k] = _mean(col, said, age < RECENT_DAYS, len(codes))
        past, _ = _mean(col, said, (age >= RECENT_DAYS) & (age < PAST_DAYS), len(codes))
        change[k] = recent - past
    return Sentiment(level=level, change_points=change, count=count)


def _mean(
    col: NDArray[np.intp], said: FloatArray, use: NDArray[np.bool_], size: int
) -> tuple[FloatArray, FloatArray]:
    """Return mean (NaN for none) and number of the used values of each stock."""
    number = np.bincount(col[use], minlength=size).astype(np.float64)
    total = np.bincount(col[use], weights=said[use], minlength=size)
    return np.divide(total, number, out=np.full(size, np.nan), where=number > 0), number
