"""Other people's words inside a prompt: cleaned, cut, and behind a fence they cannot close."""

import hashlib
from unicodedata import category

_KEPT = frozenset("\n\t")


def cleaned(text: str, most: int) -> str:
    """Return text without control, invisible and unpaired characters, cut at `most` characters.

    Every way to end a line is one newline: nothing can pretend to begin a line of ours.
    """
    lines = (line.rstrip() for line in text.splitlines())
    whole = "\n".join(lines).strip()
    seen = (c for c in whole if c in _KEPT or category(c)[0] != "C")
    return "".join(seen)[:most]


def one_line(text: str, most: int) -> str:
    """Return text as one cleaned line."""
    return " ".join(cleaned(text, most).split())


def fenced(label: str, text: str) -> str:
    """Return data between two marks that carry the hash of the data.

    Each line of the data begins with a bar, so no line of it can be a mark; and no text can hold
    its own hash, so a mark inside it is a forged one.
    """
    sealed = hashlib.sha256(text.encode()).hexdigest()[:12]
    lines = "\n".join(f"| {line}" for line in text.splitlines() or [""])
    return f"<<<DATA {label} {sealed}\n{lines}\nDATA {label} {sealed}>>>"
