"""Asks the sources what is new, drops what is noise or known, and puts the rest on the streams.

A text is marked as known after it was published, never before: who dies in between publishes it
again, and the consumers know it by its id. A dead bus raises BusDown, nothing is marked, and the
next collection finds the same texts again.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from jennie_cli.engine.bus import BusDown, BusRefused, Sets, Streams
from jennie_cli.engine.bus.names import MACRO_RAW, NEWS_RAW, NEWS_SEEN
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.feed import FetchFailed, Heard, NewsSource
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news.identity import seen_keys
from jennie_cli.engine.news.message import NewsItem, encoded, item_of
from jennie_cli.engine.news.noise import is_noise
from jennie_cli.engine.news.policy import NewsPolicy

LOG = logging.getLogger(__name__)

SEEN_DAYS = 3
_AT_ONCE = 200
_MACRO = frozenset({NewsKind.WORLD, NewsKind.POST})
_DAY_FROM, _DAY_TO = 7, 16


class NewsBus(Protocol):
    """What a collector needs of a bus."""

    @property
    def streams(self) -> Streams:
        """Where texts are published."""
        ...

    @property
    def keys(self) -> Sets:
        """Where it is kept what was published."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source did: texts it told, of them noise, unreadable, and not new.

    `failures` are pages that were not had; `error` says why nothing of it was.
    """

    name: str
    told: int = 0
    noise: int = 0
    unreadable: int = 0
    known: int = 0
    failures: tuple[FetchFailed, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one collection came to; `published` counts by stream."""

    at: datetime
    since: datetime
    reports: tuple[SourceReport, ...]
    published: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a source told, or why it told nothing."""

    name: str
    heard: Heard
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Collects from `sources`; `clock` is the market's."""

    bus: NewsBus
    sources: Sequence[NewsSource]
    clock: Clock
    policy: NewsPolicy

    async def collect(self) -> Collected:
        """Ask every source once and publish what is new, oldest first. Raises BusDown."""
        now = self.clock.now()
        since = now - timedelta(hours=self.policy.look_back_h)
        heard = await asyncio.gather(*(_heard(source, since) for source in self.sources))
        known_at = self.clock.now()
        fresh: dict[str, NewsItem] = {}
        marks: set[str] = set()
        reports = [await self._sifted(one, known_at, fresh, marks) for one in heard]
        published = await self._publish(list(fresh.values()), known_at)
        return Collected(at=now, since=since, reports=tuple(reports), published=published)

    def pause_s(self) -> float:
        """Return the seconds until the next collection."""
        hour = self.clock.now().astimezone(KST).hour
        by_day = _DAY_FROM <= hour < _DAY_TO
        return self.policy.day_pause_s if by_day else self.policy.night_pause_s

    async def _sifted(
        self, told: _Told, known_at: datetime, fresh: dict[str, NewsItem], marks: set[str]
    ) -> SourceReport:
        """Add what is new of a source to `fresh`, and what it is known by to `marks`."""
        items = [item_of(headline, known_at) for headline in told.heard.headlines]
        readable = [item for item in items if item is not None]
        news = [item for item in readable if not is_noise(item.headline)]
        keys = [seen_keys(item.headline) for item in news]
        seen = await self._seen(frozenset[str]().union(*keys), known_at)
        new = 0
        for item, own in zip(news, keys, strict=True):
            if own.isdisjoint(seen) and own.isdisjoint(marks):
                fresh[item.id] = item
                new += 1
            # what is known by one name is known by the other from now on
            marks |= own
        return SourceReport(
            name=told.name,
            told=len(items),
            noise=len(readable) - len(news),
            unreadable=len(items) - len(readable),
            known=len(news) - new,
            failures=told.heard.failures,
            error=told.error,
        )

    async def _seen(self, keys: Collection[str], now: datetime) -> frozenset[str]:
        """Return what was published of the last three days; what cannot be read is new."""
        found: frozenset[str] = frozenset()
        for back in range(SEEN_DAYS):
            try:
                found |= await self.bus.keys.words_of(
                    NEWS_SEEN.of(_day(now - timedelta(days=back))), keys
                )
            except BusRefused as error:
                LOG.warning("it is not known what was published: %s", error.message)
        return found

    async def _publish(self, items: Sequence[NewsItem], now: datetime) -> dict[str, int]:
        published: dict[str, int] = {}
        ordered = sorted(items, key=lambda item: (item.headline.at, item.id))
        for first in range(0, len(ordered), _AT_ONCE):
            some = ordered[first : first + _AT_ONCE]
            for stream in (NEWS_RAW, MACRO_RAW):
                bound = [i for i in some if (i.headline.kind in _MACRO) == (stream == MACRO_RAW)]
                if bound:
                    entries = [encoded(item) for item in bound]
                    await self.bus.streams.publish(stream, *entries, keep=self.policy.keep)
                    published[stream] = published.get(stream, 0) + len(bound)
            await self._mark({key for item in some for key in seen_keys(item.headline)}, now)
        return published

    async def _mark(self, keys: Collection[str], now: datetime) -> None:
        try:
            await self.bus.keys.add_words(NEWS_SEEN.of(_day(now)), keys)
        except BusDown as error:
            # they are out: whoever finds them again publishes them again, and ids tell
            LOG.warning("what was published is not marked: %s", error.message)


async def _heard(source: NewsSource, since: datetime) -> _Told:
    try:
        return _Told(name=source.name, heard=await source.latest(since))
    except JennieError as error:
        LOG.warning("%s was not heard: %s", source.name, error.message)
        return _Told(name=source.name, heard=Heard(), error=error.message)


def _day(now: datetime) -> str:
    return now.astimezone(KST).strftime("%Y%m%d")
