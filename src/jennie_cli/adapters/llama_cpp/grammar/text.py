"""Pieces of grammar text: literals, characters, choices, and the rules they are kept in."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jennie_cli.adapters.llama_cpp.grammar.failures import UnsupportedSchema

MOST_REPEATS = 2000
"""llama.cpp takes no lower bound above it, and drops an upper bound above it in silence."""

EMPTY = '""'

CHARACTER = (
    r"[ !#-\[\]-~\u00A0-\u200A\u2010-\u2027\u2030-\u205F\u2070-\uD7FF\uF900-\uFDCF"
    r"\uFDF0-\uFEFE\uFF00-\uFFEF\U00010000-\U0001FAFF\U00020000-\U0003134F]"
    r' | "\\" ["\\/nt]'
)
"""One character of a JSON string: no control, no half of a pair, nothing that turns a line round
or hides in it, no private use; of the escapes those that are one character each."""


class Rules:
    """Named rules in the order they were made; the same body has the same name."""

    def __init__(self) -> None:
        """No rule yet."""
        self._names: dict[str, str] = {}

    def name(self, body: str) -> str:
        """Return the name of a rule with this body; a body that is a mere name is one already."""
        if body.isalnum():
            return body
        return self._names.setdefault(body, f"r{len(self._names)}")

    def text(self, root: str) -> str:
        """Return the whole grammar, which starts with the rule `root`."""
        lines = [f"root ::= {root}", *(f"{name} ::= {body}" for body, name in self._names.items())]
        return "\n".join(lines) + "\n"


def literal(text: str) -> str:
    """Return grammar text that matches exactly this text."""
    escaped = "".join(_escaped(sign) for sign in text)
    return f'"{escaped}"'


def json_literal(value: Any, place: str) -> str:
    """Return text that matches one JSON value. Raises UnsupportedSchema for what is not JSON."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError):
        raise UnsupportedSchema("enum", place, "holds a value that is not JSON") from None
    return literal(text)


def in_turn(*parts: str) -> str:
    """Return the parts one after the other, without those that match nothing but nothing."""
    return " ".join(part for part in parts if part != EMPTY) or EMPTY


def one_of(options: list[str]) -> str:
    """Return a choice, in brackets when there is more than one."""
    distinct = list(dict.fromkeys(option.strip() for option in options))
    return distinct[0] if len(distinct) == 1 else f"({' | '.join(distinct)})"


def repeated(item: str, least: int, most: int) -> str:
    """Return `item` between `least` and `most` times; `item` is a name or in brackets."""
    if most == 0:
        return EMPTY
    if (least, most) == (1, 1):
        return item
    return f"{item}{{{least}}}" if least == most else f"{item}{{{least},{most}}}"


SECOND_BYTES: Mapping[int, tuple[int, int]] = MappingProxyType(
    {0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF), 0xF4: (0x80, 0x8F)}
)
"""The bytes that may follow some first bytes of a character (RFC 3629, section 4).

llama.cpp counts characters, not bytes, so it lets a long form of a short character through (U+00B7
as E0 82 B7), which is no UTF-8. After other first bytes every continuation is one.
"""


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    code = ord(sign)
    return f"\\x{code:02X}" if code < 0x20 or code == 0x7F else sign
