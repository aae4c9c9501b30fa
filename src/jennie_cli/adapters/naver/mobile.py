"""The API of the mobile site: clusters of articles as JSON, newest first.

    [{"total": 1, "items": [{"officeId", "articleId", "officeName", "datetime", "title",
      "titleFull", "body", "mobileNewsUrl"}]}]

`datetime` is yyyyMMddHHmm, with seconds at times, and Korea's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jennie_cli.adapters.naver.articles import (
    BUDGET,
    Stock,
    Told,
    article_url,
    headline,
    moment,
    told,
)
from jennie_cli.engine.feed import Ask, Fetched, unlike, web_address
from jennie_cli.engine.model import Headline

_MOMENT = re.compile(r"(\d{12})(\d\d)?")
_ERRORS = frozenset({"code", "error", "errorCode", "errorMessage", "message", "detailCode"})
_MOST = 1_000


def mobile_ask(url: str, stock: Stock, page: int, size: int) -> Ask:
    """Return the question for one page of a stock's news."""
    return Ask(
        url=f"{url.rstrip('/')}/{stock.code}",
        budget=BUDGET,
        query={"pageSize": str(size), "page": str(page)},
        headers={"Referer": "https://m.stock.naver.com/", "Accept": "application/json"},
    )


def read_mobile(page: Fetched, stock: Stock) -> Told:
    """Return the articles of a page. Raises FetchFailed."""
    try:
        answer = json.loads(page.text)
    except (ValueError, RecursionError):
        raise unlike(page, "no JSON") from None
    items = list(_items(page, answer))[:_MOST]
    return told(page, [_headline(page, stock, item) for item in items])


def _items(page: Fetched, answer: Any) -> Iterator[Any]:
    """Yield the articles of every cluster."""
    clusters = [answer] if isinstance(answer, Mapping) else answer
    if not isinstance(clusters, list):
        raise unlike(page, "no list of clusters")
    for cluster in clusters:
        items = cluster.get("items") if isinstance(cluster, Mapping) else None
        if not isinstance(items, list):
            said = isinstance(cluster, Mapping) and not _ERRORS.isdisjoint(cluster)
            raise unlike(page, "a cluster without articles", error=said)
        yield from items


def _headline(page: Fetched, stock: Stock, item: Any) -> Headline | None:
    if not isinstance(item, Mapping):
        return None
    url = web_address(item.get("mobileNewsUrl"))
    return headline(
        page,
        stock,
        title=_text(item, "titleFull") or _text(item, "title"),
        at=_moment(_text(item, "datetime")),
        url=url or article_url(item.get("officeId"), item.get("articleId")),
        publisher=_text(item, "officeName"),
        body=_text(item, "body"),
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def _moment(said: str) -> datetime | None:
    found = _MOMENT.fullmatch(said)
    return moment(f"{found[1]}{found[2] or '00'}", "%Y%m%d%H%M%S") if found else None
