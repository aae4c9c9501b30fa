"""What both ways in share: an article as it is told, and how it becomes a headline."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from selectolax.lexbor import LexborHTMLParser

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Fetched, FetchFailed, FetchKind, one_line, unlike, web_address
from jennie_cli.engine.model import Headline, NewsKind

NAME, BUDGET = "naver", "naver_news"
TITLE, PUBLISHER, BODY = 300, 60, 1_000
_OFFICE = re.compile(r"[0-9]{1,6}")
_ARTICLE = re.compile(r"[0-9]{4,16}")
_AHEAD = timedelta(days=1)
"""No article is of later than tomorrow: a page that says so has lost its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Whose news is asked for."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The articles of one page and how many of it could not be read."""

    headlines: tuple[Headline, ...]
    unreadable: int = 0


def told(page: Fetched, read: list[Headline | None]) -> Told:
    """Return what a page told. Raises FetchFailed when nothing of it can be read, or is there."""
    known = tuple(headline for headline in read if headline is not None)
    if not read:
        raise FetchFailed(
            f"{page.shown} knows no article.",
            kind=FetchKind.EMPTY,
            hint="Nothing, where there is no news of the stock; otherwise look at the page.",
        )
    if not known:
        raise unlike(page, "no article with a title, a moment and an address")
    return Told(headlines=known, unreadable=len(read) - len(known))


def headline(
    page: Fetched, stock: Stock, *, title: str, at: datetime | None, url: str, **rest: str
) -> Headline | None:
    """Return an article, None for one that lacks a word, a moment that can be, or an address.

    `rest` may hold `publisher` and `body`; title and body are markup.
    """
    words = text_of(title, TITLE)
    if not words or at is None or not url or at > page.at + _AHEAD:
        return None
    return Headline(
        kind=NewsKind.STOCK,
        title=words,
        at=at,
        source=NAME,
        publisher=text_of(rest.get("publisher", ""), PUBLISHER),
        url=url,
        code=stock.code,
        name=stock.name,
        body=text_of(rest.get("body", ""), BODY),
    )


def text_of(markup: str, most: int) -> str:
    """Return what a reader would see of a piece of markup, on one line."""
    piece = markup[: most * 4 + 1_000]
    if "<" not in piece and "&" not in piece:
        return one_line(piece, most)
    body = LexborHTMLParser(piece).body
    return one_line(body.text() if body is not None else "", most)


def article_url(office: object, article: object) -> str:
    """Return the address of an article by its two numbers, empty where they are none."""
    one, two = str(office), str(article)
    if not _OFFICE.fullmatch(one) or not _ARTICLE.fullmatch(two):
        return ""
    return web_address(f"https://n.news.naver.com/mnews/article/{one}/{two}")


def moment(said: str, form: str) -> datetime | None:
    """Return a moment of Korea, None for anything else than `form`."""
    try:
        return datetime.strptime(said, form).replace(tzinfo=KST)
    except ValueError:
        return None
