"""How the news of a stock sounds lately: a mean in which each text fades with its age.

The weight of a text is exp(-age / 24 h) as of the newest one. It is a function of what the book
holds, not of what was told before: a text that comes twice moves nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.news.book import NewsRow

FADING = timedelta(hours=24)
WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """A faded mean 0..100 and the newest text that counts in it."""

    score: float
    newest: NewsRow


def lately(rows: Sequence[NewsRow]) -> Lately | None:
    """Return how rows of one stock sound; None where none was judged. A row without a score is
    missing, not neutral.
    """
    scored = [(row, row.score) for row in rows if row.score is not None]
    if not scored:
        return None
    newest = max((row for row, _ in scored), key=_published)
    last = newest.item.headline.at
    weights = [math.exp((row.item.headline.at - last) / FADING) for row, _ in scored]
    total = sum(weight * score for weight, (_, score) in zip(weights, scored, strict=True))
    return Lately(score=round(total / sum(weights), 2), newest=newest)


def sentiment_document(found: Lately) -> dict[str, Any]:
    """Return what the key of a stock's sentiment holds."""
    told = found.newest.item.headline
    return {
        "score": found.score,
        "reason": found.newest.reason,
        "url": told.url,
        "name": told.name,
        "title": told.title,
        "date": told.at.astimezone(KST).isoformat(),
    }


def _published(row: NewsRow) -> tuple[datetime, str]:
    return row.item.headline.at, row.item.id
