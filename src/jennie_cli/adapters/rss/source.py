"""Feeds as a source of headlines for the macro side."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from urllib.parse import urlsplit

from jennie_cli.adapters.rss.parse import parse_feed
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Ask, Fetcher, FetchFailed
from jennie_cli.engine.macro.collecting import Gathered, Item, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class RssSource:
    """Some feeds on one topic; `each` is how many items of one feed are taken.

    An item that does not say when it was published is left out: it may be years old.
    """

    name: str
    topic: Topic
    fields: frozenset[str]
    urls: Sequence[str]
    each: int
    fetcher: Fetcher

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the headlines of every feed that answers. Raises OutsideError when none does."""
        del day
        told = await asyncio.gather(*map(self._read, self.urls))
        items = tuple(i for got in told if not isinstance(got, str) for i in got if i.at <= now)
        pairs = zip(self.urls, told, strict=True)
        failed = {host_of(url): got for url, got in pairs if isinstance(got, str)}
        if len(failed) == len({host_of(u) for u in self.urls}) and not items:
            raise OutsideError(
                f"No feed of {self.name} answered: {'; '.join(failed.values())}"[:600],
                hint="Try again later; the addresses are settings.",
            )
        return Gathered(items=items, failed=failed)

    def _zone(self, url: str) -> tzinfo:
        """Return the zone of moments that name none: feeds of Korea write their own time."""
        return KST if self.topic is Topic.KOREA or host_of(url).endswith(".kr") else UTC

    async def _read(self, url: str) -> tuple[Item, ...] | str:
        """Return the items of one feed, or in words why there are none."""
        try:
            page = await self.fetcher.get(Ask(url=url, budget=self.name))
            found = parse_feed(page.text, shown=page.shown, zone=self._zone(url))
        except FetchFailed as error:
            return error.message
        return tuple(
            Item(
                topic=self.topic,
                title=item.title,
                summary=item.summary,
                source=host_of(url),
                at=item.at,
            )
            for item in found[: self.each]
            if item.at is not None
        )


def host_of(url: str) -> str:
    """Return the host of an address as a page names it, empty for what is no address."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("feeds.")
