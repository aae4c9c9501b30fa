"""Which words of JSON Schema are understood, and bounds read from them."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from jennie_cli.adapters.llama_cpp.grammar.failures import UnsupportedSchema
from jennie_cli.adapters.llama_cpp.grammar.text import MOST_REPEATS

NOTES = frozenset(
    {"$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description"}
) | {"discriminator", "examples", "readOnly", "title", "writeOnly"}
"""Words that say nothing about which values are valid."""

RANGE = frozenset({"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"})
OWN: Mapping[str, frozenset[str]] = {
    "array": frozenset({"items", "maxItems", "minItems", "prefixItems"}),
    "boolean": frozenset(),
    "integer": RANGE,
    "null": frozenset(),
    "number": RANGE,
    "object": frozenset({"additionalProperties", "maxProperties", "minProperties"})
    | {"properties", "propertyNames", "required"},
    "string": frozenset({"maxLength", "minLength"}),
}
"""The words that each type understands."""

DIGITS = 18
"""Digits of a whole number without a bound, so that it fits 64 bits."""


def only(schema: Mapping[str, Any], place: str, known: Iterable[str]) -> None:
    """Raise UnsupportedSchema for the first word that is neither known nor a mere note."""
    for word in sorted(set(schema) - NOTES - set(known)):
        raise UnsupportedSchema(word, place)


def kinds(schema: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """Return the types a schema allows. Raises UnsupportedSchema for none or a strange one."""
    said = schema.get("type", "object" if "properties" in schema else ())
    found = (said,) if isinstance(said, str) else tuple(said)
    if not found or not set(found) <= set(OWN):
        raise UnsupportedSchema("type", place, "is missing or unknown")
    return found


def counts(
    schema: Mapping[str, Any], place: str, words: tuple[str, str], most: int
) -> tuple[int, int]:
    """Return the bounds of a length; `words` name least and most, `most` stands where none does."""
    least = schema.get(words[0], 0)
    limit = schema.get(words[1], max(most, least))
    for word, value in zip(words, (least, limit), strict=True):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise UnsupportedSchema(word, place, "is no whole number from 0")
        if value > MOST_REPEATS:
            raise UnsupportedSchema(word, place, f"is above {MOST_REPEATS}")
    if least > limit:
        raise UnsupportedSchema(words[0], place, "is above the most that is allowed")
    return least, limit


def scaled(schema: Mapping[str, Any], place: str, places: int) -> tuple[int, int]:
    """Return the range of a number as whole units of 10 ** -places, both ends included."""
    unit = Decimal(10) ** places
    lows = [math.ceil(bound * unit) for bound in _bounds(schema, place, "minimum")]
    lows += [math.floor(bound * unit) + 1 for bound in _bounds(schema, place, "exclusiveMinimum")]
    highs = [math.floor(bound * unit) for bound in _bounds(schema, place, "maximum")]
    highs += [math.ceil(bound * unit) - 1 for bound in _bounds(schema, place, "exclusiveMaximum")]
    edge = 10 ** (max(DIGITS, *(len(str(abs(bound))) + 1 for bound in (0, *lows, *highs)))) - 1
    low, high = max(lows, default=-edge), min(highs, default=edge)
    if low > high:
        raise UnsupportedSchema("minimum", place, "leaves no number below the maximum")
    return low, high


def places_of(schema: Mapping[str, Any], place: str, least: int) -> int:
    """Return how many decimals the bounds of a number need, at least `least`."""
    bounds = [bound for word in RANGE for bound in _bounds(schema, place, word)]
    return max([least, *(-int(bound.normalize().as_tuple().exponent) for bound in bounds)])


def _bounds(schema: Mapping[str, Any], place: str, word: str) -> list[Decimal]:
    if word not in schema:
        return []
    value = schema[word]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnsupportedSchema(word, place, "is no number")
    return [Decimal(repr(value))]
