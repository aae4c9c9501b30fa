"""The web preview of a public channel: some twenty posts a page, older ones by `before`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jennie_cli.adapters.telegram.posts import channel_name, headline
from jennie_cli.engine.feed import (
    Ask,
    Fetched,
    Fetcher,
    FetchFailed,
    FetchKind,
    Heard,
    insist_flat,
    unlike,
)
from jennie_cli.engine.model import Headline

BUDGET = "telegram"
_POST = ".tgme_widget_message[data-post]"
_NUMBER = re.compile(r"[0-9]{1,12}")
_BREAKS = re.compile(r"<br\s*/?>", re.IGNORECASE)
_AHEAD = timedelta(days=1)
"""No post is of later than tomorrow, whatever our clock says."""
_HINT = "Look at the address in a browser; the channels are the setting news_sources.channels."


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """What one page holds: each post's number and, where it can be read and has words, headline;
    and whether the page offers older ones.
    """

    posts: Mapping[int, Headline | None]
    unreadable: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPreview:
    """One channel. `url` is where previews are; `most` bounds the posts and `pages` the calls of
    one reading; `stocks` are the names that a post may be about, by code.
    """

    url: str
    channel: str
    fetcher: Fetcher
    most: int = 50
    pages: int = 5
    stocks: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The channel, as settings and headlines know it."""
        return f"telegram:{self.channel}"

    async def latest(self, since: datetime) -> Heard:
        """Return the posts from a moment on, the newest `most` of them, oldest first."""
        found: dict[int, Headline | None] = {}
        failures: list[FetchFailed] = []
        try:
            for _ in range(self.pages):
                page = await self._page(before=min(found, default=0))
                if page.unreadable:
                    failures.append(_in_part(self.channel, page))
                fresh = {n: h for n, h in page.posts.items() if n not in found}
                found |= fresh
                old = any(h is not None and h.at < since for h in fresh.values())
                if old or not fresh or len(found) >= self.most or min(found) <= 1:
                    break
        except FetchFailed as error:
            failures.append(error)
        newest = sorted(found.items())[-self.most :]
        kept = tuple(h for _, h in newest if h is not None and h.at >= since)
        return Heard(headlines=kept, failures=tuple(failures))

    async def _page(self, before: int) -> PreviewPage:
        """Return one page. Raises FetchFailed; a page after the first may be empty."""
        if channel_name(self.channel) != self.channel or not self.channel:
            raise FetchFailed(
                f"'{self.channel[:40]}' is no name of a channel.",
                kind=FetchKind.BAD_REQUEST,
                hint=_HINT,
            )
        query = {"before": str(before)} if before else {}
        ask = Ask(url=f"{self.url.rstrip('/')}/{self.channel}", budget=BUDGET, query=query)
        page = await self.fetcher.get(ask)
        read = read_preview(page, self.channel, self.stocks)
        if not read.posts and not read.unreadable and (not before or read.more):
            raise FetchFailed(
                f"{page.shown} shows no post; Telegram says so too to who asks too often.",
                kind=FetchKind.EMPTY,
                hint="Look at the channel in a browser, or ask again later.",
            )
        return read


def read_preview(page: Fetched, channel: str, stocks: Mapping[str, str]) -> PreviewPage:
    """Return the posts of a page by their numbers. Raises FetchFailed for any other page."""
    insist_flat(page)
    tree = LexborHTMLParser(page.text)
    if tree.css_first(".tgme_channel_history") is None:
        raise _no_preview(page, tree, channel)
    shown = tree.css_first(".tgme_channel_info_header_title")
    title = shown.text() if shown is not None else ""
    found: dict[int, Headline | None] = {}
    bubbles = tree.css(_POST)
    for bubble in bubbles:
        number, at = _number(bubble, channel), _moment(bubble)
        if number is not None and at is not None and at <= page.at + _AHEAD:
            found[number] = headline(
                channel, number, at=at, text=_text(bubble), stocks=stocks, title=title
            )
    if (bubbles and not found) or (not bubbles and tree.css_first("[data-post]") is not None):
        raise unlike(page, "no post with a number and a moment")
    wraps = tree.css(".tgme_widget_message_wrap")
    if wraps and not bubbles and tree.css_first(".tme_no_messages_found") is None:
        raise unlike(page, "posts without numbers")
    more = tree.css_first(".tme_messages_more") is not None
    return PreviewPage(posts=found, unreadable=len(bubbles) - len(found), more=more)


def _no_preview(page: Fetched, tree: LexborHTMLParser, channel: str) -> FetchFailed:
    """Return why a page is no preview: a channel that shows nothing, nobody, or another page."""
    if tree.css_first(".tgme_page") is None:
        return unlike(page, "no history of a channel")
    described = tree.css_first(".tgme_page_description")
    said = described.text().lower() if described is not None else ""
    closed = "view and join" in said or tree.css_first(".tgme_page_title") is not None
    return FetchFailed(
        f"@{channel} is private or shows no preview."
        if closed
        else f"There is no channel @{channel}.",
        kind=FetchKind.BLOCKED if closed else FetchKind.GONE,
        hint=_HINT,
    )


def _number(bubble: LexborNode, channel: str) -> int | None:
    """Return a post's number, None where it is another channel's or no number."""
    owner, _, number = (bubble.attributes.get("data-post") or "").partition("/")
    mine = owner.lower() == channel.lower() and _NUMBER.fullmatch(number)
    return int(number) if mine else None


def _moment(bubble: LexborNode) -> datetime | None:
    """Return when a post was published, None unless the page tells it with its zone."""
    said = bubble.css_first(".tgme_widget_message_date time[datetime]")
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said.attributes.get("datetime") or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _text(bubble: LexborNode) -> str:
    """Return the words of a post with their lines; not those of a post that it answers."""
    for answered in bubble.css(".tgme_widget_message_reply"):
        answered.decompose()
    pieces = bubble.css(".tgme_widget_message_text")
    broken = (_BREAKS.sub("\n", piece.html or "") for piece in pieces)
    bodies = (LexborHTMLParser(markup).body for markup in broken)
    return "\n".join(body.text() for body in bodies if body is not None).strip()


def _in_part(channel: str, page: PreviewPage) -> FetchFailed:
    whole = page.unreadable + len(page.posts)
    return FetchFailed(
        f"{page.unreadable} of {whole} posts of @{channel} could not be read.",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="The source may have changed its format: look for a newer jennie.",
    )
