"""Makes a document that fits a form: a draft is kept as far as it fits, the rest is drawn."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from jennie_cli.simulator.sages.schemas import (
    BadSchema,
    Form,
    Node,
    branches,
    choices,
    is_of,
    kind_of,
)

MOST_VALUES, MOST_CHARACTERS, MOST_OFFERS = 5_000, 200_000, 100_000
_DEEP = 8
_OPTIONAL = 0.7
_WIDE = 100
_FEW = 3
_TRIES = 60
_WORDS = ("모의", "응답", "자료", "확인", "관찰", "수급", "변동", "SIMULATED", "판단", "보류")


class _Absent:
    """Nothing was drafted here."""


ABSENT: Final = _Absent()


class Maker:
    """Makes one document; the generator decides all that the draft leaves open."""

    def __init__(self, form: Form, dice: np.random.Generator) -> None:
        """Equal forms, drafts and dice make equal documents."""
        self._form = form
        self._dice = dice
        self._values = 0
        self._characters = 0
        self._offers = 0

    def document(self, draft: Any = ABSENT) -> Any:
        """Return the document. Raises BadSchema when no document of bearable size fits."""
        return self._make(self._form.root, draft, 0)

    def _make(self, node: Node, draft: Any, depth: int) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            raise BadSchema(f"its answers have more than {MOST_VALUES} values")
        node = self._form.resolved(node)
        parts = branches(node)
        if len(parts) > 1 or parts[0] is not node:
            return self._make(self._branch(parts, draft, depth), draft, depth)
        named = choices(node)
        if named is not None:
            fits = draft is not ABSENT and _among(draft, named)
            return draft if fits else named[self._below(len(named))]
        kept = draft if is_of(kind_of(node), draft) else ABSENT
        return self._of_kind(kind_of(node), node, kept, depth)

    def _of_kind(self, kind: str, node: Node, draft: Any, depth: int) -> Any:
        if kind == "object":
            return self._object(node, draft, depth)
        if kind == "array":
            return self._array(node, draft, depth)
        if kind == "null" or (kind in {"any", "boolean"} and draft is not ABSENT):
            return None if kind == "null" else draft
        return self._drawn(kind, node, draft)

    def _drawn(self, kind: str, node: Node, draft: Any) -> Any:
        match kind:
            case "integer":
                return self._integer(node, draft)
            case "number":
                return self._number(node, draft)
            case "boolean":
                return bool(self._dice.random() < 0.5)
        return self._string(node, draft)

    def _branch(self, parts: tuple[Node, ...], draft: Any, depth: int) -> Node:
        """Return the alternative that the draft fits, else one that comes to an end in time."""
        ends = [part for part in parts if self._form.ends(part)]
        fitting = [part for part in ends if draft is not ABSENT and self._suits(draft, part)]
        if fitting:
            return fitting[0]
        if depth >= _DEEP:
            return min(ends, key=self._form.height)
        return ends[self._below(len(ends))]

    def _suits(self, draft: Any, node: Node) -> bool:
        """Return whether a draft is of the right type, or one of the named values."""
        parts = branches(self._form.resolved(node))
        for part in (self._form.resolved(p) for p in parts):
            named = choices(part)
            if _among(draft, named) if named is not None else is_of(kind_of(part), draft):
                return True
        return False

    def _object(self, node: Node, draft: Any, depth: int) -> dict[str, Any]:
        properties, required = node.get("properties", {}), node.get("required", [])
        self._offers += len(properties)
        if self._offers > MOST_OFFERS:
            raise BadSchema(f"its answers have more than {MOST_OFFERS} properties to choose from")
        made: dict[str, Any] = {}
        for name in required:
            self._put(made, name, node, draft, depth)
        offered = [n for n in properties if n not in made and self._may_have(n, node)]
        for name in offered:
            if self._may_add(made, node) and self._wanted(name, draft, depth):
                self._put(made, name, node, draft, depth)
        for name in offered:
            if name not in made and len(made) < node.get("minProperties", 0):
                self._put(made, name, node, draft, depth)
        self._add_more(made, node, draft, depth)
        ordered = [n for n in properties if n in made] + [n for n in made if n not in properties]
        return {name: made[name] for name in ordered}

    def _put(self, made: dict[str, Any], name: str, node: Node, draft: Any, depth: int) -> None:
        part = node.get("properties", {}).get(name, node.get("additionalProperties", {}))
        if part is False or not self._nameable(name, node):
            raise BadSchema(f"'{name}' is required and not allowed")
        made[name] = self._make({} if part is True else part, _of(draft, name), depth + 1)

    def _may_have(self, name: str, node: Node) -> bool:
        return self._nameable(name, node) and self._form.ends(node["properties"][name])

    def _nameable(self, name: str, node: Node) -> bool:
        rule = self._form.resolved(node.get("propertyNames", {}))
        if kind_of(rule) not in {"any", "string"} or "anyOf" in rule:
            raise BadSchema("names of properties are strings, by 'enum' or by length")
        named = choices(rule)
        if named is not None:
            return name in named
        return bool(rule.get("minLength", 0) <= len(name) <= rule.get("maxLength", math.inf))

    def _may_add(self, made: dict[str, Any], node: Node) -> bool:
        return bool(len(made) < node.get("maxProperties", math.inf))

    def _wanted(self, name: str, draft: Any, depth: int) -> bool:
        if draft is not ABSENT:
            return name in draft
        return depth < _DEEP and bool(self._dice.random() < _OPTIONAL)

    def _add_more(self, made: dict[str, Any], node: Node, draft: Any, depth: int) -> None:
        """Add entries of a map: those drafted, then as many as are needed or usual.

        Where an object has properties, a draft's other names are not wanted.
        """
        part = node.get("additionalProperties", True)
        if part is not False:
            inner = part if isinstance(part, dict) else {}
            if draft is not ABSENT and (part is not True or "properties" not in node):
                for name, value in draft.items():
                    fits = self._nameable(name, node) and self._may_add(made, node)
                    if name not in made and fits and self._form.ends(inner):
                        made[name] = self._make(inner, value, depth + 1)
            self._invent(made, node, inner, depth, usual=draft is ABSENT and part is not True)
        if not node.get("minProperties", 0) <= len(made) <= node.get("maxProperties", math.inf):
            raise BadSchema("an object cannot have as many entries as it must")

    def _invent(
        self, made: dict[str, Any], node: Node, inner: Node, depth: int, *, usual: bool
    ) -> None:
        least = node.get("minProperties", 0)
        usual = usual and depth < _DEEP and self._form.ends(inner)
        wanted = max(least, len(made) + (1 + self._below(_FEW) if usual else 0))
        wanted = min(wanted, node.get("maxProperties", math.inf))
        rule = self._form.resolved(node.get("propertyNames", {}))
        for _ in range(_TRIES + 2 * int(min(wanted, MOST_VALUES))):
            if len(made) >= wanted:
                return
            name = self._make({"type": "string", **rule}, ABSENT, depth)
            if name not in made:
                made[name] = self._make(inner, ABSENT, depth + 1)
        named = choices(rule)
        for name in named or ():
            if len(made) < wanted and name not in made:
                made[name] = self._make(inner, ABSENT, depth + 1)

    def _array(self, node: Node, draft: Any, depth: int) -> list[Any]:
        least, most = node.get("minItems", 0), node.get("maxItems", math.inf)
        if least > most:
            raise BadSchema("an array has no length that it may have")
        inner = node.get("items", {})
        made: list[Any] = []
        known: set[Any] = set()
        for value in () if draft is ABSENT else draft:
            if len(made) < most and self._form.ends(inner) and self._suits(value, inner):
                self._append(made, known, self._make(inner, value, depth + 1), node)
        wanted = least if draft is not ABSENT else self._length(least, most, inner, depth)
        for _ in range(_TRIES + _TRIES * int(min(wanted, MOST_VALUES))):
            if len(made) >= wanted:
                break
            self._append(made, known, self._make(inner, ABSENT, depth + 1), node)
        if len(made) < least:
            raise BadSchema("an array cannot have as many different items as it must")
        return made

    def _append(self, made: list[Any], known: set[Any], value: Any, node: Node) -> None:
        if node.get("uniqueItems"):
            if _key(value) in known:
                return
            known.add(_key(value))
        made.append(value)

    def _length(self, least: int, most: float, inner: Node, depth: int) -> int:
        if depth >= _DEEP or not self._form.ends(inner):
            return least
        return int(min(least + self._below(_FEW + 1), most))

    def _integer(self, node: Node, draft: Any) -> int:
        low, high = _range(node)
        bottom = math.floor(low) + 1 if node.get("exclusiveMinimum") == low else math.ceil(low)
        top = math.ceil(high) - 1 if node.get("exclusiveMaximum") == high else math.floor(high)
        if bottom > top:
            raise BadSchema("an integer has no value that it may have")
        if draft is not ABSENT:
            return max(bottom, min(top, int(draft)))
        return bottom + self._below(min(top - bottom, 1 << 40) + 1)

    def _number(self, node: Node, draft: Any) -> float:
        low, high = _range(node)
        open_low = node.get("exclusiveMinimum") == low
        open_high = node.get("exclusiveMaximum") == high
        if low > high or (low == high and (open_low or open_high)):
            raise BadSchema("a number has no value that it may have")
        at = float(self._dice.random())
        value = round(low * (1.0 - at) + high * at, 2) if draft is ABSENT else float(draft)
        inside = max(low, min(high, value))
        at_edge = (open_low and inside == low) or (open_high and inside == high)
        return float(low / 2 + high / 2 if at_edge else inside)

    def _string(self, node: Node, draft: Any) -> str:
        least, most = node.get("minLength", 0), node.get("maxLength", math.inf)
        if least > most:
            raise BadSchema("a string has no length that it may have")
        text = "" if draft is ABSENT else str(draft)
        words = [text] if text else [self._word() for _ in range(1 + self._below(_FEW))]
        length = len(" ".join(words))
        self._spend(max(least, length))
        while length < least:
            words.append(self._word())
            length += 1 + len(words[-1])
        return " ".join(words)[: int(min(most, length))]

    def _spend(self, characters: int) -> None:
        self._characters += characters
        if self._characters > MOST_CHARACTERS:
            raise BadSchema(f"its answers have more than {MOST_CHARACTERS} characters")

    def _word(self) -> str:
        number = self._below(1_000)
        return f"{_WORDS[number % len(_WORDS)]}{number}"

    def _below(self, count: int) -> int:
        return int(self._dice.integers(count))


def _range(node: Node) -> tuple[float, float]:
    lows = [node[w] for w in ("minimum", "exclusiveMinimum") if w in node]
    highs = [node[w] for w in ("maximum", "exclusiveMaximum") if w in node]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is None:
        low = 0 if high is None or high >= 0 else high - _WIDE
    return low, high if high is not None else low + _WIDE


def _of(draft: Any, name: str) -> Any:
    return draft.get(name, ABSENT) if isinstance(draft, Mapping) else ABSENT


def _among(value: Any, named: list[Any]) -> bool:
    return _key(value) in map(_key, named)


def _key(value: Any) -> Any:
    """Return what is equal for values that JSON holds equal: 1 is 1.0, and true is not 1."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, list | tuple):
        return ("array", *map(_key, value))
    if isinstance(value, Mapping):
        return frozenset((name, _key(part)) for name, part in value.items())
    return value
