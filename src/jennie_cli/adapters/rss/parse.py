"""RSS 2.0, RSS 1.0 and Atom as items of plain text; whatever else a page holds is not looked at.

The parser refuses a document that declares a type of its own, and with it every entity.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError  # types only; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from selectolax.lexbor import LexborHTMLParser

from jennie_cli.engine.feed import FetchFailed, FetchKind

ITEMS = 30
"""How many items of a feed are read."""

_TITLE, _SUMMARY, _LINK = 300, 300, 1_000
_SOUGHT = 20_000
_SPACES = re.compile(r"\s+")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_COLON = re.compile(r"([+-]\d\d):(\d\d)$")
_KOREAN = re.compile(r"\bKST$")
_FROM_GMT = re.compile(r"\b(?:GMT|UTC)([+-])(\d\d?)(\d\d)?$")
_DATES = ("pubDate", "published", "updated", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item: plain text, and when it was published; None where it does not say so."""

    title: str
    summary: str
    link: str
    at: datetime | None


def parse_feed(text: str, *, shown: str, zone: tzinfo = UTC) -> tuple[FeedItem, ...]:
    """Return the newest items of a feed as it orders them; `shown` names it in errors. A
    moment that names no zone is in `zone`.

    Raises FetchFailed for what is no feed.
    """
    # the text is decoded already, so what it says of its bytes no longer holds
    try:
        root = fromstring(_DECLARED.sub("", text.lstrip("\ufeff")), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _no_feed(shown, type(error).__name__) from None
    if _name(root) not in {"rss", "RDF", "feed"}:
        raise _no_feed(shown, f"<{_name(root)[:40]}>")
    read = (_item(node, zone) for node in root.iter() if _name(node) in {"item", "entry"})
    kept = (item for item in read if item is not None)
    return tuple(item for item, _ in zip(kept, range(ITEMS), strict=False))


def plain(markup: str, most: int) -> str:
    """Return markup as one line of printable text of at most `most` characters."""
    tree = LexborHTMLParser(markup[:_SOUGHT])
    tree.strip_tags(["script", "style"], recursive=True)
    body = tree.body
    words = html.unescape(body.text(separator=" ") if body is not None else "")
    line = _SPACES.sub(" ", "".join(c if c.isprintable() else " " for c in words)).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _item(node: Element, zone: tzinfo) -> FeedItem | None:
    title = plain(_text(node, "title"), _TITLE)
    if not title:
        return None
    summary = _text(node, "description") or _text(node, "summary") or _text(node, "encoded")
    told = (_moment(_text(node, name), zone) for name in _DATES)
    return FeedItem(
        title=title,
        summary=plain(summary, _SUMMARY),
        link=_link(node),
        at=next(filter(None, told), None),
    )


def _children(node: Element, name: str) -> Iterator[Element]:
    return (child for child in node if _name(child) == name)


def _text(node: Element, name: str) -> str:
    return next(("".join(child.itertext()).strip() for child in _children(node, name)), "")


def _link(node: Element) -> str:
    """Return the address of an item, empty for anything but http."""
    found = [_text(node, "link"), *(c.get("href", "") for c in _children(node, "link"))]
    link = next(filter(None, found), "")
    is_web = link.startswith(("https://", "http://")) and link.isprintable()
    return link if is_web and len(link) <= _LINK else ""


def _moment(said: str, zone: tzinfo) -> datetime | None:
    """Return an aware moment of RFC 2822 or ISO 8601, None for one in a zone nobody knows; one that
    names no zone is in `zone`.
    """
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        text = _plain_zone(said)
        try:
            at = parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
        if at.tzinfo is None and text.endswith("-0000"):
            return at.replace(tzinfo=UTC)
        if at.tzinfo is None and text[-1:].isalpha():
            return None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _plain_zone(said: str) -> str:
    """Return a moment with its zone as RFC 2822 writes it, where it is one that feeds write so."""
    text = _COLON.sub(r"\1\2", said)
    text = _KOREAN.sub("+0900", text)
    return _FROM_GMT.sub(lambda m: f"{m[1]}{m[2]:0>2}{m[3] or '00'}", text)


def _name(node: Element) -> str:
    """Return the name of a node without its namespace."""
    return node.tag.rpartition("}")[2]


def _no_feed(shown: str, why: str) -> FetchFailed:
    return FetchFailed(
        f"{shown} is no feed that can be read ({why}).",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="Look at the address in a browser; change its setting if it has moved.",
    )
