"""The older page: a table of articles in cp949, whose cells are known by their class."""

from datetime import datetime
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jennie_cli.adapters.naver.articles import (
    BUDGET,
    Stock,
    Told,
    article_url,
    headline,
    moment,
    told,
)
from jennie_cli.engine.feed import Ask, Fetched, insist_flat, unlike, web_address
from jennie_cli.engine.model import Headline

_FORM = "%Y.%m.%d %H:%M"
_TABLE = "table.type5"
_MOST = 1_000


def desktop_ask(url: str, stock: Stock, page: int) -> Ask:
    """Return the question for one page of a stock's news; the page belongs into the stock's own."""
    return Ask(
        url=url,
        budget=BUDGET,
        query={"code": stock.code, "page": str(page)},
        headers={"Referer": urljoin(url, f"news.naver?code={stock.code}")},
        charset="euc-kr",
    )


def read_desktop(page: Fetched, stock: Stock, url: str) -> Told:
    """Return the articles of a page; `url` is the address that its links begin at.

    A cell that does not hold what its class says makes its row unreadable. Raises FetchFailed.
    """
    insist_flat(page)
    tree = LexborHTMLParser(page.text)
    if not tree.css(_TABLE):
        raise unlike(page, "no table of news")
    titles = tree.css(f"{_TABLE} td.title")[:_MOST]
    if not titles and tree.css_first(f"{_TABLE} td a[href]") is not None:
        raise unlike(page, "a table of news without titles")
    read = [_headline(page, stock, cell, url) for cell in titles]
    return told(page, read)


def _headline(page: Fetched, stock: Stock, cell: LexborNode, url: str) -> Headline | None:
    link, row = cell.css_first("a[href]"), cell.parent
    cells = {name: _cell(row, name) for name in ("date", "info")} if row is not None else {}
    if link is None or not cells.get("date"):
        return None
    return headline(
        page,
        stock,
        title=link.html or "",
        at=_moment(cells["date"]),
        url=_address(url, link.attributes.get("href") or ""),
        publisher=cells["info"],
    )


def _cell(row: LexborNode, name: str) -> str:
    """Return the words of a row's own cell of a class, empty unless there is just one."""
    own = (n for n in row.iter() if n.tag == "td")
    found = [n for n in own if name in (n.attributes.get("class") or "").split()]
    return " ".join(found[0].text().split()) if len(found) == 1 else ""


def _moment(said: str) -> datetime | None:
    return moment(said, _FORM)


def _address(url: str, href: str) -> str:
    """Return where an article is: by its numbers, so that both ways in call it the same."""
    try:
        full = urljoin(url, href.strip())
        asked = parse_qs(urlsplit(full).query)
    except ValueError:
        return ""
    numbers = (asked.get("office_id", [""])[0], asked.get("article_id", [""])[0])
    return article_url(*numbers) or web_address(full)
