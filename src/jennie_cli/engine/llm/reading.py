"""From a model's words to JSON, strictly: what is unclear is refused, never guessed.

The steps are those of §4.5 of the operations specification. Digits other than 0-9 are no digits of
JSON and stay text; whether a text such as "72" is a number is for the shape's own reader to say.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import orjson

from jennie_cli.engine.llm.failures import WrongShape

LONGEST = 262_144
"""Characters of the longest answer that is looked into."""

DEEPEST = 32
"""Lists and objects within each other."""

_THINK = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"</think>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*```[\w-]*[ \t]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""An unclosed string reaches to the end, so that no text is looked through twice."""

_KEPT = {"\n", "\t"}
_DROPPED = {"Cc", "Cf", "Cs"}


def json_of(text: str, schema: Mapping[str, Any] | None = None) -> Any:
    """Return the object that the words hold, its keys spelt as in the schema.

    Control characters leave its texts. Raises WrongShape saying why there is none.
    """
    if len(text) > LONGEST:
        raise WrongShape([f"the answer is longer than {LONGEST:,} characters"])
    try:
        found = _parsed(text.strip())
    except WrongShape:
        found = _parsed(_cut_out(text))
    return _spelt(found, schema or {}, (schema or {}).get("$defs", {}))


def printable(text: str) -> str:
    """Return a text without control and formatting characters and halves of broken ones.

    Line ends and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _DROPPED)


def _cut_out(text: str) -> str:
    """Return the part that should be JSON: thoughts dropped, of a fence, or between braces."""
    text = _THOUGHT.split(_THINK.sub("", text))[-1]
    fenced = _FENCE.findall(text)
    if len(fenced) > 1:
        raise WrongShape(["several fenced blocks: exactly one JSON object is wanted"])
    held = fenced[0] if fenced else text
    first, last = held.find("{"), held.rfind("}")
    if first < 0 or last < first:
        raise WrongShape(["no JSON object in the answer"])
    return str(held[first : last + 1])


def _parsed(text: str) -> Any:
    if not text.startswith("{"):
        raise WrongShape(["no JSON object in the answer"])
    if _depth(text) > DEEPEST:
        raise WrongShape([f"more than {DEEPEST} lists and objects within each other"])
    try:
        # orjson refuses NaN, infinities and broken characters, and keeps quiet about keys given
        # twice; the hook does not
        orjson.loads(text)
        return json.loads(text, object_pairs_hook=_once)
    except WrongShape:
        raise
    except ValueError as error:
        raise WrongShape([f"no valid JSON: {printable(str(error))[:200]}"]) from None


def _depth(text: str) -> int:
    brackets = (c for c in _STRING.sub("", text) if c in "{[]}")
    return max(accumulate(1 if c in "{[" else -1 for c in brackets), default=0)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {printable(key): _clean(value) for key, value in pairs}
    if len(found) < len(pairs):
        raise WrongShape([f"a key is given twice among {', '.join(found)}"])
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    return [_clean(v) for v in value] if isinstance(value, list) else value


def _spelt(found: Any, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    """Return the value with each key that differs from the schema's by case alone spelt so."""
    for form in _forms(schema, shared):
        if isinstance(found, dict) and "properties" in form:
            return _spelt_object(found, form["properties"], shared)
        if isinstance(found, list) and "items" in form:
            return [_spelt(each, form["items"], shared) for each in found]
    return found


def _forms(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schema itself, what it refers to, or each of its choices."""
    if "$ref" in schema:
        yield from _forms(shared.get(schema["$ref"].rpartition("/")[2], {}), shared)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _forms(choice, shared)
    yield schema


def _spelt_object(
    found: Mapping[str, Any], properties: Mapping[str, Any], shared: Mapping[str, Any]
) -> dict[str, Any]:
    names = {name.casefold(): name for name in properties}
    spelt: dict[str, Any] = {}
    for key, value in found.items():
        name = names.get(key.strip().casefold(), key)
        if name in spelt:
            raise WrongShape([f"the key {name} is given twice"])
        spelt[name] = _spelt(value, properties.get(name, {}), shared)
    return spelt
