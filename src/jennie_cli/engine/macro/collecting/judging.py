"""Which of several readings is believed: what it can be, how old it is, how far it leapt."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting.fields import ESSENTIAL, FieldKind, fields
from jennie_cli.engine.macro.collecting.politics import SCORED
from jennie_cli.engine.macro.collecting.record import Figure, Gap, MacroRecord
from jennie_cli.engine.macro.collecting.sources import Reading
from jennie_cli.engine.macro.policy import CollectPolicy

_SECOND, _THIRD = 2, 3
_PRIORITY = {"fred": 1, "ecos": 1, "recorded": 1, "generated": 1, "naver": _THIRD}
_NEWS = "sentiment"
_CHANGES = frozenset({"kospi_change_pct", "kosdaq_change_pct"})
_WEIGHTS = ((1.0, 1.0), (6.0, 0.8), (24.0, 0.5))
"""Hours up to which a figure counts so much as fresh."""

_SLOW = frozenset({FieldKind.WEEKLY, FieldKind.MONTHLY, FieldKind.QUARTERLY})
_AHEAD = timedelta(minutes=5)
"""How far a host's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """The figures that are taken, and of the others why not: gaps by field, and in words what was
    refused for its value.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


def believe(
    readings: Iterable[Reading],
    *,
    now: datetime,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> Believed:
    """Return the newest believable reading of each field, by priority where two are as new.

    A level that leapt by more than `move_pct` from the last believed one is refused, unless that
    one is older than `move_days` or another source tells the same.
    """
    by_field: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.field in fields():
            by_field.setdefault(reading.field, []).append(reading)
    figures: dict[str, Figure] = {}
    gaps: dict[str, Gap] = {}
    rejected: list[str] = []
    for name, told in by_field.items():
        sound, words = _sound(told, now=now, stored=stored, policy=policy)
        rejected += words
        fresh = [r for r in sound if now - r.as_of <= max_age(fields()[name].kind, policy)]
        if fresh:
            best = max(fresh, key=lambda r: (r.as_of, -_priority(r)))
            figures[name] = Figure(value=best.value, source=best.source, as_of=best.as_of)
        else:
            gaps[name] = Gap(why="stale" if sound else "rejected")
    return Believed(figures=figures, gaps=gaps, rejected=tuple(rejected))


def max_age(kind: FieldKind, policy: CollectPolicy) -> timedelta:
    """Return how long a figure of a kind may be used."""
    ages = {
        FieldKind.MARKET: timedelta(hours=policy.market_hours),
        FieldKind.DAILY: timedelta(hours=policy.daily_hours),
        FieldKind.WEEKLY: timedelta(days=policy.weekly_days),
        FieldKind.MONTHLY: timedelta(days=policy.monthly_days),
        FieldKind.QUARTERLY: timedelta(days=policy.quarterly_days),
        FieldKind.NEWS: timedelta(hours=policy.news_hours),
    }
    return ages[kind]


def baseline(
    figures: Mapping[str, Figure],
    now: datetime,
    *,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> dict[str, Figure]:
    """Return what levels that are missing among `figures` were last believed to be, up to
    `move_days` ago: a leap that is refused stays one at the next collection.
    """
    levels = [n for n, spec in fields().items() if spec.move and n not in figures]
    last = {n: stored.believed(n) for n in levels} if stored else {}
    young = timedelta(days=policy.move_days)
    return {n: f for n, f in last.items() if f is not None and now - f.as_of <= young}


def standing(
    record: MacroRecord | None,
    at: datetime,
    *,
    since: date,
    oldest: timedelta,
    policy: CollectPolicy,
) -> MacroRecord | None:
    """Return what of a stored snapshot still holds at a moment, None of one older than `oldest`.

    Figures past their age go, with the indices' changes of a day before `since`, the last session,
    and a level of politics whose headlines are of the day before.
    """
    if record is None or at - record.at > oldest:
        return None
    kept = {n: f for n, f in record.figures.items() if _holds(n, f, at, since, policy)}
    gone = {n: Gap(why="stale", said=f.source) for n, f in record.figures.items() if n not in kept}
    heard = at - (record.politics_at or record.at) <= SCORED
    return replace(
        record,
        figures=kept,
        politics=record.politics if heard else None,
        missing={**record.missing, **gone},
        stale=tuple(sorted({*record.stale, *gone})),
        freshness_ratio=freshness(kept, at),
        completeness_ratio=completeness(kept),
    )


def freshness(figures: Mapping[str, Figure], now: datetime) -> float:
    """Return the mean weight 0..1 of the figures that change by the day; 0 without any."""
    quick = [f for n, f in figures.items() if fields()[n].kind not in _SLOW]
    return round(sum(_weight(now - f.as_of) for f in quick) / len(quick), 4) if quick else 0.0


def completeness(figures: Mapping[str, Figure]) -> float:
    """Return the share 0..1 of the seven essentials that are there."""
    there = ESSENTIAL & figures.keys()
    stands_in = "treasury_10y" not in there and "dxy_index" in figures
    return round((len(there) + stands_in) / len(ESSENTIAL), 4)


def _holds(name: str, figure: Figure, at: datetime, since: date, policy: CollectPolicy) -> bool:
    spec = fields().get(name)
    if spec is None or at - figure.as_of > max_age(spec.kind, policy):
        return False
    return name not in _CHANGES or figure.as_of.astimezone(KST).date() >= since


def _sound(
    told: Sequence[Reading],
    *,
    now: datetime,
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> tuple[list[Reading], list[str]]:
    """Return the readings that can be true, and why the others cannot."""
    spec = fields()[told[0].field]
    sound: list[Reading] = []
    words: list[str] = []
    for reading in told:
        if not math.isfinite(reading.value) or not spec.can_be(reading.value):
            words.append(f"{spec.name} {reading.value:g} ({reading.source}): impossible")
        elif reading.as_of > now + _AHEAD:
            words.append(f"{spec.name} ({reading.source}): of {reading.as_of:%Y-%m-%d %H:%M}")
        else:
            sound.append(reading)
    if not spec.move:
        return sound, words
    still = [r for r in sound if not _leapt(r, sound, stored, policy)]
    before = stored.believed(spec.name) if stored else None
    words += [
        f"{spec.name} {r.value:g} ({r.source}): {before.value:g} before"
        for r in sound
        if before is not None and r not in still
    ]
    return still, words


def _leapt(
    reading: Reading,
    told: Sequence[Reading],
    stored: MacroRecord | None,
    policy: CollectPolicy,
) -> bool:
    before = stored.believed(reading.field) if stored else None
    if before is None or reading.as_of - before.as_of > timedelta(days=policy.move_days):
        return False
    if _apart(reading.value, before.value) <= policy.move_pct:
        return False
    others = (r for r in told if r.source != reading.source)
    return not any(_apart(r.value, reading.value) <= policy.agree_pct for r in others)


def _apart(value: float, base: float) -> float:
    return abs(value / base - 1) * 100


def _priority(reading: Reading) -> int:
    if fields()[reading.field].unit == _NEWS:
        return _THIRD
    return _PRIORITY.get(reading.source, _SECOND)


def _weight(age: timedelta) -> float:
    hours = age.total_seconds() / 3_600
    return next((weight for most, weight in _WEIGHTS if hours <= most), 0.0)
