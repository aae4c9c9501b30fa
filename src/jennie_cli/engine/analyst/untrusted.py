"""Texts of strangers made harmless to read: one line, bounded, inside a fence they cannot close."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

_FENCE_SIGNS = re.compile(r"<{2,}|>{2,}")
_MARKS = re.compile(r"^(?:<<<DATA [0-9a-f]{16}|DATA [0-9a-f]{16}>>>)$", re.MULTILINE)


def tamed(text: str, longest: int) -> str:
    """Return a stranger's text as one line of at most `longest` letters.

    Control and formatting characters go, look-alikes of the fence's signs become single signs.
    """
    # cut before the work too: a text of many megabytes is not worth folding
    folded = unicodedata.normalize("NFKC", text[: longest * 8])
    kept = "".join(" " if c in "\t\r\n" else c for c in folded if _speaks(c))
    calm = _FENCE_SIGNS.sub(lambda found: found[0][0], kept)
    return " ".join(calm.split())[:longest].rstrip()


def fenced(lines: Sequence[str]) -> str:
    """Return lines between two marks that carry the hash of all of them.

    Who writes a line would have to know the hash of a text that holds it to close the fence.
    """
    mark = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return "\n".join((f"<<<DATA {mark}", *lines, f"DATA {mark}>>>"))


def unmarked(text: str) -> str:
    """Return a text without the marks of its fences, whose hashes are no figures."""
    return _MARKS.sub("", text)


def _speaks(letter: str) -> bool:
    """Tell whether a letter is text: neither control nor formatting, paired or unassigned."""
    return letter in "\t\r\n" or unicodedata.category(letter) not in _SILENT


_SILENT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
