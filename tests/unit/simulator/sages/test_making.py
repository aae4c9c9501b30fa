"""Documents made for a schema, with a draft and without one."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jennie_cli.simulator.sages.making import ABSENT, Maker
from jennie_cli.simulator.sages.schemas import BadSchema, checked

Schema = dict[str, Any]
NAMES = ("점수", "reason", "a", "목록", "b2")


def _bounded(low: str, high: str, least: int, most: int) -> st.SearchStrategy[Schema]:
    pair = st.tuples(st.integers(least, most), st.integers(0, 40))
    return pair.map(lambda p: {low: p[0], high: p[0] + p[1]})


def _arrays(items: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    counts = _bounded("minItems", "maxItems", 0, 3)
    return st.builds(lambda i, c: {"type": "array", "items": i, **c}, items, counts)


def _objects(parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def build(inner: dict[str, Schema], needed: list[str], more: bool | Schema) -> Schema:
        required = [name for name in needed if name in inner]
        kept = {"type": "object", "properties": inner, "required": required}
        return {**kept, "additionalProperties": more}

    inner = st.dictionaries(st.sampled_from(NAMES), parts, max_size=4)
    needed = st.lists(st.sampled_from(NAMES), unique=True)
    return st.builds(build, inner, needed, st.booleans() | parts)


def _maps(parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def build(names: list[str], part: Schema, least: int) -> Schema:
        named = {"propertyNames": {"enum": names}, "additionalProperties": part}
        return {"type": "object", **named, "minProperties": min(least, len(names))}

    names = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
    return st.builds(build, names, parts, st.integers(0, 5))


SCALARS = st.one_of(
    _bounded("minimum", "maximum", -50, 1_000).map(lambda b: {"type": "integer", **b}),
    _bounded("minimum", "exclusiveMaximum", -5, 5).map(
        lambda b: {"type": "number", **b, "exclusiveMaximum": b["exclusiveMaximum"] + 1}
    ),
    _bounded("minLength", "maxLength", 0, 60).map(lambda b: {"type": "string", **b}),
    st.sampled_from(
        [
            {"type": "boolean"},
            {"type": "null"},
            {"type": ["string", "null"], "title": "either"},
            {"enum": ["강세", "약세", 3, None, True]},
            {"const": "S"},
            {"$ref": "#/$defs/tree"},
            {},
        ]
    ),
)
PARTS = st.recursive(
    SCALARS,
    lambda p: st.one_of(
        _arrays(p),
        _objects(p),
        _maps(p),
        st.lists(p, min_size=1, max_size=3).map(lambda each: {"anyOf": each}),
    ),
    max_leaves=12,
)
TREE: Schema = {
    "type": "object",
    "properties": {
        "leaf": {"type": "integer", "minimum": 1, "maximum": 3},
        "more": {"type": "array", "items": {"$ref": "#/$defs/tree"}, "maxItems": 3},
    },
    "required": ["leaf"],
    "additionalProperties": False,
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 2_000) | st.floats(-9, 9) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)


def _made(schema: Schema, draft: Any = ABSENT, seed: int = 7) -> Any:
    return Maker(checked(schema), np.random.default_rng(seed)).document(draft)


def _with_tree(part: Schema) -> Schema:
    return {**part, "$defs": {"tree": TREE}}


@given(part=PARTS, seed=st.integers(0, 1 << 32))
def test_what_is_drawn_fits_any_schema_of_the_kind(part: Schema, seed: int) -> None:
    """An independent validator finds nothing wrong with a document made of nothing."""
    schema = _with_tree(part)
    document = json.loads(json.dumps(_made(schema, seed=seed)))
    assert [] == list(Draft202012Validator(schema).iter_errors(document))


@given(part=PARTS, draft=JUNK)
def test_any_draft_is_made_to_fit(part: Schema, draft: Any) -> None:
    """Whatever was drafted, the document is valid."""
    schema = _with_tree(part)
    document = json.loads(json.dumps(_made(schema, draft)))
    assert [] == list(Draft202012Validator(schema).iter_errors(document))


def test_a_draft_that_fits_is_kept_word_for_word() -> None:
    """The dice decide only what the draft leaves open."""
    draft = {"leaf": 2, "more": [{"leaf": 1}, {"leaf": 3, "more": []}]}
    assert draft == _made(_with_tree({"$ref": "#/$defs/tree"}), draft)


def test_a_draft_is_cut_to_its_bounds() -> None:
    """A number is held, a text cut, a stranger in a list dropped, a stranger's key too."""
    schema = {
        "type": "object",
        "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "words": {"type": "string", "maxLength": 4},
            "names": {"type": "array", "items": {"enum": ["금융", "기타"]}, "uniqueItems": True},
        },
        "required": ["score"],
        "additionalProperties": False,
    }
    draft = {"score": 9_999, "words": "강한 상승", "names": ["금융", "나라", "금융"], "x": 1}
    assert {"score": 100, "words": "강한 상", "names": ["금융"]} == _made(schema, draft)


def test_the_same_dice_make_the_same_document() -> None:
    """Another seed makes another one."""
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 9}
    assert _made(schema) == _made(schema)
    assert _made(schema) != _made(schema, seed=8)


def test_distinct_items_are_all_found() -> None:
    """A list that must hold every value of an enum does, in some order."""
    named = ["반도체/IT", "금융", "통신/인터넷", "기타"]
    schema = {"type": "array", "items": {"enum": named}, "uniqueItems": True, "minItems": 4}
    assert sorted(named) == sorted(_made(schema))


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "string", "pattern": "a+"}, "pattern"),
        ({"type": "number", "multipleOf": 2}, "multipleOf"),
        ({"oneOf": [{"type": "string"}]}, "oneOf"),
        ({"type": "strange"}, "type"),
        ({"type": "object", "properties": {"a": 3}}, "#/properties/a"),
        ({"type": "object", "required": "a"}, "required"),
        ({"enum": []}, "enum"),
        ({"type": "string", "enum": ["a", 3]}, "enum"),
        ({"type": "string", "minLength": -1}, "minLength"),
        ({"anyOf": [{}], "minimum": 3}, "minimum"),
        ({"anyOf": [{}], "type": "string"}, "anyOf"),
        ({"$ref": "#/$defs/nobody"}, "nobody"),
        ({"$ref": "#"}, "nowhere"),
        ({"$ref": "https://example.org/x"}, "example"),
        (
            {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
            "without an end",
        ),
        ([], "object"),
    ],
)
def test_a_schema_out_of_reach_is_refused_by_name(schema: Any, word: str) -> None:
    """What restricts an answer is never passed over."""
    with pytest.raises(BadSchema, match=word):
        checked(schema)


def test_a_schema_nested_without_measure_is_refused() -> None:
    """Neither depth nor size can exhaust the server."""
    deep: Schema = {"type": "string"}
    for _ in range(100):
        deep = {"type": "array", "items": deep}
    with pytest.raises(BadSchema, match="deep"):
        checked(deep)
    wide = {"type": "object", "properties": {f"p{i}": {} for i in range(6_000)}}
    with pytest.raises(BadSchema, match="parts"):
        checked(wide)
    chain = {
        f"d{i}": {"type": "array", "minItems": 1, "items": {"$ref": f"#/$defs/d{i + 1}"}}
        for i in range(200)
    }
    with pytest.raises(BadSchema, match="without an end"):
        checked({"$ref": "#/$defs/d0", "$defs": chain | {"d200": {"type": "null"}}})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "number", "exclusiveMinimum": 1, "maximum": 1},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "string", "minLength": 1_000_000},
        {"type": "array", "minItems": 3, "maxItems": 2},
        {"type": "array", "minItems": 100_000},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True},
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"type": "object", "required": ["a"], "propertyNames": {"enum": ["b"]}},
        {"type": "object", "required": ["a"], "maxProperties": 0},
        {"type": "object", "minProperties": 2, "additionalProperties": False},
        {"type": "object", "required": ["a"], "propertyNames": {"type": "integer"}},
    ],
)
def test_a_schema_without_an_answer_is_refused(schema: Schema) -> None:
    """Nothing is made up that does not fit."""
    with pytest.raises(BadSchema):
        _made(schema)


def test_a_schema_that_takes_for_ever_is_refused() -> None:
    """Two thousand optional parts, each of which has two thousand, are nobody's answer."""
    with pytest.raises(BadSchema, match="choose from"):
        _made({"type": "object", "properties": {f"p{i}": {"$ref": "#"} for i in range(2_000)}})


def test_flags_are_no_numbers() -> None:
    """JSON tells true from 1, and 1 from nothing else than 1.0."""
    schema = {"type": "array", "items": {"enum": [True, 1, 0, False]}, "uniqueItems": True}
    assert "[1, true]" == json.dumps(_made(schema, [1, True, 1.0]))
    assert "true" == json.dumps(_made({"enum": [True]}, 1))


def test_an_endless_part_is_left_out_where_it_may_be() -> None:
    """An optional property that never ends is not begun."""
    endless = {"type": "array", "items": {"$ref": "#/$defs/e"}, "minItems": 1}
    schema = {"type": "object", "properties": {"e": {"$ref": "#/$defs/e"}}}
    whole = {**schema, "additionalProperties": False, "$defs": {"e": endless}}
    assert {} == _made(whole)
    assert {} == _made(whole, {"e": [1]})
