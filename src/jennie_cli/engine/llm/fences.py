"""Other people's words inside a prompt: cleaned, cut, and behind a fence they cannot close."""

import hashlib
import re
from unicodedata import category, normalize

_HOLLOW = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that Unicode calls ignorable: they show nothing and may carry hidden words."""

_OPENING, _CLOSING = "<‹«≪〈《⟨⟪❮❰˂ᐸ＜﹤", ">›»≫〉》⟩⟫❯❱˃ᐳ＞﹥"
_RUNS = re.compile(f"[{_OPENING}]{{2,}}|[{_CLOSING}]{{2,}}")
_TRIPLES = {ord("⋘"): "<<<", ord("⋙"): ">>>"}
_SHIFTS = frozenset({"<<", ">>"})
_MARKS = re.compile(
    r"^(?:<<<DATA [a-z_]+ [0-9a-f]{16}|DATA [a-z_]+ [0-9a-f]{16}>>>)$", re.MULTILINE
)
_SLACK = 8
"""How much more than fits is looked at: a text of many megabytes is not worth cleaning."""


def cleaned(text: str, most: int) -> str:
    """Return text as NFC without control, invisible and unpaired characters, cut at `most`.

    Every way to end a line is one newline: nothing can pretend to begin a line of ours.
    """
    return "\n".join(_lines(text[: most * _SLACK])).strip()[:most].rstrip()


def one_line(text: str, most: int) -> str:
    """Return text as one cleaned line of at most `most` characters."""
    return " ".join(cleaned(text[: most * _SLACK], len(text)).split())[:most].rstrip()


def tamed(text: str, most: int) -> str:
    """Return a stranger's text as one line that may stand beside words of ours.

    Letters are folded to their plain form (NFKC); of a run of the fence's signs, or of signs that
    look like them, one is left.
    """
    folded = one_line(normalize("NFKC", text[: most * _SLACK]), most * _SLACK)
    calm = _RUNS.sub(lambda found: found[0][0], folded.translate(_TRIPLES))
    return calm[:most].rstrip()


def fenced(label: str, text: str) -> str:
    """Return data between two marks with a label of ours and the hash of the data.

    Each line of the data begins with a bar, and runs of the fence's signs are drawn apart, so no
    line of it can be a mark or look like one; and no text can hold its own hash. What is said in
    code and JSON stays the same: shifts keep their signs.
    """
    lines = [_apart(line) for line in _lines(text)] or [""]
    sealed = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    barred = "\n".join(f"| {line}" for line in lines)
    return f"<<<DATA {label} {sealed}\n{barred}\nDATA {label} {sealed}>>>"


def unmarked(text: str) -> str:
    """Return a text without the marks of its fences, whose hashes are no figures."""
    return _MARKS.sub("", text)


def _lines(text: str) -> list[str]:
    return [_visible(line).rstrip() for line in normalize("NFC", text).splitlines()]


def _visible(line: str) -> str:
    shown = "".join(c for c in line if c == "\t" or category(c)[0] != "C")
    return _HOLLOW.sub("", shown)


def _apart(line: str) -> str:
    return _RUNS.sub(_spread, line.translate(_TRIPLES))


def _spread(run: re.Match[str]) -> str:
    return run[0] if run[0] in _SHIFTS else " ".join(run[0])
