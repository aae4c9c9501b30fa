"""From a JSON Schema to a grammar, one node at a time."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.adapters.llama_cpp.grammar import ranges
from jennie_cli.adapters.llama_cpp.grammar.failures import RecursiveSchema, UnsupportedSchema
from jennie_cli.adapters.llama_cpp.grammar.keywords import (
    OWN,
    counts,
    kinds,
    only,
    places_of,
    scaled,
)
from jennie_cli.adapters.llama_cpp.grammar.members import Member, sequence
from jennie_cli.adapters.llama_cpp.grammar.overlap import may_overlap
from jennie_cli.adapters.llama_cpp.grammar.references import target
from jennie_cli.adapters.llama_cpp.grammar.text import (
    CHARACTER,
    MOST_REPEATS,
    Rules,
    in_turn,
    json_literal,
    literal,
    one_of,
    repeated,
)

Schema = Mapping[str, Any]

PLACES = 4
"""Decimals of a number whose bounds do not ask for more."""
ITEMS = 64
"""Items of a list or entries of a map that names no limit."""
NAME_LENGTH = 40
"""Characters of an entry's name where no limit is given."""


def gbnf(schema: Schema) -> str:
    """Return the grammar of the one-line JSON documents that fit a schema.

    Every document of the grammar fits the schema; of what fits, the grammar leaves out free space,
    members that are not declared, more than PLACES decimals, exponents, and lengths above its own
    limits where the schema gives none. Raises UnsupportedSchema for any word it cannot keep.
    """
    translation = _Translation(schema)
    return translation.rules.text(translation.node(schema, "#"))


class _Translation:
    """One schema on its way; every method returns the name of a rule."""

    def __init__(self, whole: Schema) -> None:
        self.rules = Rules()
        self._whole = whole
        self._open: list[str] = []
        self._done: dict[str, str] = {}

    def node(self, schema: Any, place: str) -> str:
        """Return the rule of one schema."""
        if not isinstance(schema, Mapping):
            raise UnsupportedSchema(str(schema).lower(), place, "allows anything or nothing")
        if "$ref" in schema:
            return self._reference(schema, place)
        for word in ("enum", "const"):
            if word in schema:
                return self._fixed(schema, place, word)
        for word in ("anyOf", "oneOf", "allOf"):
            if word in schema:
                return self._choice(schema, place, word)
        return self._typed(schema, place)

    def _reference(self, schema: Schema, place: str) -> str:
        only(schema, place, ("$ref",))
        name = schema["$ref"]
        if name in self._open:
            raise RecursiveSchema("$ref", place, f"leads back to {name}")
        if name not in self._done:
            self._open.append(name)
            self._done[name] = self.node(target(self._whole, name, place), name)
            self._open.pop()
        return self._done[name]

    def _fixed(self, schema: Schema, place: str, word: str) -> str:
        only(schema, place, (word, "type"))
        values = schema[word] if word == "enum" else [schema[word]]
        if "type" in schema:
            allowed = kinds(schema, place)
            values = [value for value in values if _fits(value, allowed)]
        if not values:
            raise UnsupportedSchema(word, place, "leaves no value")
        return self.rules.name(one_of([json_literal(value, place) for value in values]))

    def _choice(self, schema: Schema, place: str, word: str) -> str:
        only(schema, place, (word,))
        branches = schema[word]
        if not branches or (word == "allOf" and len(branches) > 1):
            raise UnsupportedSchema(word, place)
        if word == "oneOf" and may_overlap(self._whole, branches, place):
            raise UnsupportedSchema(word, place, "has branches that may both fit")
        found = [self.node(b, f"{place}/{word}/{at}") for at, b in enumerate(branches)]
        return self.rules.name(one_of(found))

    def _typed(self, schema: Schema, place: str) -> str:
        found = kinds(schema, place)
        only(schema, place, {"type"}.union(*(OWN[kind] for kind in found)))
        made = {
            "array": self._array,
            "boolean": self._boolean,
            "integer": self._integer,
            "null": self._null,
            "number": self._number,
            "object": self._object,
            "string": self._string,
        }
        return self.rules.name(one_of([made[kind](schema, place) for kind in found]))

    def _boolean(self, _schema: Schema, _place: str) -> str:
        return self.rules.name('("true" | "false")')

    def _null(self, _schema: Schema, _place: str) -> str:
        return self.rules.name('"null"')

    def _integer(self, schema: Schema, place: str) -> str:
        return self.rules.name(ranges.integers(*scaled(schema, place, 0)))

    def _number(self, schema: Schema, place: str) -> str:
        places = places_of(schema, place, PLACES)
        return self.rules.name(ranges.decimals(*scaled(schema, place, places), places))

    def _string(self, schema: Schema, place: str, most: int = MOST_REPEATS) -> str:
        least, limit = counts(schema, place, ("minLength", "maxLength"), most)
        sign = self.rules.name(CHARACTER)
        return self.rules.name(f'"\\"" {repeated(sign, least, limit)} "\\""')

    def _array(self, schema: Schema, place: str) -> str:
        if "prefixItems" in schema:
            return self._tuple(schema, place)
        if "items" not in schema:
            raise UnsupportedSchema("items", place, "is missing")
        least, most = counts(schema, place, ("minItems", "maxItems"), ITEMS)
        if most == 0:
            return self.rules.name('"[]"')
        item = self.node(schema["items"], f"{place}/items")
        return self.rules.name(f'"[" {self._listed(item, least, most)} "]"')

    def _tuple(self, schema: Schema, place: str) -> str:
        parts = schema["prefixItems"]
        size = len(parts)
        bounds = counts(schema, place, ("minItems", "maxItems"), MOST_REPEATS)
        if bounds != (size, size) or "items" in schema or not parts:
            raise UnsupportedSchema("prefixItems", place, "needs as many items as it names")
        found = [self.node(p, f"{place}/prefixItems/{at}") for at, p in enumerate(parts)]
        joined = ' "," '.join(found)
        return self.rules.name(f'"[" {joined} "]"')

    def _listed(self, item: str, least: int, most: int) -> str:
        more = self.rules.name(f'"," {item}')
        body = in_turn(item, repeated(more, max(least - 1, 0), most - 1))
        return body if least else f"({body})?"

    def _object(self, schema: Schema, place: str) -> str:
        extra = schema.get("additionalProperties", False)
        if not schema.get("properties"):
            return self._map(schema, place, extra)
        if isinstance(extra, Mapping) or "propertyNames" in schema:
            raise UnsupportedSchema("additionalProperties", place, "beside named properties")
        members = self._declared(schema, place)
        return self._braced(members, schema, place)

    def _declared(self, schema: Schema, place: str) -> list[Member]:
        required = schema.get("required", ())
        for name in required:
            if name not in schema["properties"]:
                raise UnsupportedSchema("required", place, f"names {name}, which is not declared")
        return [
            self._member(name, self.node(part, f"{place}/properties/{name}"), name in required)
            for name, part in schema["properties"].items()
        ]

    def _member(self, name: str, value: str, required: bool) -> Member:
        key = json_literal(name, "#").removesuffix('"') + ':"'
        return Member(name=key, value=value, required=required)

    def _braced(self, members: list[Member], schema: Schema, place: str) -> str:
        words = ("minProperties", "maxProperties")
        least, most = counts(schema, place, words, max(len(members), 1))
        try:
            body = sequence(self.rules, members, least, most)
        except ValueError:
            raise UnsupportedSchema("maxProperties", place, "counts too many names") from None
        if body is None:
            raise UnsupportedSchema("minProperties", place, "fits no choice of properties")
        return self.rules.name(f'"{{" {body} "}}"')

    def _map(self, schema: Schema, place: str, extra: Any) -> str:
        if schema.get("required"):
            raise UnsupportedSchema("required", place, "needs declared properties")
        if extra is False:
            raise UnsupportedSchema("properties", place, "is missing, so that nothing may be said")
        value = self.node(extra, f"{place}/additionalProperties")
        names = schema.get("propertyNames", {"type": "string"})
        if "enum" in names:
            only(names, f"{place}/propertyNames", ("enum", "type"))
            members = [self._member(str(name), value, required=False) for name in names["enum"]]
            return self._braced(members, schema, place)
        return self._open_map(schema, names, value, place)

    def _open_map(self, schema: Schema, names: Schema, value: str, place: str) -> str:
        only(names, f"{place}/propertyNames", OWN["string"] | {"type"})
        least, most = counts(schema, place, ("minProperties", "maxProperties"), ITEMS)
        if least > 1:
            raise UnsupportedSchema("minProperties", place, "above 1 needs names to choose from")
        if most == 0:
            return self.rules.name('"{}"')
        key = self._string(names, f"{place}/propertyNames", NAME_LENGTH)
        entry = self.rules.name(f"{key} {literal(':')} {value}")
        return self.rules.name(f'"{{" {self._listed(entry, least, most)} "}}"')


def _fits(value: Any, allowed: tuple[str, ...]) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    facts = {
        "array": isinstance(value, list | tuple),
        "boolean": isinstance(value, bool),
        "integer": is_number and value == int(value),
        "null": value is None,
        "number": is_number,
        "object": isinstance(value, Mapping),
        "string": isinstance(value, str),
    }
    return any(facts[kind] for kind in allowed)
