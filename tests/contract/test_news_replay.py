"""The recorded news told by servers that speak the real forms, and heard once each."""

import asyncio
import html
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.unit.adapters.http.hosting import Host, fetcher, hosted
from tests.unit.adapters.news_servers import (
    KEY,
    SINCE,
    news_host,
    recorded_articles,
    recorded_filings,
    recorded_posts,
)

from jennie_cli.adapters.dart import DartFilings
from jennie_cli.adapters.http import HttpFetcher, Manners
from jennie_cli.adapters.naver import NaverNews
from jennie_cli.adapters.rss import RssNews
from jennie_cli.adapters.telegram import ChannelPreview
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Heard, NewsSource, lines, one_line
from jennie_cli.engine.model import NewsKind

pytestmark = pytest.mark.data

MANNERS = Manners(timeout_s=30.0, tries=2, wait_s=0.001)


def heard(host: Host, *makes: Callable[[str, HttpFetcher], NewsSource]) -> list[Heard]:
    """Return what sources at a host tell, each asked once."""

    async def all_of_them() -> list[Heard]:
        asking = fetcher(manners=MANNERS)
        try:
            return [await make(host.url, asking).latest(SINCE) for make in makes]
        finally:
            await asking.close()

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("older", [False, True], ids=["api", "older page"])
def test_every_headline_of_a_stock_is_heard_once_with_its_own_time(
    market_data: Path, *, older: bool
) -> None:
    """All that have a code, through either of Naver's ways in."""
    articles = recorded_articles(market_data)
    stocks = {a.code: a.name for a in articles if a.code}

    def naver(url: str, asking: HttpFetcher) -> NewsSource:
        return NaverNews(
            mobile_url="" if older else f"{url}/api/news/stock",
            desktop_url=f"{url}/item/news_news.naver",
            stocks=stocks,
            fetcher=asking,
            pages=50,
            size=100,
        )

    with hosted(news_host(articles=articles)) as host:
        (got,) = heard(host, naver)
    assert () == got.failures
    told = Counter((h.code, h.title, h.at, h.url) for h in got.headlines)
    assert 3_302 == len(got.headlines) == len(told)
    assert {(a.code, one_line(a.title, 300), a.at, a.url) for a in articles if a.code} == set(told)


def test_headlines_without_a_stock_are_heard_from_a_feed(market_data: Path) -> None:
    """The rest of them, under the time that they were published."""
    articles = [a for a in recorded_articles(market_data) if not a.code]

    def paper(url: str, asking: HttpFetcher) -> NewsSource:
        kind = NewsKind.MARKET
        return RssNews(name="rss:x", kind=kind, urls=[f"{url}/feed"], fetcher=asking, each=30)

    with hosted(news_host(articles=articles)) as host:
        (got,) = heard(host, paper)
    assert () == got.failures
    assert {(one_line(html.unescape(a.title), 300), a.at) for a in articles} == {
        (h.title, h.at) for h in got.headlines
    }
    assert 28 == len(got.headlines)


def test_every_filing_is_heard_once_with_its_own_day(market_data: Path) -> None:
    """Name, number and day; what comes twice in the record comes once."""
    filings = recorded_filings(market_data)

    def register(url: str, asking: HttpFetcher) -> NewsSource:
        return DartFilings(
            url=f"{url}/api/list.json",
            key=KEY,
            codes={f.code for f in filings},
            now=lambda: datetime(2026, 8, 20, tzinfo=KST),
            fetcher=asking,
        )

    with hosted(news_host(filings=filings)) as host:
        (got,) = heard(host, register)
    assert () == got.failures
    assert 306 == len(got.headlines)
    assert Counter(
        (f.code, one_line(f.report, 300), f.at.date(), f.number) for f in filings
    ) == Counter((h.code, h.title, h.at.date(), h.url.rpartition("=")[2]) for h in got.headlines)


def test_every_post_is_heard_once_with_its_own_time(market_data: Path) -> None:
    """All channels, whole texts."""
    posts = recorded_posts(market_data)

    def preview(channel: str) -> Callable[[str, HttpFetcher], NewsSource]:
        return lambda url, asking: ChannelPreview(url=f"{url}/s", channel=channel, fetcher=asking)

    with hosted(news_host(posts=posts)) as host:
        got = heard(host, *map(preview, sorted({p.channel for p in posts})))
    assert [] == [f for one in got for f in one.failures]
    told = Counter((h.url, h.at, h.body) for one in got for h in one.headlines)
    assert 198 == len(told) == told.total()
    assert {(f"https://t.me/{p.channel}/{p.id}", p.at, lines(p.text, 6_000)) for p in posts} == set(
        told
    )
