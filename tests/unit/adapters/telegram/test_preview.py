"""A channel's preview is read page by page; what is no preview is called by its name."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, fetcher, hosted
from tests.unit.adapters.news_servers import (
    NO_POSTS,
    SINCE,
    Post,
    channel_page,
    no_preview,
    post_html,
    telegram,
)

from jennie_cli.adapters.telegram import ChannelPreview
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import FetchKind, Heard
from jennie_cli.engine.model import Headline, NewsKind

NAME = "gaon_notes"
POST = Post(channel=NAME, id=7, at=datetime(2026, 3, 4, 8, 10, tzinfo=KST), text="아침\n둘째 줄")
STOCKS: Mapping[str, str] = {"900010": "가온전지"}


def posts(count: int, first: int = 100) -> tuple[Post, ...]:
    """Return posts an hour apart, the newest last."""
    return tuple(
        replace(POST, id=first + n, at=POST.at - timedelta(hours=count - 1 - n), text=f"글 {n}")
        for n in range(count)
    )


def latest(host: Host, since: datetime = SINCE, channel: str = NAME, **more: Any) -> Heard:
    """Return what a channel tells."""

    async def one() -> Heard:
        asking = fetcher()
        source = ChannelPreview(
            url=host.url + "/s", channel=channel, fetcher=asking, stocks=STOCKS, **more
        )
        try:
            return await source.latest(since)
        finally:
            await asking.close()

    return asyncio.run(one())


def heard(answer: Answer | Said, channel: str = NAME) -> Heard:
    """Return what is heard of a host."""
    with hosted(answer if callable(answer) else lambda _: answer) as host:
        return latest(host, channel=channel)


def test_a_post_is_told_with_its_lines_and_its_own_moment() -> None:
    """The first line is its title; views are not looked at."""
    got = heard(telegram([POST]))
    assert () == got.failures
    assert got.headlines == (
        Headline(
            kind=NewsKind.POST,
            title="아침",
            at=POST.at,
            source=f"telegram:{NAME}",
            publisher=f"채널 {NAME}",
            url=f"https://t.me/{NAME}/7",
            body="아침\n둘째 줄",
        ),
    )


def test_older_posts_are_asked_for_until_the_bound() -> None:
    """Twenty a page, by the number of the oldest one had; the newest fifty are kept."""
    with hosted(telegram(posts(90))) as host:
        got = latest(host)
    assert [f"글 {n}" for n in range(40, 90)] == [h.title for h in got.headlines]
    assert ["", "170", "150"] == [asked.query.get("before", "") for asked in host.asked]


def test_reading_goes_back_to_the_moment_asked_for() -> None:
    """A weekend away: what is older is left out and not asked for."""
    with hosted(telegram(posts(90))) as host:
        got = latest(host, POST.at - timedelta(hours=25))
    assert 26 == len(got.headlines)
    assert 2 == len(host.asked)


def test_calls_are_bounded() -> None:
    """A channel of a flood takes no more than its pages."""
    with hosted(telegram(posts(90))) as host:
        got = latest(host, pages=1)
    assert (20, 1) == (len(got.headlines), len(host.asked))


def test_a_channel_that_ends_is_read_to_its_end() -> None:
    """The last page has no older posts, and that is no failure."""
    got = heard(telegram(posts(25)))
    assert (25, ()) == (len(got.headlines), got.failures)


def test_a_long_post_is_kept_to_its_cap() -> None:
    """Six thousand characters of a briefing, and a sign that it was cut."""
    got = heard(telegram([replace(POST, text="가" * 9_000)]))
    assert 6_000 == len(got.headlines[0].body)
    assert got.headlines[0].body.endswith("…")


def test_what_a_post_answers_is_not_its_own_word() -> None:
    """The quoted post's words stay out; a post without words is none."""
    quoted = (
        '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text '
        'js-message_reply_text">남의 말</div></a><div class="tgme_widget_message_text'
    )
    answering = post_html(POST).replace('<div class="tgme_widget_message_text', quoted, 1)
    silent = post_html(replace(POST, id=8, text=""))
    got = heard(channel_page(NAME, answering + silent))
    assert ["아침\n둘째 줄"] == [h.body for h in got.headlines]


def test_markup_of_a_post_is_plain_text() -> None:
    """Emphasis, links and emoji leave their words; what was written as words stays words."""
    marked = '<b>가온전지</b> <a href="javascript:x">링크</a><i class="emoji"><b>😀</b></i>'
    page = post_html(replace(POST, text="X<script>y()</script>")).replace("X&lt;", f"{marked}&lt;")
    got = heard(channel_page(NAME, page))
    assert "가온전지 링크😀<script>y()</script>" == got.headlines[0].body


def changed(old: str, new: str) -> Said:
    """Return a preview in which some markup has changed."""
    return channel_page(NAME, "".join(post_html(p).replace(old, new) for p in posts(3)))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (changed("data-post=", "data-id="), "layout_changed"),
        (changed(f"{NAME}/", "somebody/"), "layout_changed"),
        (changed(f"{NAME}/1", f"{NAME}/x"), "layout_changed"),
        (changed("tgme_widget_message_date", "when"), "layout_changed"),
        (changed("+00:00", ""), "layout_changed"),
        (changed("2026-03", "2999-03"), "layout_changed"),
        (changed("2026-03", "03/2026"), "layout_changed"),
        (Said(body=b"<html></html>"),
         "layout_changed"),
        (channel_page(NAME, NO_POSTS), "empty"),
        (channel_page(NAME, ""), "empty"),
        (no_preview(NAME, joinable=True), "blocked"),
        (no_preview(NAME, joinable=False), "gone"),
        (Said(body=b"<h1>Too Many Requests</h1>"), "rate_limited"),
        (Said(status=429), "rate_limited"),
        (Said(body=b"<form><input type=password></form>"), "blocked"),
        (Said(body=b"<p>Internal Server Error</p>"), "server"),
        (channel_page(NAME, "<div>" * 5_000), "too_large"),
        (Said(body=b"x" * 200_000), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_preview_has_its_name(said: Said, kind: str) -> None:
    """No post comes of it."""
    got = heard(said)
    assert () == got.headlines
    assert [kind] == [f.kind.value for f in got.failures]


def test_one_unreadable_post_is_said_and_the_rest_stand() -> None:
    """A moment without a zone is none."""
    good, bad = (post_html(p) for p in posts(2))
    got = heard(channel_page(NAME, good + bad.replace("+00:00", "")))
    assert 1 == len(got.headlines)
    assert f"1 of 2 posts of @{NAME} could not be read." == got.failures[0].message


def test_a_page_after_the_first_that_shows_none_is_said_where_more_was_promised() -> None:
    """Telegram answers so to who asks too often: what was had stands."""

    def answer(asked: Asked) -> Said:
        if "before" in asked.query:
            return channel_page(NAME, NO_POSTS, 80)
        return channel_page(NAME, "".join(map(post_html, posts(3))), 100)

    got = heard(answer)
    assert 3 == len(got.headlines)
    assert [FetchKind.EMPTY] == [f.kind for f in got.failures]


def test_a_name_that_is_none_asks_nobody() -> None:
    """A setting with a slash in it does not become another address."""
    with hosted(telegram([POST])) as host:
        got = latest(host, channel="../etc")
    assert ([], [FetchKind.BAD_REQUEST]) == (host.asked, [f.kind for f in got.failures])
