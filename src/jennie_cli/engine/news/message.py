"""A text on its way through the streams, and how a message holds it.

The fields are those of section 5.2 of the operations specification: `page_content`, `metadata` as
JSON, `published_at`. What a consumer reads was written by strangers at least in part: every field
is bounded and checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import printable
from jennie_cli.engine.model import Headline, NewsKind
from jennie_cli.engine.news.identity import news_id

TITLE_LONGEST, BODY_LONGEST, URL_LONGEST, NAME_LONGEST = 500, 6_000, 1_000, 60
METADATA_LONGEST = 65_536
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class BadMessage(ValueError):
    """A message that holds no news; the text names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A text, when we had it, and the id that it has everywhere."""

    id: str
    headline: Headline
    known_at: datetime


def item_of(headline: Headline, known_at: datetime) -> NewsItem | None:
    """Return what a source told with its words bounded; None where no title or day is left."""
    calm = calmed(headline)
    if not calm.title or not _FIRST_YEAR <= calm.at.year <= _LAST_YEAR:
        return None
    return NewsItem(id=news_id(calm), headline=calm, known_at=known_at)


def calmed(headline: Headline) -> Headline:
    """Return a text without control characters, each part of it one line and bounded.

    The body keeps its lines.
    """
    return replace(
        headline,
        title=_line(headline.title, TITLE_LONGEST),
        source=_line(headline.source, NAME_LONGEST),
        publisher=_line(headline.publisher, NAME_LONGEST),
        url=_line(headline.url, URL_LONGEST) if len(headline.url) <= URL_LONGEST else "",
        code=headline.code if _is_code(headline.code) else "",
        name=_line(headline.name, NAME_LONGEST),
        body=printable(headline.body[: BODY_LONGEST * 2]).strip()[:BODY_LONGEST],
    )


def encoded(item: NewsItem) -> dict[str, str]:
    """Return the fields of a message."""
    told = item.headline
    metadata = {
        "stock_code": told.code,
        "stock_name": told.name,
        "source": told.source,
        "source_url": told.url,
        "created_at_utc": int(told.at.timestamp()),
        "known_at": item.known_at.isoformat(),
        "kind": told.kind.value,
        "title": told.title,
        "publisher": told.publisher,
        "body": told.body,
    }
    return {
        "page_content": page_content(told),
        "metadata": orjson.dumps(metadata).decode(),
        "published_at": told.at.isoformat(),
    }


def page_content(told: Headline) -> str:
    """Return a text as one reads it: stock, title, source, day, then what came beyond the title."""
    whose = f"{told.name}({told.code})" if told.code else "시장뉴스"
    day = told.at.astimezone(KST).strftime("%Y-%m-%d %H:%M")
    head = f"[{whose}] {told.title} | 출처: {told.publisher or told.source} | 날짜: {day}"
    return f"{head}\n{told.body}" if told.body else head


def decoded(fields: Mapping[str, str]) -> NewsItem:
    """Return what the fields of a message hold. Raises BadMessage."""
    raw = fields.get("metadata", "")
    if len(raw) > METADATA_LONGEST:
        raise BadMessage(f"metadata: more than {METADATA_LONGEST:,} characters")
    try:
        plain = orjson.loads(raw)
    except ValueError:
        raise BadMessage("metadata: no JSON") from None
    if not isinstance(plain, dict):
        raise BadMessage("metadata: no JSON object")
    known_at = _moment(plain.get("known_at"), "known_at")
    item = item_of(_headline(plain, fields), known_at)
    if item is None:
        raise BadMessage("title: empty, or published in another century")
    return item


def _headline(plain: Mapping[str, Any], fields: Mapping[str, str]) -> Headline:
    told = _text(plain, "kind")
    try:
        kind = NewsKind(told)
    except ValueError:
        raise BadMessage("kind: unknown") from None
    return Headline(
        kind=kind,
        title=_text(plain, "title"),
        at=_moment(fields.get("published_at"), "published_at"),
        source=_text(plain, "source"),
        publisher=_text(plain, "publisher"),
        url=_text(plain, "source_url"),
        code=_text(plain, "stock_code"),
        name=_text(plain, "stock_name"),
        body=_text(plain, "body"),
    )


def _text(plain: Mapping[str, Any], name: str) -> str:
    value = plain.get(name, "")
    if not isinstance(value, str):
        raise BadMessage(f"{name}: no text")
    return value


def _moment(value: Any, name: str) -> datetime:
    try:
        told = datetime.fromisoformat(value if isinstance(value, str) else "")
        here = told.astimezone(KST)
    except (ValueError, OverflowError):
        raise BadMessage(f"{name}: no time") from None
    if told.tzinfo is None:
        raise BadMessage(f"{name}: a time without a zone")
    return here


def _line(text: str, longest: int) -> str:
    return " ".join(printable(text[: longest * 2]).split())[:longest].rstrip()


def _is_code(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isalnum()  # a KRX code
