"""Bytes of a page to text: what the host says, what the page says, what really fits."""

import codecs
import re
from contextlib import suppress

_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_INSIDE = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*=\s*["']?|<\?xml[^>]{0,200}?encoding\s*=\s*["'])([\w.:-]+)""",
    re.IGNORECASE,
)
_LOOKED_AT = 4_096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {"euc-kr": "cp949", "euc_kr": "cp949", "ks_c_5601-1987": "cp949", "iso8859-1": "cp1252"}
"""What hosts call by a narrow name and write in a wider one."""


def decoded(body: bytes, content_type: str, hint: str = "") -> str:
    """Return the text of a page; where nothing fits, in UTF-8 with marks for what is unreadable.

    The header goes before the page's own word, and both before `hint`; but whatever cannot have
    written these bytes is passed over, for headers are often wrong.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    header = _HEADER.search(content_type)
    inside = _INSIDE.search(body[:_LOOKED_AT])
    named = (
        header.group(1) if header else "",
        inside.group(1).decode("ascii", errors="replace") if inside else "",
        hint,
    )
    names = (*filter(None, map(_known, named)), "utf-8")
    for errors in ("strict", "replace"):
        for name in names:
            # not only UnicodeDecodeError: Python has codecs that refuse every page
            with suppress(UnicodeError, LookupError):
                return body.decode(name, errors)
    raise AssertionError("UTF-8 with marks reads everything")


def _known(name: str) -> str:
    """Return a charset as Python calls it, empty for one nobody knows and for what is no text."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    wider = _WIDER.get(name.lower(), _WIDER.get(found.name, found.name))
    # Python's own codecs that are no charsets, such as base64, decode bytes to bytes
    return wider if getattr(found, "_is_text_encoding", True) else ""
