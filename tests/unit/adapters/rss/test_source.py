"""Some feeds as one source: those that answer are enough."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.adapters.http.hosting import Host, Said, fetcher, hosted, table

from jennie_cli.adapters.rss import RssSource
from jennie_cli.adapters.rss.source import host_of
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro.collecting import Gathered, Topic

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)


def feed(*titles: str, first: datetime = NOW - timedelta(hours=1)) -> bytes:
    """Return a feed in which each title is a minute older than the one before."""
    rows = (
        f"<item><title>{title}</title><pubDate>"
        f"{first - timedelta(minutes=n):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss><channel>{''.join(rows)}</channel></rss>".encode()


def collected(host: Host, *paths: str, each: int = 20, topic: Topic = Topic.KOREA) -> Gathered:
    """Return what feeds of one host give."""

    async def one() -> Gathered:
        asking = fetcher()
        source = RssSource(
            name="korea_feeds",
            topic=topic,
            fields=frozenset({"korea_news_sentiment"}),
            urls=[host.url + path for path in paths],
            each=each,
            fetcher=asking,
        )
        try:
            return await source.collect(NOW.date(), NOW)
        finally:
            await asking.close()

    return asyncio.run(one())


def test_headlines_carry_where_and_when() -> None:
    """As many of each feed as were asked for; what is to come or has no moment is left out."""
    late = feed("내일", first=NOW + timedelta(hours=2))
    bare = b"<rss><channel><item><title>x</title></item></channel></rss>"
    with hosted(table({"/a": feed("하나", "둘", "셋"), "/b": late, "/c": bare})) as host:
        got = collected(host, "/a", "/b", "/c", each=2)
    assert [("하나", "127.0.0.1", Topic.KOREA), ("둘", "127.0.0.1", Topic.KOREA)] == [
        (i.title, i.source, i.topic) for i in got.items
    ]
    assert NOW - timedelta(hours=1) == got.items[0].at
    assert {} == dict(got.failed)


def test_one_feed_down_is_told_beside_the_others() -> None:
    """By its host."""
    with hosted(table({"/a": feed("하나")})) as host:
        got = collected(host, "/gone", "/a")
    assert (1, "HTTP 404" in got.failed["127.0.0.1"]) == (len(got.items), True)


def test_no_feed_at_all_is_a_failure() -> None:
    """An empty answer would look like silence."""
    with (
        hosted(lambda _: Said(body=b"<html>")) as host,
        pytest.raises(OutsideError, match="no feed"),
    ):
        collected(host, "/a", "/b")


def test_what_is_no_address_has_no_host() -> None:
    """A setting may hold anything."""
    assert ("", "bbci.co.uk") == (host_of("http://[::1/x"), host_of("https://feeds.bbci.co.uk/a"))


def test_a_korean_feed_without_a_zone_writes_korean_time() -> None:
    """Of the world's feeds it is Greenwich, where eleven is still to come."""
    said = b"<item><title>x</title><pubDate>Wed, 04 Mar 2026 11:00:00</pubDate></item>"
    with hosted(table({"/a": b"<rss><channel>" + said + b"</channel></rss>"})) as host:
        (item,) = collected(host, "/a").items
        assert () == collected(host, "/a", topic=Topic.POLITICS).items
    assert NOW - timedelta(hours=1) == item.at
