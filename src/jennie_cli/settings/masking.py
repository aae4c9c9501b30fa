"""Secrets leave every text before the text exists: output, logs, errors, tracebacks."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from jennie_cli.settings.secrets import url_passwords

SHORTEST = 4
"""A shorter value would blot out innocent text; such values are no secrets."""

FRAGMENT = 16
"""So many characters of a long secret in a row are hidden too: hosts echo what they cut short."""

_LONG = 24
_PIECE = FRAGMENT // 2
_HIDDEN = "***"
_WORD = re.compile(r"\S+")
_URL_USER = re.compile(r"://[^:/@\s]*:")
_QUERY_PASSWORD = re.compile(r"([?&](?:password|passwd)=)[^&#\s\"']+", re.IGNORECASE)


class Masker:
    """Knows the secret values met so far and hides them in any text."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """Start with these secret values."""
        self._forms: tuple[str, ...] = ()
        self._pieces: dict[str, tuple[str, int]] = {}
        for value in values:
            self.learn(value)

    def learn(self, value: str) -> None:
        """Hide this value from now on, also as JSON, Python or a URL would write it."""
        forms = set(self._forms)
        for text in (value, value.strip()):
            if len(text) >= SHORTEST:
                forms |= {text, *_quoted(text)}
                forms |= {repr(text)[1:-1], json.dumps(text)[1:-1]}
                forms.add(json.dumps(text, ensure_ascii=False)[1:-1])
        self._forms = tuple(sorted(forms, key=len, reverse=True))
        if len(value) >= _LONG:
            for place in range(len(value) - _PIECE + 1):
                self._pieces.setdefault(value[place : place + _PIECE], (value, place))

    def learn_url(self, url: str) -> None:
        """Hide every password inside this URL from now on."""
        for password in url_passwords(url):
            self.learn(password)

    def __call__(self, text: str) -> str:
        """Return the text with every known secret, and any password in a URL, as ***."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        if self._pieces:
            text = self._without_fragments(text)
        if "://" in text and "@" in text:
            text = _WORD.sub(_without_password, text)
        return _QUERY_PASSWORD.sub(rf"\1{_HIDDEN}", text)

    def _without_fragments(self, text: str) -> str:
        """Hide parts of long secrets. A long enough part covers one of our steps wherever it is."""
        kept, done = [], 0
        for place in range(0, len(text) - _PIECE + 1, _PIECE):
            known = self._pieces.get(text[place : place + _PIECE])
            if known is None or place < done:
                continue
            start, end = _grown(text, place, *known)
            if end - start >= FRAGMENT:
                kept += [text[done : max(start, done)], _HIDDEN]
                done = end
        return "".join((*kept, text[done:])) if kept else text


def _without_password(word: re.Match[str]) -> str:
    """Return a word without what stands from the user of a URL in it to its last @.

    It is looked through once, for texts of others may be long and made to be slow.
    """
    text = word[0]
    last = text.rfind("@")
    user = _URL_USER.search(text, 0, max(last, 0))
    if user is None or user.end() == last:
        return text
    return f"{text[: user.end()]}{_HIDDEN}{text[last:]}"


def _grown(text: str, place: int, secret: str, at: int) -> tuple[int, int]:
    """Return how far text and secret agree around a common piece."""
    start, end = place, place + _PIECE
    first, last = at, at + _PIECE
    while start > 0 and first > 0 and text[start - 1] == secret[first - 1]:
        start, first = start - 1, first - 1
    while end < len(text) and last < len(secret) and text[end] == secret[last]:
        end, last = end + 1, last + 1
    return start, end


def _quoted(text: str) -> set[str]:
    # a variable of the environment need not be UTF-8
    return {
        quote(text, errors="surrogateescape"),
        quote(text, safe="", errors="surrogateescape"),
        quote_plus(text, errors="surrogateescape"),
    }
