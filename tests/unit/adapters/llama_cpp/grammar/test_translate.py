"""Schemas as grammars: what llama.cpp then lets through, and what is refused by name."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from jennie_cli.adapters.llama_cpp.grammar import (
    SECOND_BYTES,
    RecursiveSchema,
    UnsupportedSchema,
    gbnf,
)

Judge = Callable[[str, str | bytes], bool]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _passed(accepts: Judge, schema: dict[str, Any], documents: list[Any]) -> list[Any]:
    grammar = gbnf(schema)
    return [document for document in documents if accepts(grammar, _line(document))]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "boolean"}, [True, False], [None, 0, "true"]),
        ({"type": "null"}, [None], [False, ""]),
        ({"enum": ["강세", 'a"b', "x\ny", 1.5]}, ["강세", 'a"b', "x\ny", 1.5], ["약세", 2]),
        ({"const": {"a": [1]}}, [{"a": [1]}], [{"a": []}]),
        ({"type": ["string", "null"], "enum": ["S", None, 3]}, ["S", None], [3]),
        ({"type": ["integer", "null"], "minimum": 1}, [1, None], [0, "1"]),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, [5, True], [None]),
        ({"oneOf": [{"const": 1}, {"enum": [2, 3]}]}, [1, 3], [4]),
        ({"allOf": [{"type": "null"}]}, [None], [1]),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["가나", "abc"], ["가", "abcd", ""]),
        ({"type": "string"}, ["", "·×±é 😀", 'q"\\/\n\t'], [1, None]),
        ({"type": "array", "items": {"type": "null"}}, [[], [None] * 64], [[None] * 65, [1]]),
        ({"type": "array", "items": {"const": 1}, "minItems": 2, "maxItems": 2}, [[1, 1]], [[1]]),
        ({"type": "array", "items": {"const": 1}, "maxItems": 0}, [[]], [[1]]),
        ({"type": "array", "items": {"const": 1}, "maxItems": 1}, [[], [1]], [[1, 1]]),
        (
            {"type": "array", "prefixItems": [{"const": 1}, {"type": "null"}]}
            | {"minItems": 2, "maxItems": 2},
            [[1, None]],
            [[1], [None, 1], [1, None, 1]],
        ),
    ],
)  # fmt: skip
def test_each_kind_of_schema(
    accepts: Judge, schema: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    """A document passes exactly when it fits the schema."""
    assert good == _passed(accepts, schema, good + bad)


@pytest.mark.parametrize(
    "raw",
    [
        b'"a\nb"',
        b'"\x00"',
        b'"\x7f"',
        b'"\\u0041"',
        b'"\\ud800"',
        b'"\\x"',
        b'"\xed\xa0\x80"',
        *(f'"{sign}"'.encode() for sign in "\u202e\ufeff\u0085\ue000"),
    ],
)
def test_signs_that_would_hurt_are_not_written(accepts: Judge, raw: bytes) -> None:
    """Controls, halves of pairs, marks that turn a line round and unknown escapes are refused."""
    assert not accepts(gbnf({"type": "string"}), raw)


def test_nothing_stands_between_the_parts(accepts: Judge) -> None:
    """No free space is written, so that nobody can write it for ever."""
    grammar = gbnf({"type": "array", "items": {"type": "integer"}})
    assert accepts(grammar, "[1,2]")
    assert not any(accepts(grammar, text) for text in ("[1, 2]", "[ 1]", "[1]\n", " [1]"))


def test_members_come_in_their_order_with_their_commas(accepts: Judge) -> None:
    """Members that may be missing leave no comma behind, whichever of them are there."""
    one = {"type": "null"}
    schema = {"type": "object", "properties": dict.fromkeys("abcd", one), "required": ["b", "d"]}
    grammar = gbnf(schema)
    for present in ("abcd", "bcd", "abd", "bd"):
        assert accepts(grammar, _line(dict.fromkeys(present)))
    for wrong in ("acd", "abc", "ba", "bdd", ""):
        assert not accepts(grammar, "{" + ",".join(f'"{name}":null' for name in wrong) + "}")
    assert not accepts(grammar, '{"b":null,"d":null,}')
    assert not accepts(grammar, '{,"b":null,"d":null}')


@pytest.mark.parametrize(("least", "most"), [(0, 4), (1, 4), (2, 3), (0, 1), (4, 4), (0, 0)])
def test_members_are_counted(accepts: Judge, least: int, most: int) -> None:
    """Bounds on the count of members hold for every choice of them."""
    part = {"type": "null"}
    schema = {"type": "object", "properties": dict.fromkeys("abcd", part)}
    grammar = gbnf({**schema, "minProperties": least, "maxProperties": most})
    for number in range(16):
        names = [name for at, name in enumerate("abcd") if number >> at & 1]
        assert (least <= len(names) <= most) == accepts(grammar, _line(dict.fromkeys(names)))


def test_a_map_holds_known_names_once(accepts: Judge) -> None:
    """Names from a list come once each, in its order, within the count."""
    names = {"enum": ["반도체/IT", "금융", "기타"]}
    schema = {"type": "object", "propertyNames": names, "additionalProperties": {"const": 1}}
    grammar = gbnf({**schema, "minProperties": 1, "maxProperties": 2})
    assert accepts(grammar, _line({"금융": 1}))
    assert accepts(grammar, _line({"반도체/IT": 1, "기타": 1}))
    for wrong in ("{}", '{"금융":2}', '{"통신":1}', '{"금융":1,"금융":1}'):
        assert not accepts(grammar, wrong)
    assert not accepts(grammar, _line({"반도체/IT": 1, "금융": 1, "기타": 1}))


def test_a_map_of_free_names_is_bounded(accepts: Judge) -> None:
    """Free names have their length, the map its count."""
    names = {"type": "string", "minLength": 1, "maxLength": 3}
    schema = {"type": "object", "propertyNames": names, "additionalProperties": {"const": 1}}
    grammar = gbnf({**schema, "maxProperties": 2})
    assert accepts(grammar, "{}")
    assert accepts(grammar, _line({"가": 1, "abc": 1}))
    assert not accepts(grammar, _line({"abcd": 1}))
    assert not accepts(grammar, _line({"": 1}))
    assert not accepts(grammar, _line({"a": 1, "b": 1, "c": 1}))
    assert accepts(gbnf({**schema, "maxProperties": 0}), "{}")


class Level(StrEnum):
    """A closed choice of Korean words."""

    LOW = "낮음"
    HIGH = "높음"


class Risk(BaseModel):
    """A part that another model holds."""

    level: Level = Level.LOW
    note: str | None = Field(default=None, max_length=5)


class Judgement(BaseModel):
    """What pydantic makes of everything we ask of a council."""

    score: int = Field(ge=0, le=100, description="0 to 100")
    size: float = Field(gt=0.5, lt=1.3)
    kind: Literal["buy", "hold"]
    risk: Risk
    others: list[Risk] = Field(max_length=2)
    signals: dict[Level, Literal["bullish", "bearish"]] = Field(default_factory=dict, max_length=2)
    pair: tuple[int, bool]


def test_what_pydantic_writes_is_understood(accepts: Judge) -> None:
    """A model of pydantic with parts, defaults, choices and maps becomes a grammar."""
    grammar = gbnf(Judgement.model_json_schema())
    body: dict[str, Any] = {"score": 71, "size": 1.25, "kind": "buy", "risk": {"note": None}}
    body |= {"others": [{"level": "높음"}], "signals": {"낮음": "bullish"}, "pair": [1, True]}
    assert Judgement.model_validate(body).risk.level is Level.LOW
    assert accepts(grammar, _line(body))
    for name, wrong in (
        ("score", 101), ("size", 0.5), ("size", 1.3), ("kind", "sell"), ("risk", {"level": "중간"}),
        ("others", [{}, {}, {}]), ("pair", [1]), ("signals", {"낮음": "up"}),
    ):  # fmt: skip
        assert not accepts(grammar, _line({**body, name: wrong}))


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "string", "pattern": "a+"}, "pattern"),
        ({"type": "string", "format": "date"}, "format"),
        ({"type": "integer", "multipleOf": 5}, "multipleOf"),
        ({"type": "integer", "maxLength": 5}, "maxLength"),
        ({"type": "array", "items": {"type": "null"}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "array"}, "items"),
        ({"type": "array", "prefixItems": [{"const": 1}]}, "prefixItems"),
        ({"type": "object"}, "properties"),
        ({"type": "object", "required": ["a"]}, "required"),
        ({"type": "object", "properties": {"a": True}}, "true"),
        ({"type": "object", "additionalProperties": True}, "true"),
        ({"properties": {"a": {"const": 1}}, "required": ["b"]}, "required"),
        ({"properties": {"a": {"const": 1}}, "minProperties": 2}, "minProperties"),
        ({"properties": {"a": {"const": 1}}, "patternProperties": {}}, "patternProperties"),
        (
            {"properties": {"a": {"const": 1}}, "additionalProperties": {"const": 1}},
            "additionalProperties",
        ),
        ({"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 2},
         "minProperties"),
        ({"type": "string", "maxLength": 2001}, "maxLength"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "minLength"),
        ({"type": "string", "maxLength": -1}, "maxLength"),
        ({"type": "date"}, "type"),
        ({}, "type"),
        ({"anyOf": []}, "anyOf"),
        ({"anyOf": [{"type": "null"}], "minimum": 3}, "minimum"),
        ({"allOf": [{"type": "null"}, {"type": "null"}]}, "allOf"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "oneOf"),
        ({"oneOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, "oneOf"),
        ({"not": {"type": "null"}, "type": "string"}, "not"),
        ({"enum": []}, "enum"),
        ({"enum": [float("nan")]}, "enum"),
        ({"enum": ["\ud800"]}, "enum"),
        ({"enum": ["a"], "type": "integer"}, "enum"),
        ({"enum": ["a"], "maxLength": 3}, "maxLength"),
        ({"$ref": "#/$defs/none"}, "$ref"),
        ({"$ref": "http://x/y"}, "$ref"),
        (
            {
                "type": "object",
                "propertyNames": {"enum": [str(n) for n in range(100)]},
                "additionalProperties": {"const": 1},
                "maxProperties": 50,
            },
            "maxProperties",
        ),
    ],
)  # fmt: skip
def test_a_word_that_would_be_lost_is_named(schema: dict[str, Any], keyword: str) -> None:
    """Nothing of a schema is left out in silence: the error names the word and its place."""
    with pytest.raises(UnsupportedSchema) as caught:
        gbnf({"type": "array", "items": schema, "$defs": {}})
    assert keyword == caught.value.keyword
    assert caught.value.place.startswith("#/items")
    assert keyword in caught.value.message


def test_a_schema_that_holds_itself_is_refused() -> None:
    """A reference that leads back to itself has no longest answer."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    with pytest.raises(RecursiveSchema, match="leads back to"):
        gbnf({"$ref": "#/$defs/Node", "$defs": {"Node": node}})


def test_branches_told_apart_by_a_member_may_stand_in_one_of(accepts: Judge) -> None:
    """A `oneOf` of objects is taken when a required member of each has a value of its own."""
    kinds = [
        {"properties": {"kind": {"const": name}, "n": {"type": "null"}}, "required": ["kind"]}
        for name in ("a", "b")
    ]
    grammar = gbnf({"oneOf": [{"$ref": "#/$defs/A"}, kinds[1]], "$defs": {"A": kinds[0]}})
    assert accepts(grammar, '{"kind":"b","n":null}')
    assert not accepts(grammar, '{"kind":"c"}')


def test_two_first_bytes_open_what_a_grammar_cannot_close(accepts: Judge) -> None:
    """llama.cpp lets long forms of short characters through; what begins them is told."""
    grammar = gbnf({"type": "string"})
    assert accepts(grammar, b'"\xe0\x82\xb7"')
    assert accepts(grammar, b'"\xf0\x82\x82\xb7"')
    assert not any(accepts(grammar, bytes([34, first, 0xA2, 34])) for first in (0xC0, 0xC1))
    assert {0xE0, 0xF0} <= set(SECOND_BYTES)


def test_the_grammar_of_long_text_stays_small() -> None:
    """Five hundred characters cost one rule, not five hundred."""
    text = gbnf({"type": "array", "items": {"type": "string", "maxLength": 500}, "maxItems": 50})
    assert 1000 > len(text)
