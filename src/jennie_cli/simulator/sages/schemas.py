"""Which JSON Schemas can be answered: objects, arrays, enums, bounded integers and numbers, strings
with lengths, booleans, null, `anyOf`, and `$ref` into `$defs`. Anything else that would restrict an
answer is refused by name, never passed over.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]

MOST_NODES, MOST_DEPTH = 5_000, 64
_PYTHON: Mapping[str, Any] = {
    "object": Mapping,
    "array": list | tuple,
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "null": type(None),
}
_SILENT = frozenset(
    {"$comment", "$id", "$schema", "default", "deprecated", "description", "examples", "format"}
    | {"readOnly", "strict", "title", "writeOnly"}
)
_COUNTS = frozenset(
    {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
)
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_TABLES = frozenset({"$defs", "definitions", "properties"})
_NODES = frozenset({"items", "propertyNames"})
_TOLD_BY = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "propertyNames": "object",
    "minProperties": "object",
    "maxProperties": "object",
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
}


class BadSchema(ValueError):
    """A schema that cannot be answered; the text names the place and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A checked schema. `heights` are the levels that a definition needs at least."""

    root: Node
    heights: Mapping[str, float]

    def resolved(self, node: Node) -> Node:
        """Return the node behind any number of references."""
        while "$ref" in node:
            node = _target(self.root, node["$ref"])
        return node

    def height(self, node: Node) -> float:
        """Return how many levels the smallest answer of a node has."""
        return _height(node, self.heights)

    def ends(self, node: Node) -> bool:
        """Return whether a node has an answer that is not nested too deep."""
        return self.height(node) <= MOST_DEPTH


def checked(schema: Any) -> Form:
    """Return the form of a schema. Raises BadSchema for what cannot be answered."""
    for count, (path, node) in enumerate(_walk(schema, "#", 0)):
        if count >= MOST_NODES:
            raise BadSchema(f"the schema has more than {MOST_NODES} parts")
        _check(path, node)
    for path, node in _walk(schema, "#", 0):
        if "$ref" in node:
            _check_chain(schema, node, path)
    form = Form(root=schema, heights=_heights(schema))
    if not form.ends(schema):
        raise BadSchema("#: it refers to itself without an end")
    return form


def branches(node: Node) -> tuple[Node, ...]:
    """Return the alternatives of a node, itself where there are none."""
    if "anyOf" in node:
        return tuple(node["anyOf"])
    kinds = node.get("type")
    if isinstance(kinds, list):
        return tuple({**node, "type": kind} for kind in kinds)
    return (node,)


def choices(node: Node) -> list[Any] | None:
    """Return the values that a node allows by name, None where it does not name them."""
    if "const" in node:
        return [node["const"]]
    return node.get("enum")


def kind_of(node: Node) -> str:
    """Return the type of a node without alternatives, as its keywords tell it; "any" without."""
    if "type" in node:
        return str(node["type"])
    return next((kind for word, kind in _TOLD_BY.items() if word in node), "any")


def is_of(kind: str, value: Any) -> bool:
    """Return whether a JSON value is of a type; everything is of "any"."""
    if isinstance(value, bool):
        return kind in {"boolean", "any"}
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _PYTHON.get(kind, object))


def _walk(node: Any, path: str, depth: int) -> Iterator[tuple[str, Node]]:
    if not isinstance(node, dict):
        raise BadSchema(f"{path}: a schema is an object")
    if depth > MOST_DEPTH:
        raise BadSchema(f"{path}: it is nested more than {MOST_DEPTH} deep")
    yield path, node
    for word, value in node.items():
        if word in _TABLES and isinstance(value, dict):
            for name, part in value.items():
                yield from _walk(part, f"{path}/{word}/{name}", depth + 1)
        elif word == "anyOf" and isinstance(value, list):
            for place, part in enumerate(value):
                yield from _walk(part, f"{path}/anyOf/{place}", depth + 1)
        elif word in _NODES or (word == "additionalProperties" and not isinstance(value, bool)):
            yield from _walk(value, f"{path}/{word}", depth + 1)


def _check(path: str, node: Node) -> None:
    for word, value in node.items():
        if word not in _SILENT and not _well_formed(word, value):
            raise BadSchema(f"{path}: '{word}' is not supported here")
    for word in ("$ref", "anyOf", "const", "enum"):
        beside = set(node) - _SILENT - {word, "$defs", "definitions", "type"}
        if word in node and beside:
            raise BadSchema(f"{path}: '{word}' stands beside {', '.join(sorted(beside))}")
    _check_choices(path, node)


def _check_choices(path: str, node: Node) -> None:
    named = choices(node)
    if named is not None and "type" in node:
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        if not all(any(is_of(kind, value) for kind in kinds) for value in named):
            raise BadSchema(f"{path}: a value of 'enum' is of another type")
    if "anyOf" in node and "type" in node:
        raise BadSchema(f"{path}: 'anyOf' stands beside type")


def _well_formed(word: str, value: Any) -> bool:
    rule = next((rule for words, rule in _RULES if word in words), None)
    return rule is not None and rule(value)


def _types(value: Any) -> bool:
    kinds = value if isinstance(value, list) and value else [value]
    return all(isinstance(kind, str) and kind in _PYTHON for kind in kinds)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


_RULES: tuple[tuple[frozenset[str], Callable[[Any], bool]], ...] = (
    (frozenset({"type"}), _types),
    (_COUNTS, lambda value: isinstance(value, int) and is_of("integer", value) and value >= 0),
    (_BOUNDS, lambda value: is_of("number", value)),
    (_TABLES | _NODES, lambda value: isinstance(value, dict)),
    (frozenset({"anyOf", "enum"}), lambda value: isinstance(value, list) and bool(value)),
    (frozenset({"required"}), _names),
    (frozenset({"const"}), lambda value: is_of("any", value)),
    (frozenset({"additionalProperties"}), lambda value: isinstance(value, bool | dict)),
    (frozenset({"uniqueItems"}), lambda value: isinstance(value, bool)),
    (frozenset({"$ref"}), lambda value: isinstance(value, str)),
)


def _target(root: Node, ref: str) -> Node:
    if ref == "#":
        return root
    for table in ("$defs", "definitions"):
        name = ref.removeprefix(f"#/{table}/")
        found = root.get(table, {}).get(name)
        if name != ref and found is not None:
            return dict(found)
    raise BadSchema(f"there is nothing behind '{ref}'")


def _check_chain(root: Node, node: Node, path: str) -> None:
    for _ in range(MOST_DEPTH):
        if "$ref" not in node:
            return
        node = _target(root, node["$ref"])
    raise BadSchema(f"{path}: its reference leads nowhere")


def _heights(root: Node) -> dict[str, float]:
    """Return the height of everything that can be referred to, by reference.

    They start without an end and only fall: a height of n is found by the round n.
    """
    known = {"#": root}
    for table in ("$defs", "definitions"):
        known |= {f"#/{table}/{name}": part for name, part in root.get(table, {}).items()}
    heights = dict.fromkeys(known, math.inf)
    for _ in range(MOST_DEPTH + 1):
        found = {ref: _height(node, heights) for ref, node in known.items()}
        if found == heights:
            break
        heights = found
    return heights


def _height(node: Node, heights: Mapping[str, float]) -> float:
    if "$ref" in node:
        return heights[node["$ref"]]
    if "anyOf" in node or isinstance(node.get("type"), list):
        return min(_height(part, heights) for part in branches(node))
    if choices(node) is not None:
        return 1.0
    match kind_of(node):
        case "object":
            return 1.0 + max((_height(n, heights) for n in _needed(node)), default=0.0)
        case "array" if node.get("minItems", 0) and "items" in node:
            return 1.0 + _height(node["items"], heights)
    return 1.0


def _needed(node: Node) -> Iterator[Node]:
    """Yield what an object cannot do without."""
    properties, more = node.get("properties", {}), node.get("additionalProperties", {})
    for name in node.get("required", ()):
        part = properties.get(name, more)
        if isinstance(part, dict):
            yield part
    if node.get("minProperties", 0) and isinstance(more, dict):
        yield more
