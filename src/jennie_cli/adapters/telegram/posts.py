"""What both ways in share: a post becomes a headline."""

import re
from collections.abc import Mapping
from datetime import datetime

from jennie_cli.engine.feed import lines, one_line, read_post
from jennie_cli.engine.model import Headline, NewsKind

CAP = 6_000
"""Characters kept of a post: a morning briefing fits."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")


def channel_name(said: str) -> str:
    """Return a channel's bare name as people write it (`@name`, `t.me/name`), empty for none."""
    name = said.strip().rpartition("/")[2].removeprefix("@")
    return name if _NAME.fullmatch(name) else ""


def headline(
    channel: str,
    number: int,
    *,
    at: datetime,
    text: str,
    stocks: Mapping[str, str],
    title: str = "",
) -> Headline | None:
    """Return a post as a headline, None for one without words. `title` is the channel's own."""
    body = lines(text, CAP)
    if not body:
        return None
    read = read_post(channel, body, stocks)
    return Headline(
        kind=NewsKind.POST,
        title=read.title,
        at=at,
        source=f"telegram:{channel}",
        publisher=one_line(title, 60) or channel,
        url=f"https://t.me/{channel}/{number}",
        code=read.code,
        name=read.name,
        body=body,
    )
