"""A text as the words that a search compares, made for Korean.

Korean words stand without blanks between their parts (`공급계약`, `수주잔고가`), so that what
stands between blanks would find little. Syllables, and letters of other alphabets than the Latin,
are therefore cut into overlapping pairs: a word of two syllables is one, wherever it stands.
"""

import re
import unicodedata

from jennie_cli.engine.store.archive import Passage

MOST_ASKED = 64
"""Words of a question that count; the rest of a longer one is not looked for."""

_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_LATIN = re.compile(r"[0-9a-z]")


def plain_text(text: str) -> str:
    """Return a text in one form: composed, of one width, in small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order: Latin words and figures whole, others in pairs."""
    found: list[str] = []
    for run in _RUN.findall(plain_text(text)):
        if len(run) <= 2 or _LATIN.match(run):
            found.append(run)
        else:
            found += [run[n : n + 2] for n in range(len(run) - 1)]
    return found


def words_asked(question: str) -> tuple[str, ...]:
    """Return each word of a question once, no more than count."""
    return tuple(dict.fromkeys(words_of(question)))[:MOST_ASKED]


def said_in(passage: Passage) -> str:
    """Return what of a passage is searched: code, name, title and text, nothing twice."""
    parts = [passage.code, passage.name, passage.title, passage.text]
    kept = [
        part
        for n, part in enumerate(parts)
        if part and not any(part in longer for longer in parts[n + 1 :])
    ]
    return " ".join(kept)
