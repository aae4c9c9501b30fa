"""Feeds as a source of news: the papers of Korea, and of the world."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from jennie_cli.adapters.rss.parse import FeedItem, parse_feed
from jennie_cli.adapters.rss.source import host_of
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import (
    Ask,
    Fetched,
    Fetcher,
    FetchFailed,
    FetchKind,
    Heard,
    unlike,
    web_address,
)
from jennie_cli.engine.model import Headline, NewsKind

BUDGET = "news_feeds"
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RssNews:
    """The feeds of one paper; `each` is how many items of one feed are taken.

    A moment without a zone is Korea's where the news is of Korea's market.
    """

    name: str
    kind: NewsKind
    urls: Sequence[str]
    fetcher: Fetcher
    each: int = 20

    async def latest(self, since: datetime) -> Heard:
        """Return what was published from a moment on, oldest first."""
        told = await asyncio.gather(*map(self._read, self.urls))
        feeds = (got for got in told if not isinstance(got, FetchFailed))
        found = {(h.url, h.title): h for got in feeds for h in got}
        kept = sorted((h for h in found.values() if h.at >= since), key=lambda h: (h.at, h.url))
        failures = tuple(got for got in told if isinstance(got, FetchFailed))
        return Heard(headlines=tuple(kept), failures=failures)

    async def _read(self, url: str) -> Sequence[Headline] | FetchFailed:
        """Return the items of one feed, or why there are none."""
        try:
            page = await self.fetcher.get(Ask(url=url, budget=BUDGET))
            return self._headlines(page, url)
        except FetchFailed as error:
            return error

    def _headlines(self, page: Fetched, url: str) -> Sequence[Headline]:
        try:
            items = parse_feed(page.text, shown=page.shown, zone=self._zone)
        except FetchFailed:
            raise unlike(page, "no feed") from None
        if not items:
            raise FetchFailed(
                f"{page.shown} holds no item.",
                kind=FetchKind.EMPTY,
                hint="Look at the address in a browser; change its setting if it has moved.",
            )
        read = [self._headline(item, url, page.at) for item in items[: self.each]]
        known = [headline for headline in read if headline is not None]
        if not known:
            raise unlike(page, "no item with a title and a moment")
        return known

    @property
    def _zone(self) -> tzinfo:
        return UTC if self.kind is NewsKind.WORLD else KST

    def _headline(self, item: FeedItem, url: str, now: datetime) -> Headline | None:
        """Return an item, None for one whose moment is not known or cannot be."""
        if item.at is None or item.at > now + _AHEAD:
            return None
        return Headline(
            kind=self.kind,
            title=item.title,
            at=item.at,
            source=self.name,
            publisher=host_of(url),
            url=web_address(item.link),
            body=item.summary,
        )
