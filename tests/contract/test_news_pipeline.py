"""The recorded news through the whole pipeline: each text heard, judged and kept once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from tests.unit.adapters.http.hosting import fetcher, hosted
from tests.unit.adapters.news_servers import (
    KEY,
    SINCE,
    news_host,
    recorded_articles,
    recorded_filings,
    recorded_posts,
)
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.adapters.dart import DartFilings
from jennie_cli.adapters.http import HttpFetcher, Manners
from jennie_cli.adapters.naver import NaverNews
from jennie_cli.adapters.rss import RssNews
from jennie_cli.adapters.telegram import ChannelPreview
from jennie_cli.engine.bus.names import ANALYZER, ARCHIVER, MACRO_ANALYZER, MACRO_ARCHIVER
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.feed import NewsSource
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import Collected, Collector, NewsPolicy, NewsRow, NewsStatus, Tally
from jennie_cli.engine.store import Found, Sought
from jennie_cli.wiring import House
from jennie_cli.wiring.archive import open_archive
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.news import analyze_news, archive_news, news_book

pytestmark = pytest.mark.data

NOW = datetime(2026, 8, 20, 18, 0, tzinfo=KST)
MANNERS = Manners(timeout_s=60.0, tries=2, wait_s=0.001)
HOURS = (NOW - SINCE).total_seconds() / 3_600
GROUPS = (ANALYZER, MACRO_ANALYZER, ARCHIVER, MACRO_ARCHIVER)


def sources_at(url: str, asking: HttpFetcher, data: Path) -> Sequence[NewsSource]:
    """Return everybody who tells the recorded news at a host."""
    articles, filings = recorded_articles(data), recorded_filings(data)
    channels = sorted({post.channel for post in recorded_posts(data)})
    return (
        NaverNews(
            mobile_url=f"{url}/api/news/stock",
            desktop_url=f"{url}/item/news_news.naver",
            stocks={a.code: a.name for a in articles if a.code},
            fetcher=asking,
            pages=50,
            size=100,
        ),
        RssNews(name="rss:x", kind=NewsKind.MARKET, urls=[f"{url}/feed"], fetcher=asking, each=30),
        DartFilings(
            url=f"{url}/api/list.json",
            key=KEY,
            codes={f.code for f in filings},
            now=lambda: NOW,
            fetcher=asking,
        ),
        *(ChannelPreview(url=f"{url}/s", channel=c, fetcher=asking) for c in channels),
    )


async def collected(house: House, url: str, data: Path) -> Collected:
    """Collect once over a real bus and a real host."""
    asking = fetcher(manners=MANNERS)
    try:
        async with open_bus_of(house) as bus:
            collector = Collector(
                bus=bus,
                sources=sources_at(url, asking, data),
                clock=ManualClock(NOW),
                policy=NewsPolicy(look_back_h=HOURS),
            )
            return await collector.collect()
    finally:
        await asking.close()


async def left(house: House) -> list[int]:
    """Return what each group still has in hand."""
    async with open_bus_of(house) as bus:
        return [(await bus.streams.backlog(group)).pending for group in GROUPS]


async def found(house: House, row: NewsRow) -> Sequence[Found]:
    """Return what the archive answers to a title of its stock."""
    async with open_archive(house) as archive:
        told = row.item.headline
        codes = (told.code,) if told.code else ()
        sought = Sought(text=told.title, since=SINCE, known_by=NOW, codes=codes, most=30)
        return await archive.search(sought)


async def stored(house: House) -> int:
    """Return how many passages are kept."""
    async with open_archive(house) as archive:
        return await archive.size()


def by_kind(row: NewsRow) -> NewsKind:
    """Return what kind of text was judged."""
    return row.item.headline.kind


def kept_of(rows: Sequence[NewsRow], kind: NewsKind) -> set[tuple[str, datetime]]:
    """Return address and moment of each text of a kind."""
    told = [row.item.headline for row in rows if by_kind(row) is kind]
    return {(one.url, one.at) for one in told}


def handled(*tallies: Tally) -> list[int]:
    """Return what was done, and what was not, of each."""
    return [n for t in tallies for n in (t.done, t.failed + t.dead + t.lost)]


def test_each_text_is_heard_judged_archived_and_found_once(market_data: Path) -> None:
    """A second pass adds nothing; times are the sources' own."""
    articles, filings = recorded_articles(market_data), recorded_filings(market_data)
    posts = recorded_posts(market_data)
    host_of = news_host(articles=articles, filings=filings, posts=posts)
    with short_home() as home, hosted(host_of) as host:
        house = house_at(home, given={"archive.embedder": "ngrams"})
        first = asyncio.run(collected(house, host.url, market_data))
        assert [] == [f for report in first.reports for f in report.failures]
        published = sum(first.published.values())
        fresh = [r.told - r.noise - r.unreadable - r.known for r in first.reports]
        assert published == sum(fresh)
        assert [3_205, 28, 306] == fresh[:3]
        assert 198 == sum(r.told for r in first.reports[3:])
        judged = asyncio.run(analyze_news(house))
        archived = asyncio.run(archive_news(house))
        assert [published, 0, published, 0] == handled(judged, archived)
        rows = news_book(house).newest(most=10_000)
        size = asyncio.run(stored(house))

        again = asyncio.run(collected(house, host.url, market_data))
        assert 0 == sum(again.published.values())
        assert [0, 0, 0, 0] == handled(
            asyncio.run(analyze_news(house)), asyncio.run(archive_news(house))
        )
        assert rows == news_book(house).newest(most=10_000)
        assert size == asyncio.run(stored(house)) >= published
        assert [0, 0, 0, 0] == asyncio.run(left(house))

        assert published == len(rows) == len({row.item.id for row in rows})
        assert {NewsStatus.OK} == {row.status for row in rows if by_kind(row) is NewsKind.STOCK}
        assert set() == {row.status for row in rows} - {NewsStatus.OK, NewsStatus.NOT_ASKED}
        assert kept_of(rows, NewsKind.STOCK) <= {(a.url, a.at) for a in articles if a.code}
        assert kept_of(rows, NewsKind.POST) <= {
            (f"https://t.me/{p.channel}/{p.id}", p.at) for p in posts
        }
        assert {f.number for f in filings} == {
            url.rpartition("=")[2] for url, _ in kept_of(rows, NewsKind.FILING)
        }
        for row in rows[:: len(rows) // 20]:
            hits = asyncio.run(found(house, row))
            told_by = {(hit.passage.title, hit.passage.at) for hit in hits}
            assert (row.item.headline.title, row.item.headline.at) in told_by
