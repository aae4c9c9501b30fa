"""Random schemas: what a grammar lets through and what a validator takes are the same."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.llama_cpp.grammar import gbnf

Judge = Callable[[str, str | bytes], bool]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


LEAVES = st.one_of(
    st.just({"type": "boolean"}),
    st.tuples(st.integers(-500, 500), st.integers(0, 900)).map(
        lambda pair: {"type": "integer", "minimum": pair[0], "maximum": pair[0] + pair[1]}
    ),
    st.integers(0, 6).map(lambda most: {"type": "string", "maxLength": most}),
    st.lists(st.sampled_from(["가", "b", 1, None, 2.5, "나\n"]), min_size=1, unique=True).map(
        lambda values: {"enum": values}
    ),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.integers(0, 2), st.integers(0, 2)).map(
            lambda of: {
                "type": "array", "items": of[0], "minItems": of[1], "maxItems": of[1] + of[2],
            }
        ),
        st.tuples(st.dictionaries(st.sampled_from("abc가"), inner, min_size=1), st.integers(0)).map(
            lambda of: {
                "type": "object",
                "properties": of[0],
                "required": [n for at, n in enumerate(of[0]) if of[1] >> at & 1],
                "additionalProperties": False,
            }
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"anyOf": found}),
    ),
    max_leaves=6,
)  # fmt: skip
DOCUMENTS = st.recursive(
    st.one_of(
        st.booleans(), st.none(), st.integers(-600, 1500), st.just(2.5),
        st.text("가b나\n ", max_size=7),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc가"), inner),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300)
@given(schema=SCHEMAS, document=DOCUMENTS)
def test_a_grammar_and_a_validator_agree(accepts: Judge, schema: Any, document: Any) -> None:
    """What a grammar lets through is valid; what is valid, in declared order, it lets through."""
    valid = jsonschema.Draft202012Validator(schema).is_valid(document)
    assert not accepts(gbnf(schema), _line(document)) or valid


@settings(max_examples=300)
@given(data=st.data(), schema=SCHEMAS)
def test_what_fits_a_schema_passes_its_grammar(accepts: Judge, data: Any, schema: Any) -> None:
    """Every document made by the schema passes the grammar made from it."""
    document = data.draw(_fitting(schema))
    assert jsonschema.Draft202012Validator(schema).is_valid(document)
    assert accepts(gbnf(schema), _line(document))


def _fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([_fitting(branch) for branch in schema["anyOf"]])
    if schema["type"] == "array":
        least, most = schema["minItems"], schema["maxItems"]
        return st.lists(_fitting(schema["items"]), min_size=least, max_size=most)
    if schema["type"] == "object":
        return _members(schema)
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if schema["type"] == "boolean":
        return st.booleans()
    return st.text('가나a"\\\n/ ·', max_size=schema["maxLength"])


def _members(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    parts = {name: _fitting(part) for name, part in schema["properties"].items()}
    needed = set(schema["required"])
    chosen = st.sets(st.sampled_from(sorted(parts)))
    return chosen.flatmap(
        lambda extra: st.tuples(
            *(st.tuples(st.just(n), part) for n, part in parts.items() if n in needed | extra)
        ).map(dict)
    )
