"""Political risk by keywords of headlines: a score to be shown, and a level where no council spoke.

Everyday words such as "tariff" make a score of their own nearly every day, so the level of these
rules ends at high unless the news tells of a crisis or a conflict.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from jennie_cli.engine.macro.collecting.sources import Item, Topic
from jennie_cli.engine.model import PoliticalRisk

SCORED = timedelta(hours=24)
"""How old a headline may be to count in the score."""

TOLD = timedelta(hours=18)
"""How old one may be to be told to the council."""

MOST_TOLD = 15
"""How many the council is told."""

_QUIET_SCORE = 10
_FULL = 100
_SEVERITIES = ("critical", "high", "medium", "low")
_DRAMATIC = frozenset({"crisis", "geopolitical"})
_SHORT = 5
_GAP = r"\W+(?:\w+\W+){0,3}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A headline that names a risk: of which category, how severe, and which way it points."""

    title: str
    source: str
    at: datetime
    category: str
    severity: str
    direction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Politics:
    """Political risk by the headlines of a day: score 0..100, level, how many alerts, and the
    newest of them. `raw` is the level before it was held below critical.
    """

    score: int
    level: PoliticalRisk
    raw: PoliticalRisk
    count: int
    alerts: tuple[Alert, ...] = ()


def politics_of(items: Iterable[Item], now: datetime) -> Politics | None:
    """Return the risk by the headlines on politics; None where no feed gave any of the last day."""
    heard = [i for i in items if i.topic is Topic.POLITICS and now - SCORED <= i.at <= now]
    if not heard:
        return None
    once = {i.title.casefold(): i for i in sorted(heard, key=lambda i: i.at)}
    alerts = [alert for item in once.values() if (alert := alert_of(item)) is not None]
    weights = _rules()["weights"]
    score = min(_FULL, sum(weights[a.severity] for a in alerts)) if alerts else _QUIET_SCORE
    raw = _level(score, sum(a.severity == "critical" for a in alerts))
    calm = raw is PoliticalRisk.CRITICAL and not any(_is_dramatic(a.title) for a in alerts)
    return Politics(
        score=score,
        level=PoliticalRisk.HIGH if calm else raw,
        raw=raw,
        count=len(alerts),
        alerts=_told(alerts, now),
    )


def alert_of(item: Item) -> Alert | None:
    """Return the most severe alert that a title gives, None where it names no risk."""
    title = item.title.casefold()
    for name, (severity, pattern) in _categories().items():
        if pattern.search(title):
            return Alert(
                title=item.title,
                source=item.source,
                at=item.at,
                category=name,
                severity=severity,
                direction=_direction(title),
            )
    return None


def _is_dramatic(title: str) -> bool:
    """Whether a title tells of a crisis or a conflict, whatever else it tells."""
    return any(_categories()[name][1].search(title.casefold()) for name in _DRAMATIC)


def _level(score: int, critical: int) -> PoliticalRisk:
    if score >= 70 or critical >= 2:
        return PoliticalRisk.CRITICAL
    if score >= 50 or critical >= 1:
        return PoliticalRisk.HIGH
    return PoliticalRisk.MEDIUM if score >= 30 else PoliticalRisk.LOW


def _told(alerts: Sequence[Alert], now: datetime) -> tuple[Alert, ...]:
    """Return the alerts young enough for the council, most severe first, then newest."""
    young = [a for a in alerts if now - TOLD <= a.at]
    young.sort(key=lambda a: (_SEVERITIES.index(a.severity), now - a.at))
    return tuple(young[:MOST_TOLD])


def _direction(title: str) -> str:
    """Return which way a title points, empty where it says both or nothing."""
    said = {way for way, pattern in _directions().items() if pattern.search(title)}
    return said.pop() if len(said) == 1 else ""


@cache
def _rules() -> Mapping[str, Any]:
    source = resources.files(__package__).joinpath("politics.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _categories() -> Mapping[str, tuple[str, re.Pattern[str]]]:
    """Return severity and pattern by category, the most severe first."""
    table = _rules()["category"]
    names = sorted(table, key=lambda n: _SEVERITIES.index(table[n]["severity"]))
    return {n: (table[n]["severity"], _any_of(table[n]["keywords"])) for n in names}


@cache
def _directions() -> Mapping[str, re.Pattern[str]]:
    return {way: _any_of(words) for way, words in _rules()["direction"].items()}


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_word, words)))


def _word(word: str) -> str:
    """Return the pattern of one keyword: a short English one stands alone."""
    short = word.isascii() and len(word) <= _SHORT
    pattern = _GAP.join(map(re.escape, word.split(" ~ ")))
    # not \b: Korean particles follow an English word without a space
    return rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])" if short else pattern
