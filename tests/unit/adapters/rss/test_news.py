"""Feeds of papers as news: what each says, when it said it, and what is no feed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters.http.hosting import Answer, Host, Said, fetcher, hosted, table
from tests.unit.adapters.news_servers import SINCE, feed, invented

from jennie_cli.adapters.rss import RssNews
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import FetchKind, Heard
from jennie_cli.engine.model import Headline, NewsKind

AT = datetime(2026, 3, 4, 11, 0, tzinfo=KST)


def latest(host: Host, *paths: str, since: datetime = SINCE, **more: Any) -> Heard:
    """Return what feeds of one host tell."""

    async def one() -> Heard:
        asking = fetcher()
        given = {"name": "rss:paper", "kind": NewsKind.MARKET, **more}
        source = RssNews(urls=[host.url + p for p in paths], fetcher=asking, **given)
        try:
            return await source.latest(since)
        finally:
            await asking.close()

    return asyncio.run(one())


def heard(said: Said | bytes) -> Heard:
    """Return what is heard of one page."""
    with hosted(table({"/a": said})) as host:
        return latest(host, "/a")


def items(body: str) -> bytes:
    """Return a feed around its items."""
    return f"<rss><channel>{body}</channel></rss>".encode()


def test_items_become_headlines_with_their_own_moments() -> None:
    """Two feeds that hold the same article tell it once; oldest first."""
    same: Answer = feed(invented(3))
    with hosted(same) as host:
        got = latest(host, "/a", "/b")
    assert () == got.failures
    assert 3 == len(got.headlines)
    assert (
        Headline(
            kind=NewsKind.MARKET,
            title="가온전지, 2차전지 장비 수주 0",
            at=AT,
            source="rss:paper",
            publisher="127.0.0.1",
            url="https://n.news.naver.com/mnews/article/001/0000000000",
            body="세 줄짜리 요약.",
        )
        == got.headlines[-1]
    )


def test_as_many_of_each_as_are_wanted_and_none_older_than_asked_for() -> None:
    """Both bounds hold."""
    with hosted(feed(invented(30))) as host:
        assert 20 == len(latest(host, "/a").headlines)
        assert 4 == len(latest(host, "/a", since=AT - timedelta(minutes=3)).headlines)


@pytest.mark.parametrize(("kind", "hour"), [(NewsKind.MARKET, 11), (NewsKind.WORLD, 20)])
def test_a_moment_without_a_zone_is_of_the_paper_s_country(kind: NewsKind, hour: int) -> None:
    """Korea's papers write Korea's time; the world's are read as UTC."""
    page = items("<item><title>x</title><pubDate>2026-03-04 11:00:00</pubDate></item>")
    with hosted(table({"/a": page})) as host:
        got = latest(host, "/a", kind=kind)
    assert hour == got.headlines[0].at.astimezone(KST).hour


def test_a_feed_that_fails_does_not_take_the_other_with_it() -> None:
    """What one told stands, the other's failure is said."""
    good = feed(invented(2))
    with hosted(lambda asked: good(asked) if asked.path == "/a" else Said(status=404)) as host:
        got = latest(host, "/a", "/b")
    assert (2, [FetchKind.GONE]) == (len(got.headlines), [f.kind for f in got.failures])


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(status=429), "rate_limited"),
        (b"<h1>Too Many Requests</h1>", "rate_limited"),
        (b"<html><form><input type=password></form></html>", "blocked"),
        ("<html><p>시스템 점검 중</p></html>".encode(), "server"),
        (b"<html></html>", "layout_changed"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "layout_changed"),
        (items(""), "empty"),
        (items("<item><title>x</title></item>"), "layout_changed"),
        (items("<item><title>x</title><pubDate>2999-01-01</pubDate></item>"), "layout_changed"),
        (items("<item><title>2026-03-04</title><pubDate>제목</pubDate></item>"), "layout_changed"),
    ],
)
def test_what_is_no_feed_has_its_name(said: Said | bytes, kind: str) -> None:
    """No headline comes of it."""
    got = heard(said)
    assert () == got.headlines
    assert [kind] == [f.kind.value for f in got.failures]


def test_an_address_that_is_none_of_the_web_is_left_out() -> None:
    """The headline stands without it."""
    link = "<link>javascript:alert(1)</link>"
    page = items(f"<item><title>x</title>{link}<pubDate>2026-03-04</pubDate></item>")
    assert [""] == [h.url for h in heard(page).headlines]
