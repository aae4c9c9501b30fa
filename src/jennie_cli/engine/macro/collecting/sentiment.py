"""How headlines sound: words that point up against words that point down."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from jennie_cli.engine.macro.collecting.fields import GLOBAL_NEWS, KOREA_NEWS
from jennie_cli.engine.macro.collecting.sources import Item, Reading, Topic

WINDOW = timedelta(hours=24)
"""How far back headlines count."""

_LABELS = (
    (0.3, "very_positive"),
    (0.1, "positive"),
    (-0.1, "neutral"),
    (-0.3, "negative"),
)
_WORST = "very_negative"
_FIELDS = {Topic.GLOBAL: GLOBAL_NEWS, Topic.KOREA: KOREA_NEWS}


def sentiments(items: Iterable[Item], now: datetime) -> tuple[Reading, ...]:
    """Return the sentiment of the last day's global and Korean headlines, as of the newest one.

    A topic without a headline has none.
    """
    kept = [i for i in items if now - WINDOW <= i.at <= now]
    found = (_sentiment(topic, [i for i in kept if i.topic is topic]) for topic in _FIELDS)
    return tuple(reading for reading in found if reading is not None)


def score_of(title: str, topic: Topic) -> float:
    """Return (up - down) / (up + down) of the words of one title, 0 where it has none."""
    up, down = (len(set(pattern.findall(title.lower()))) for pattern in _patterns()[topic])
    return (up - down) / (up + down) if up + down else 0.0


def label_of(score: float) -> str:
    """Return what a mean score is called, from very_positive to very_negative."""
    return next((label for above, label in _LABELS if score > above), _WORST)


def _sentiment(topic: Topic, items: Sequence[Item]) -> Reading | None:
    if not items:
        return None
    mean = sum(score_of(i.title, topic) for i in items) / len(items)
    names = sorted({i.source for i in items})
    return Reading(
        field=_FIELDS[topic],
        value=round(mean, 4),
        source="+".join(names),
        as_of=max(i.at for i in items),
    )


@cache
def _patterns() -> Mapping[Topic, tuple[re.Pattern[str], re.Pattern[str]]]:
    source = resources.files(__package__).joinpath("words.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        topic: (_any_of(table[topic]["positive"]), _any_of(table[topic]["negative"]))
        for topic in _FIELDS
    }


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern of the words, longest first; English ones stand alone."""
    parts = [
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    ]
    return re.compile("|".join(parts))
