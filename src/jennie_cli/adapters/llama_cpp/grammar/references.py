"""Where a `$ref` leads."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.adapters.llama_cpp.grammar.failures import UnsupportedSchema

HOMES = ("#/$defs/", "#/definitions/")


def target(whole: Mapping[str, Any], reference: Any, place: str) -> Any:
    """Return the schema a reference names. Raises UnsupportedSchema outside `$defs`."""
    for home in HOMES:
        if isinstance(reference, str) and reference.startswith(home):
            name = reference.removeprefix(home).replace("~1", "/").replace("~0", "~")
            found = whole.get(home.strip("#/"), {})
            if name in found:
                return found[name]
    raise UnsupportedSchema("$ref", place, f"leads nowhere: {reference}")


def resolved(whole: Mapping[str, Any], schema: Any, place: str) -> Any:
    """Return a schema with the references at its head followed, a few at the most."""
    for _ in range(len(whole.get("$defs", whole.get("definitions", ()))) + 1):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        schema = target(whole, schema["$ref"], place)
    return schema
