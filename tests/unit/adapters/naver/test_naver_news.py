"""News of stocks by the API and by the older page, and what either says when it is neither."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.adapters import news_servers
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, fetcher, hosted
from tests.unit.adapters.news_servers import (
    SINCE,
    as_json,
    desktop_page,
    desktop_row,
    invented,
    mobile_item,
    news_host,
)

from jennie_cli.adapters.naver import NaverNews
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import FetchKind, Heard
from jennie_cli.engine.model import Headline, NewsKind

STOCKS: Mapping[str, str] = {"900010": "가온전지"}
MOBILE, DESKTOP = "/api/news/stock/", "/item/news_news.naver"
NEWEST = invented(1)[0]


def latest(
    host: Host, since: datetime = SINCE, stocks: Mapping[str, str] = STOCKS, **more: Any
) -> Heard:
    """Return what Naver tells of stocks."""

    async def one() -> Heard:
        asking = fetcher()
        source = NaverNews(
            mobile_url=host.url + "/api/news/stock",
            desktop_url=host.url + DESKTOP,
            stocks=stocks,
            fetcher=asking,
            **more,
        )
        try:
            return await source.latest(since)
        finally:
            await asking.close()

    return asyncio.run(one())


def heard(instead: Mapping[str, Answer], articles: int = 3) -> Heard:
    """Return what is heard from a host in which some rooms answer otherwise."""
    with hosted(news_host(articles=invented(articles), instead=instead)) as host:
        return latest(host)


def says(said: Said) -> Answer:
    """Return a room that says one thing."""
    return lambda _: said


def only_desktop(said: Said) -> Heard:
    """Return what is heard when the API is gone and the older page says this."""
    return heard({MOBILE: says(Said(status=404)), DESKTOP: says(said)})


def test_the_api_tells_titles_moments_of_korea_and_papers() -> None:
    """Oldest first, with what came beyond the title."""
    with hosted(news_host(articles=invented(2))) as host:
        got = latest(host)
    assert () == got.failures
    assert (
        Headline(
            kind=NewsKind.STOCK,
            title="가온전지, 2차전지 장비 수주 0",
            at=datetime(2026, 3, 4, 11, 0, tzinfo=KST),
            source="naver",
            publisher="가상경제",
            url="https://n.news.naver.com/mnews/article/001/0000000000",
            code="900010",
            name="가온전지",
            body="세 줄짜리 요약.",
        )
        == got.headlines[-1]
    )
    assert timedelta(minutes=1) == got.headlines[-1].at - got.headlines[0].at


def test_two_pages_are_read_and_no_third() -> None:
    """As many articles of each as were asked for."""
    with hosted(news_host(articles=invented(50))) as host:
        got = latest(host, size=10)
    assert 20 == len(got.headlines)
    assert ["1", "2"] == [asked.query["page"] for asked in host.asked]
    assert {"10"} == {asked.query["pageSize"] for asked in host.asked}


def test_reading_stops_where_the_moment_asked_for_is_passed() -> None:
    """What is older is left out, and the next page is not asked for."""
    with hosted(news_host(articles=invented(50))) as host:
        got = latest(host, NEWEST.at - timedelta(minutes=4), size=10)
    assert 5 == len(got.headlines)
    assert 1 == len(host.asked)


def test_the_older_page_stands_in_and_it_is_said() -> None:
    """It gives the same headlines under the same addresses; the API's failure is told."""
    old = invented(12)
    numbers = [a.url.rpartition("/")[2] for a in old]
    linked = [
        replace(a, url=f"/item/news_read.naver?article_id={n}&office_id=001&code=900010")
        for a, n in zip(old, numbers, strict=True)
    ]
    rooms = {MOBILE: says(as_json({"other": []})), DESKTOP: news_servers.naver_desktop(linked)}
    with hosted(news_host(instead=rooms)) as host:
        got = latest(host)
    assert [(a.title, a.at, a.url) for a in reversed(old)] == [
        (h.title, h.at, h.url) for h in got.headlines
    ]
    assert [FetchKind.LAYOUT_CHANGED] == [f.kind for f in got.failures]
    assert "The older page stood in." in got.failures[0].message


def test_an_api_that_is_gone_is_not_asked_for_every_stock() -> None:
    """After three stocks the rest are read on the older page at once."""
    articles = [replace(NEWEST, code=f"90{n:04d}", url=f"{NEWEST.url}{n}") for n in range(8)]
    stocks = {a.code: a.name for a in articles}
    with hosted(news_host(articles=articles, instead={MOBILE: says(Said(status=404))})) as host:
        got = latest(host, stocks=stocks, at_once=1, pages=1)
    assert 8 == len(got.headlines)
    assert 3 == sum(a.path.startswith(MOBILE) for a in host.asked)
    assert 3 == len(got.failures)


def test_who_is_refused_stops_asking() -> None:
    """The stocks that are left would only make it worse; one failure says why."""
    stocks = {f"90{n:04d}": "x" for n in range(20)}
    with hosted(news_host(instead={"/": says(Said(status=429))})) as host:
        got = latest(host, stocks=stocks, at_once=1)
    assert [FetchKind.RATE_LIMITED] == [f.kind for f in got.failures]
    assert 2 == len(host.asked)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(status=429), FetchKind.RATE_LIMITED),
        (Said(body=b"<h1>Too Many Requests</h1>"), FetchKind.RATE_LIMITED),
        (as_json({"code": "9", "message": "요청이 너무 많습니다"}), FetchKind.RATE_LIMITED),
        (as_json({"code": "9", "message": "unknown"}), FetchKind.SERVER),
        (as_json([{"error": "x"}]), FetchKind.SERVER),
        (Said(body="<p>시스템 점검 중입니다</p>".encode()), FetchKind.SERVER),
        (Said(status=503), FetchKind.SERVER),
        (as_json([]), FetchKind.EMPTY),
        (as_json([{"total": 0, "items": []}]), FetchKind.EMPTY),
    ],
)
def test_what_the_api_says_instead_has_its_name(said: Said, kind: FetchKind) -> None:
    """No headline comes of it, and the older page would say the same."""
    got = heard({MOBILE: says(said)})
    assert () == got.headlines
    assert [kind] == [f.kind for f in got.failures]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (as_json({"items": 3}), FetchKind.LAYOUT_CHANGED),
        (as_json("x"), FetchKind.LAYOUT_CHANGED),
        (as_json([3]), FetchKind.LAYOUT_CHANGED),
        (as_json([{"items": [3, None]}]), FetchKind.LAYOUT_CHANGED),
        (Said(body=b"["), FetchKind.LAYOUT_CHANGED),
        (Said(body=b"[" * 90_000), FetchKind.LAYOUT_CHANGED),
        (Said(body=b"<form><input type=password></form>"), FetchKind.BLOCKED),
        (Said(status=403), FetchKind.BLOCKED),
    ],
)
def test_a_changed_or_closed_api_sends_to_the_older_page(said: Said, kind: FetchKind) -> None:
    """What it told is named, and the news is there all the same."""
    got = heard({MOBILE: says(said)})
    assert 3 == len(got.headlines)
    assert [kind] == [f.kind for f in got.failures]


def items(**changes: Any) -> Said:
    """Return an API whose articles tell some fields otherwise."""
    return as_json([{"total": 1, "items": [{**mobile_item(a), **changes} for a in invented(3)]}])


@pytest.mark.parametrize(
    "said",
    [
        items(datetime="가온전지, 수주"),
        items(datetime="20261332"),
        items(datetime="202613321170"),
        items(datetime="299903041100"),
        items(datetime=None),
        items(titleFull=None, title=202603041100),
        items(titleFull="", title="<b></b>"),
        items(mobileNewsUrl="javascript:alert(1)", officeId="../..", articleId=""),
    ],
)
def test_shuffled_fields_give_no_headline(said: Said) -> None:
    """Not one that can be read: the layout has changed, and nothing of it is believed."""
    with hosted(news_host(instead={MOBILE: says(said)})) as host:
        got = latest(host)
    assert () == got.headlines
    assert FetchKind.LAYOUT_CHANGED == got.failures[0].kind


def test_one_bad_article_is_left_out_and_said() -> None:
    """The others of its page stand."""
    good, bad = mobile_item(NEWEST), {**mobile_item(NEWEST), "datetime": "어제"}
    got = heard({MOBILE: says(as_json([{"items": [good, bad]}]))})
    assert 1 == len(got.headlines)
    assert "1 of 2 articles of 900010 could not be read." == got.failures[0].message


def test_markup_and_controls_come_out_as_plain_text() -> None:
    """Entities are read, tags and what cannot be printed are gone, a long summary is cut."""
    said = items(
        titleFull="&quot;<b>수주</b>&quot; <script>x()</script>A&lt;B \x1b[31m\u202e끝",
        body="요약" * 2_000,
        officeName="신문<img src=x>",
    )
    got = heard({MOBILE: says(said)})
    assert '"수주" x()A<B [31m 끝' == got.headlines[0].title
    assert 1_000 == len(got.headlines[0].body)
    assert "신문" == got.headlines[0].publisher


def row(*cells: tuple[str, str]) -> str:
    """Return a row of cells with their classes."""
    return f"<tr>{''.join(f'<td class={name!r}>{text}</td>' for name, text in cells)}</tr>"


LINK = '<a href="/item/news_read.naver?article_id=0001234567&office_id=018">수주 공시</a>'
DATE = "2026.03.04 11:00"


def test_columns_are_known_by_class_in_any_order() -> None:
    """A page that puts the day first tells the same."""
    got = only_desktop(desktop_page(row(("date", DATE), ("info", "신문"), ("title tit", LINK))))
    assert [("수주 공시", datetime(2026, 3, 4, 11, 0, tzinfo=KST), "신문")] == [
        (h.title, h.at, h.publisher) for h in got.headlines
    ]
    assert "https://n.news.naver.com/mnews/article/018/0001234567" == got.headlines[0].url


def test_related_articles_in_a_table_of_their_own_are_read_once() -> None:
    """The outer row that holds them is none itself."""
    inner = f'<table class="type5">{desktop_row(invented(2)[1])}</table>'
    related = f'<tr class="relation_lst"><td colspan="3">{inner}</td></tr>'
    got = only_desktop(desktop_page(desktop_row(NEWEST) + related))
    assert 2 == len(got.headlines)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (desktop_page(row(("title", DATE), ("info", "x"), ("date", LINK))), "layout_changed"),
        (desktop_page(row(("title", LINK), ("info", DATE), ("date", "x"))), "layout_changed"),
        (desktop_page(row(("title", LINK), ("date", DATE), ("date", DATE))), "layout_changed"),
        (desktop_page(row(("a", LINK), ("b", "x"), ("c", DATE))), "layout_changed"),
        (desktop_page(row(("title", LINK), ("date", "2026.13.04 11:00"))), "layout_changed"),
        (desktop_page(row(("title", '<a href="javascript:x">y</a>'), ("date", DATE))),
         "layout_changed"),
        (desktop_page(row(("title", '<a href="https://[">y</a>'), ("date", DATE))),
         "layout_changed"),
        (Said(body=b"<table class=type6></table>"), "layout_changed"),
        (Said(body="<p>로그인 후 이용해 주세요".encode()), "blocked"),
        (Said(body=b"<form><input type='password'></form>"), "blocked"),
        (Said(body="<p>요청이 너무 많습니다".encode()), "rate_limited"),
        (Said(status=429), "rate_limited"),
        (Said(body="<p>일시적인 오류가 발생했습니다".encode()), "server"),
        (desktop_page(""), "empty"),
        (desktop_page('<tr><td colspan="3">뉴스가 없습니다.</td></tr>'), "empty"),
        (desktop_page("<div>" * 2_000), "too_large"),
    ],
)  # fmt: skip
def test_what_the_older_page_says_instead_has_its_name(said: Said, kind: str) -> None:
    """Nothing of it becomes a headline."""
    got = only_desktop(said)
    assert () == got.headlines
    assert ["gone", kind] == [f.kind.value for f in got.failures]


def test_the_older_page_is_read_in_its_own_charset() -> None:
    """Also where no header tells it, and with signs that only the wider one knows."""
    said = desktop_page(desktop_row(replace(NEWEST, title="뷁전자 ‘똠방각하’ 수주")))
    got = only_desktop(replace(said, headers={}, body=said.body.replace(b"charset=euc-kr", b"")))
    assert "뷁전자 ‘똠방각하’ 수주" == got.headlines[0].title


def test_a_second_page_that_repeats_the_first_ends_the_reading() -> None:
    """A host that does not know pages gives each article once."""
    said = as_json([{"items": [mobile_item(a) for a in invented(3)]}])
    with hosted(news_host(instead={MOBILE: says(said)})) as host:
        got = latest(host, pages=50)
    assert 3 == len(got.headlines)
    assert 2 == len(host.asked)


def test_a_failure_on_the_way_keeps_what_was_had() -> None:
    """The first page's articles stand, the second's failure is told."""
    page = as_json([{"items": [mobile_item(a) for a in invented(3)]}])

    def answer(asked: Asked) -> Said:
        return page if asked.query["page"] == "1" else Said(status=500)

    got = heard({MOBILE: answer})
    assert 3 == len(got.headlines)
    assert [FetchKind.SERVER] == [f.kind for f in got.failures]


def test_the_api_is_asked_as_documented() -> None:
    """The code is in the path; JSON is wanted."""
    with hosted(news_host(articles=invented(1))) as host:
        latest(host, pages=1)
    (asked,) = host.asked
    assert ("/api/news/stock/900010", "application/json") == (asked.path, asked.headers["accept"])
    assert json.dumps({"pageSize": "20", "page": "1"}) == json.dumps(dict(asked.query))
