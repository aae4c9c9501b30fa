"""Plain text as the HTML that a chat shows, and its cut to what a chat takes."""

import re
from collections.abc import Iterable, Iterator

MOST = 4_096
"""UTF-16 units of a message, its markup counted too, as Telegram's limit is."""

_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_PIECE = re.compile(r"<(/?)([a-z]+)[^<>]*>|&#?\w+;|.", re.DOTALL)
_MORE = "…"


def escaped(text: str) -> str:
    """Return plain text so that nothing of it is markup."""
    return text.translate(_ESCAPES)


def told(title: str, lines: Iterable[str]) -> str:
    """Return a heading and plain lines as the HTML of one message, cut where it is too long."""
    rows = (f"<b>{escaped(title)}</b>", *(escaped(line) for line in lines))
    return cut("\n".join(rows))


def cut(html: str, most: int = MOST) -> str:
    """Return well-formed HTML in at most so many UTF-16 units: no tag and no escape is torn, and
    what is open is closed.
    """
    if _units(html) <= most:
        return html
    room = most - _units(_MORE)
    ends = [(0, ""), *((end, rest) for end, used, rest in _ends(html) if used <= room)]
    end, rest = ends[-1]
    return html[:end].rstrip() + _MORE + rest


def _ends(html: str) -> Iterator[tuple[int, int, str]]:
    """Yield after each tag, escape and character where it ends, what closes the tags open there,
    and the units up to there with that.
    """
    opened: list[str] = []
    used = 0
    for found in _PIECE.finditer(html):
        ends, tag = found.group(1), found.group(2)
        if tag:
            opened = opened[:-1] if ends else [*opened, tag]
        used += _units(found.group())
        rest = _closing(opened)
        yield found.end(), used + _units(rest), rest


def _closing(opened: list[str]) -> str:
    return "".join(f"</{tag}>" for tag in reversed(opened))


def _units(text: str) -> int:
    return len(text) + sum(ord(c) > 0xFFFF for c in text)  # beyond one unit
