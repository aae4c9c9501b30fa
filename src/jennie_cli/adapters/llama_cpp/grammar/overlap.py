"""Whether two branches of a `oneOf` could both fit one value, judged with caution."""

import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from jennie_cli.adapters.llama_cpp.grammar.references import resolved

Schema = Mapping[str, Any]


def may_overlap(whole: Schema, branches: Sequence[Any], place: str) -> bool:
    """Return False only where every two branches are told apart by type, value or a member."""
    found = [resolved(whole, branch, place) for branch in branches]
    return any(not _apart(whole, a, b, place) for a, b in combinations(found, 2))


def _apart(whole: Schema, one: Any, other: Any, place: str) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    kinds = [_kinds(schema) for schema in (one, other)]
    if kinds[0] and kinds[1] and not kinds[0] & kinds[1]:
        return True
    values = [_values(schema) for schema in (one, other)]
    if values[0] is not None and values[1] is not None:
        return not values[0] & values[1]
    return _told_by_member(whole, one, other, place)


def _told_by_member(whole: Schema, one: Schema, other: Schema, place: str) -> bool:
    both = set(one.get("required", ())) & set(other.get("required", ()))
    for name in both:
        parts = [resolved(whole, s.get("properties", {}).get(name), place) for s in (one, other)]
        if _apart(whole, parts[0], parts[1], place):
            return True
    return False


def _kinds(schema: Schema) -> set[str]:
    said = schema.get("type", ())
    found = {said} if isinstance(said, str) else set(said)
    return (found - {"integer"}) | {"number"} if "integer" in found else found


def _values(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {json.dumps(schema["const"], sort_keys=True)}
    if "enum" in schema:
        return {json.dumps(value, sort_keys=True) for value in schema["enum"]}
    return None
