"""Secrets leave every text before the text exists: output, logs, errors, tracebacks."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from jennie_cli.settings.secrets import url_passwords

SHORTEST = 4
"""A shorter value would blot out innocent text; such values are no secrets."""

_HIDDEN = "***"
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)\S+@")
_QUERY_PASSWORD = re.compile(r"([?&](?:password|passwd)=)[^&#\s\"']+", re.IGNORECASE)


class Masker:
    """Knows the secret values met so far and hides them in any text."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """Start with these secret values."""
        self._forms: tuple[str, ...] = ()
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

    def learn_url(self, url: str) -> None:
        """Hide every password inside this URL from now on."""
        for password in url_passwords(url):
            self.learn(password)

    def __call__(self, text: str) -> str:
        """Return the text with every known secret, and any password in a URL, as ***."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        text = _URL_PASSWORD.sub(rf"\1{_HIDDEN}@", text)
        return _QUERY_PASSWORD.sub(rf"\1{_HIDDEN}", text)


def _quoted(text: str) -> set[str]:
    # a variable of the environment need not be UTF-8
    return {
        quote(text, errors="surrogateescape"),
        quote(text, safe="", errors="surrogateescape"),
        quote_plus(text, errors="surrogateescape"),
    }
