"""What makes two texts the same news: the address, the title, the stock they are about."""

import hashlib
import re
import unicodedata

from jennie_cli.engine.model import Headline, NewsKind

_NO_WORD = re.compile(r"[\W_]+")
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|cmpid|spm|napm|n_media|n_query|ref|"
    r"referrer|ref_src|share|sharetype|from|feature",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://(?P<host>[^/?#:@\s]+)(?::(?P<port>\d{1,5}))?(?P<path>/[^?#]*)?"
    r"(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE,
)
_HASH_LETTERS = 12


def canonical_url(url: str) -> str:
    """Return an address without what tells who followed it; empty for what is no web address."""
    found = _ADDRESS.fullmatch(url.strip())
    if found is None:
        return ""
    host, port, path, asked = found["host"].lower(), found["port"], found["path"], found["query"]
    place = host if port in {None, "80", "443"} else f"{host}:{port}"
    pairs = (pair for pair in (asked or "").split("&") if pair)
    kept = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair.partition("=")[0]))
    query = f"?{'&'.join(kept)}" if kept else ""
    return f"https://{place}{(path or '').rstrip('/')}{query}"


def seen_keys(headline: Headline) -> frozenset[str]:
    """Return what a text is known by: title and address, each with the stock it is about.

    A post is known by all its words, for its title comes again every day; a filing by its address,
    for a company may file the same report twice.
    """
    url = canonical_url(headline.url)
    keys = {_key(f"{headline.code}|{url}")} if url else set()
    if headline.kind is NewsKind.POST:
        keys.add(_key(_folded(f"{headline.title} {headline.body}")))
    elif headline.kind is not NewsKind.FILING or not url:
        keys.add(_key(f"{headline.code}|{_folded(headline.title)}"))
    return frozenset(keys)


def news_id(headline: Headline) -> str:
    """Return the id that a text has everywhere: of its address and stock, else of its words."""
    url = canonical_url(headline.url)
    named = (
        (headline.code, url) if url else (headline.code, headline.at.isoformat(), headline.title)
    )
    told = "\x1f".join((headline.kind.value, *named))
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _folded(text: str) -> str:
    """Return the letters and digits of a text in one writing, all of it where there are none."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _NO_WORD.sub("", plain) or plain


def _key(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:_HASH_LETTERS]
