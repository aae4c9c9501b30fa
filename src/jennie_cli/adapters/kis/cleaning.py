"""Texts of the outside world become one harmless line before anybody prints or keeps them."""

import re
import unicodedata
from collections.abc import Callable

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_LONGEST = 200
_LOOKED_AT = 20_000


def one_line(text: str, mask: Callable[[str], str]) -> str:
    """Return a text without escapes, control and direction characters, blanks run together.

    It is masked before it is cut, for half a secret would be recognised no more.
    """
    bare = _ESCAPE.sub(" ", text[:_LOOKED_AT])
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in bare)
    return mask(" ".join(kept.split()))[:_LONGEST]
