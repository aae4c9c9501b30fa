"""Servers of news in the form each source speaks, answering from rows given by a test."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.unit.adapters.http.hosting import Answer, Asked, Said

from jennie_cli.engine.clock import KST

SINCE = datetime(2020, 1, 1, tzinfo=KST)
"""Before everything that these servers tell."""

KEY = "d4rt-k3y-of-forty-characters"
PREVIEW = 20
"""Posts on one page of a channel's preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of the press; without a code it is of the market."""

    title: str
    at: datetime
    url: str
    code: str = ""
    name: str = ""
    publisher: str = "가상경제"
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A filing; the register tells its day only."""

    report: str
    at: datetime
    number: str
    code: str
    name: str
    kind: str = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of a channel."""

    channel: str
    id: int
    at: datetime
    text: str


def _page_of(asked: Asked, rows: Sequence[Article], size: int) -> Sequence[Article]:
    newest = sorted(rows, key=lambda a: a.at, reverse=True)
    first = (int(asked.query.get("page", "1")) - 1) * size
    return newest[first : first + size]


def mobile_item(article: Article) -> dict[str, Any]:
    """Return an article as the API of the mobile site tells it."""
    title = html.escape(article.title, quote=True)
    return {
        "id": "0010000001",
        "officeId": "001",
        "articleId": "0000000001",
        "officeName": article.publisher,
        "datetime": f"{article.at.astimezone(KST):%Y%m%d%H%M}",
        "type": 1,
        "title": title,
        "titleFull": title,
        "body": article.body,
        "photoType": 0,
        "imageOriginLink": None,
        "mobileNewsUrl": article.url,
    }


def as_json(value: Any, status: int = 200) -> Said:
    """Return a JSON answer."""
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    body = json.dumps(value, ensure_ascii=False).encode()
    return Said(body=body, status=status, headers=headers)


def naver_mobile(articles: Iterable[Article]) -> Answer:
    """Return the mobile API, `/api/news/stock/{code}?pageSize=&page=`, in clusters of two."""
    rows = tuple(articles)

    def answer(asked: Asked) -> Said:
        code = asked.path.rpartition("/")[2]
        mine = [a for a in rows if a.code == code]
        page = _page_of(asked, mine, int(asked.query.get("pageSize", "20")))
        items = [mobile_item(a) for a in page]
        pairs = [items[n : n + 2] for n in range(0, len(items), 2)]
        return as_json([{"total": len(pair), "items": pair} for pair in pairs])

    return answer


def desktop_row(article: Article) -> str:
    """Return a row of the older page."""
    return (
        f'<tr><td class="title"><a href="{html.escape(article.url)}" class="tit" target="_top">'
        f'{html.escape(article.title)}</a></td><td class="info">{article.publisher}</td>'
        f'<td class="date"> {article.at.astimezone(KST):%Y.%m.%d %H:%M}</td></tr>'
    )


def desktop_page(rows: str) -> Said:
    """Return the older page around its rows, in the charset that it speaks."""
    page = (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; '
        'charset=euc-kr"><title>종목뉴스</title></head><body><div class="tb_cont">'
        '<table class="type5" summary="종목뉴스의 제목, 정보제공, 날짜"><caption>종목뉴스</caption>'
        '<thead><tr><th scope="col">제목</th><th scope="col">정보제공</th><th scope="col">날짜</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
        '<table class="Nnavi"><tr><td><a href="?page=2">2</a></td></tr></table></div></body></html>'
    )
    headers = {"Content-Type": "text/html;charset=EUC-KR"}
    return Said(body=page.encode("cp949", errors="xmlcharrefreplace"), headers=headers)


def naver_desktop(articles: Iterable[Article], size: int = 10) -> Answer:
    """Return the older page; who does not come from the stock's own page gets none of it."""
    rows = tuple(articles)

    def answer(asked: Asked) -> Said:
        code = asked.query.get("code", "")
        if f"code={code}" not in asked.headers.get("referer", ""):
            return desktop_page("")
        mine = [a for a in rows if a.code == code]
        return desktop_page("".join(map(desktop_row, _page_of(asked, mine, size))))

    return answer


def dart_row(filing: Filing) -> dict[str, str]:
    """Return a filing as the register lists it."""
    return {
        "corp_code": "00" + filing.code,
        "corp_name": filing.name,
        "stock_code": filing.code,
        "corp_cls": "Y",
        "report_nm": filing.report,
        "rcept_no": filing.number,
        "flr_nm": filing.name,
        "rcept_dt": f"{filing.at.astimezone(KST):%Y%m%d}",
        "rm": "유",
    }


def dart_status(code: str, message: str) -> Said:
    """Return what the register says when it has no list."""
    return as_json({"status": code, "message": message})


def dart(filings: Iterable[Filing], key: str = KEY) -> Answer:
    """Return the register's market-wide list: paged, by kind, within days."""
    rows = tuple(filings)

    def answer(asked: Asked) -> Said:
        ask = asked.query
        if ask.get("crtfc_key") != key:
            return dart_status("010", "등록되지 않은 키입니다.")
        first, last = ask["bgn_de"], ask["end_de"]
        mine = [dart_row(f) for f in rows if f.kind == ask.get("pblntf_ty")]
        mine = [row for row in mine if first <= row["rcept_dt"] <= last]
        if not mine:
            return dart_status("013", "조회된 데이타가 없습니다.")
        size, page = int(ask["page_count"]), int(ask["page_no"])
        return as_json(
            {
                "status": "000",
                "message": "정상",
                "page_no": page,
                "page_count": size,
                "total_count": len(mine),
                "total_page": -(-len(mine) // size),
                "list": mine[(page - 1) * size : page * size],
            }
        )

    return answer


def post_html(post: Post) -> str:
    """Return a post as a channel's preview shows it."""
    text = html.escape(post.text).replace("\n", "<br/>")
    body = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
    at = f"{post.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class='
        f'"tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{post.channel}'
        f'/{post.id}"><div class="tgme_widget_message_bubble">{body if post.text else ""}'
        '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">9K</span>'
        f'<a class="tgme_widget_message_date" href="https://t.me/{post.channel}/{post.id}">'
        f'<time datetime="{at}" class="time">00:20</time></a></div></div></div></div>'
    )


def channel_page(channel: str, posts: str, before: int = 0) -> Said:
    """Return a channel's preview around its posts; `before` is where its link to older leads."""
    more = (
        f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{channel}'
        f'?before={before}" class="tme_messages_more js-messages_more" data-before="{before}"></a>'
        "</div>"
        if before
        else ""
    )
    page = (
        f"<!DOCTYPE html><html><head><title>{channel}</title></head><body>"
        '<section class="tgme_channel_info"><div class="tgme_channel_info_header_title">'
        f'<span dir="auto">채널 {channel}</span></div>'
        f'<div class="tgme_channel_info_header_username"><a href="https://t.me/{channel}">@{channel}</a></div></section>'
        f'<section class="tgme_channel_history js-message_history">{more}{posts}</section>'
        "</body></html>"
    )
    return Said(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


NO_POSTS = '<div class="tme_no_messages_found">No posts found</div>'


def no_preview(channel: str, *, joinable: bool) -> Said:
    """Return the page of a channel that shows nothing to strangers, or of nobody."""
    what = "view and join" if joinable else "contact"
    title = f'<div class="tgme_page_title"><span>{channel}</span></div>' if joinable else ""
    page = (
        f'<html><body><div class="tgme_page">{title}<div class="tgme_page_description">If you have '
        f"<strong>Telegram</strong>, you can {what} <a>@{channel}</a> right away.</div></div>"
    )
    return Said(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def telegram(posts: Iterable[Post]) -> Answer:
    """Return the web preview of channels: `/s/{channel}?before={id}`, the newest at the end."""
    rows = tuple(posts)

    def answer(asked: Asked) -> Said:
        channel = asked.path.rpartition("/")[2]
        mine = sorted((p for p in rows if p.channel == channel), key=lambda p: p.id)
        if not mine:
            return no_preview(channel, joinable=False)
        before = int(asked.query.get("before", "0")) or mine[-1].id + 1
        page = [p for p in mine if p.id < before][-PREVIEW:]
        if not page:
            return channel_page(channel, NO_POSTS)
        older = page[0].id if page[0] != mine[0] else 0
        return channel_page(channel, "".join(map(post_html, page)), older)

    return answer


def feed(articles: Iterable[Article]) -> Answer:
    """Return an RSS 2.0 feed of articles, newest first, as Korea's papers write theirs."""
    rows = sorted(articles, key=lambda a: a.at, reverse=True)
    items = "".join(
        f"<item><title><![CDATA[{html.escape(a.title)}]]></title><link>{html.escape(a.url)}</link>"
        f"<description><![CDATA[{a.body}]]></description>"
        f"<pubDate>{a.at.astimezone(KST):%a, %d %b %Y %H:%M:%S} +0900</pubDate></item>"
        for a in rows
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{items}</channel></rss>'
    )
    said = Said(body=body.encode(), headers={"Content-Type": "text/xml; charset=utf-8"})
    return lambda _: said


def news_host(
    *,
    articles: Sequence[Article] = (),
    filings: Sequence[Filing] = (),
    posts: Sequence[Post] = (),
    instead: Mapping[str, Answer] | None = None,
) -> Answer:
    """Return one host that is all of them, by path; `instead` holds other answers by its start.

    `/api/news/stock/{code}`, `/item/news_news.naver`, `/api/list.json`, `/s/{channel}`, and
    `/feed`, which tells the articles without a code.
    """
    rooms: Mapping[str, Answer] = {
        **(instead or {}),
        "/api/news/stock/": naver_mobile(articles),
        "/item/news_news.naver": naver_desktop(articles),
        "/api/list.json": dart(filings),
        "/s/": telegram(posts),
        "/feed": feed([a for a in articles if not a.code]),
    }
    rooms = {**rooms, **(instead or {})}

    def answer(asked: Asked) -> Said:
        room = next((r for start, r in rooms.items() if asked.path.startswith(start)), None)
        return room(asked) if room else Said(status=404)

    return answer


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def recorded_articles(folder: Path) -> tuple[Article, ...]:
    """Return the headlines of the shared data; what came without an address gets one of ours."""
    return tuple(
        Article(
            title=html.unescape(row["title"]),
            at=datetime.fromisoformat(row["published_at"]),
            url=row["url"] or f"https://n.news.naver.com/mnews/article/999/{n:010d}",
            code=row["code"] or "",
            name=row["name"] or "",
            publisher=row["source"] or "",
        )
        for n, row in enumerate(_rows(folder / "news_headlines.jsonl"))
    )


def recorded_filings(folder: Path) -> tuple[Filing, ...]:
    """Return the disclosures of the shared data; what came without a number gets one of ours."""
    return tuple(
        Filing(
            report=row["report_name"],
            at=datetime.fromisoformat(row["disclosed_at"]),
            number=_number(row) or f"99999999{n:06d}",
            code=row["code"],
            name=row["name"],
            kind="ABCDEI"[n % 6],
        )
        for n, row in enumerate(_rows(folder / "dart_disclosures.jsonl"))
    )


def _number(row: Mapping[str, Any]) -> str:
    return str(row["rcept_no"] or (row["url"] or "").partition("rcpNo=")[2])


def recorded_posts(folder: Path) -> tuple[Post, ...]:
    """Return the posts of the shared data."""
    return tuple(
        Post(
            channel=row["channel"],
            id=row["post"],
            at=datetime.strptime(row["ts"], "%Y-%m-%d %H:%M KST").replace(tzinfo=KST),
            text=row["text"],
        )
        for row in _rows(folder / "telegram_posts.jsonl")
    )


def invented(count: int, *, code: str = "900010", name: str = "가온전지") -> tuple[Article, ...]:
    """Return articles of an invented stock, a minute apart, the newest first."""
    newest = Article(
        title=f"{name}, 2차전지 장비 수주 0",
        at=datetime(2026, 3, 4, 11, 0, tzinfo=KST),
        url="https://n.news.naver.com/mnews/article/001/0000000000",
        code=code,
        name=name,
        body="세 줄짜리 요약.",
    )
    return tuple(
        replace(
            newest,
            title=newest.title[:-1] + str(n),
            at=newest.at - timedelta(minutes=n),
            url=newest.url[: -len(str(n))] + str(n),
        )
        for n in range(count)
    )
