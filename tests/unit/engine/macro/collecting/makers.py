"""Readings, headlines and sources made by hand, at eleven on a Wednesday."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.macro.collecting import (
    Figure,
    Gathered,
    Item,
    MacroRecord,
    Reading,
    Scope,
    Topic,
)

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=KST)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FULL: Mapping[str, float] = {
    "fed_rate": 4.25,
    "treasury_10y": 4.2,
    "treasury_2y": 3.9,
    "vix": 18.0,
    "usd_krw": 1_400.0,
    "bok_rate": 2.5,
    "kospi_index": 5_800.0,
    "kospi_change_pct": 0.4,
    "kosdaq_index": 1_100.0,
}
"""All essentials and a little more."""


def reading(name: str, value: float, *, source: str = "fred", ago: timedelta = HOUR) -> Reading:
    """Return a figure that was true so long ago."""
    return Reading(field=name, value=value, source=source, as_of=NOW - ago)


def item(title: str, topic: Topic = Topic.POLITICS, *, ago: timedelta = HOUR) -> Item:
    """Return a headline of so long ago."""
    return Item(topic=topic, title=title, source="bbc.co.uk", at=NOW - ago)


def stored(
    values: Mapping[str, float], *, ago: timedelta = HOUR, at: datetime | None = None
) -> MacroRecord:
    """Return a snapshot whose figures were true so long ago."""
    figures = {n: Figure(value=v, source="old", as_of=NOW - ago) for n, v in values.items()}
    taken = at or NOW - ago
    return MacroRecord(day=taken.date(), at=taken, scope=Scope.FULL, figures=figures)


@dataclass(slots=True)
class Told:
    """A source that says what it was given, fails, or never answers."""

    name: str
    readings: Sequence[Reading] = ()
    items: Sequence[Item] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    silent: bool = False
    extra: frozenset[str] = frozenset()
    asked: list[tuple[date, datetime]] = field(default_factory=list)

    @property
    def fields(self) -> frozenset[str]:
        """What it has, and what it is said to have."""
        return frozenset(r.field for r in self.readings) | self.extra

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Say it."""
        self.asked.append((day, now))
        if self.failure is not None:
            raise self.failure
        if self.silent:
            await asyncio.Event().wait()
        return Gathered(readings=tuple(self.readings), items=tuple(self.items), failed=self.failed)


class LateClock(ManualClock):
    """A clock whose sleep ends once everybody else has had a few turns."""

    async def sleep(self, seconds: float) -> None:
        """Give way a few times, then move on."""
        for _ in range(20):
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        self.advance(seconds)
