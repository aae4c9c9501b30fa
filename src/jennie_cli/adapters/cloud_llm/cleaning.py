"""What a provider says of a failure becomes one short line without our key."""

import re
import unicodedata

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_LONGEST = 300
_LOOKED_AT = 20_000
_PIECE = 8
"""So many characters of a key in a row are hidden: providers echo what they cut short."""


def one_line(text: str, secret: str = "", *, longest: int = _LONGEST) -> str:
    """Return a text of at most `longest` characters without escapes, control characters and key.

    It is masked before it is cut, for half a key would be recognised no more.
    """
    bare = _ESCAPE.sub(" ", text[:_LOOKED_AT])
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in bare)
    return masked(" ".join(kept.split()), secret)[:longest]


def masked(text: str, secret: str) -> str:
    """Return a text with the secret, and every longer piece of it, as ***."""
    if not secret:
        return text
    size = min(_PIECE, len(secret))
    pieces = {secret[place : place + size] for place in range(len(secret) - size + 1)}
    parts, done, place = [], 0, 0
    while place <= len(text) - size:
        if text[place : place + size] not in pieces:
            place += 1
            continue
        parts += [text[done:place], "***"]
        while text[place : place + size] in pieces:
            place += 1
        done = place = place + size - 1
    return "".join((*parts, text[done:]))
