"""Words of strangers made harmless: bounded text without controls, and addresses of the web."""

import re

_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_INVISIBLE = frozenset("\ufeff\u200b\u200c\u200d\u2060\u00ad")
"""What takes no room on a line; everything else that cannot be printed becomes a space."""

ADDRESS = 1_000
"""The longest address that is kept."""


def one_line(text: str, most: int) -> str:
    """Return text as one printable line of at most `most` characters."""
    line = _SPACES.sub(" ", _printable(text, most, kept="")).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def lines(text: str, most: int) -> str:
    """Return text as printable lines of at most `most` characters together; no two are empty in
    a row.
    """
    shown = _printable(text.replace("\r\n", "\n"), most, kept="\n")
    rows = (row.strip() for row in _BLANKS.sub(" ", shown).split("\n"))
    whole = _EMPTY_LINES.sub("\n\n", "\n".join(rows)).strip()
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


def web_address(said: object) -> str:
    """Return an address of the web as it was told; empty for anything else."""
    if not isinstance(said, str) or len(said) > ADDRESS:
        return ""
    address = said.strip()
    scheme, mark, rest = address.partition("://")
    is_web = scheme.lower() in {"http", "https"} and mark and rest[:1] not in {"", "/"}
    clean = address.isprintable() and not any(c.isspace() or c in "<>\"'`\\" for c in address)
    return address if is_web and clean else ""


def _printable(text: str, most: int, *, kept: str) -> str:
    """Return what can be printed of a text; not much more of it is looked at than is wanted."""
    seen = (c for c in text[: most * 4 + 1_000] if c not in _INVISIBLE)
    return "".join(c if c.isprintable() or c in kept else " " for c in seen)
