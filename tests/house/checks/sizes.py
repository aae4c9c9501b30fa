"""A module is read in one sitting, a function in one look, a port holds few methods."""

from collections.abc import Iterator, Sequence
from statistics import median

from tests.house.checks.sources import Function, Source, is_protocol, methods, under

MODULE_LINES, FUNCTION_LINES, MEDIAN_LINES = 500, 60, 10
CLASS_METHODS, PORT_METHODS = 20, 7


def length(node: Function) -> int:
    """Return the lines of a function, signature and docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def long_modules(sources: Sequence[Source], limit: int = MODULE_LINES) -> Iterator[str]:
    """Yield modules of more than `limit` lines."""
    for source in sources:
        lines = len(source.text.splitlines())
        if lines > limit:
            yield f"{source.path} has {lines} lines, {limit} are the limit"


def long_functions(sources: Sequence[Source], limit: int = FUNCTION_LINES) -> Iterator[str]:
    """Yield functions of more than `limit` lines."""
    for source in sources:
        for node in source.functions():
            if length(node) > limit:
                yield source.at(node, f"{node.name} has {length(node)} lines, limit {limit}")


def median_function(sources: Sequence[Source], limit: int = MEDIAN_LINES) -> Iterator[str]:
    """Yield one complaint when the middle function of src is longer than `limit` lines."""
    lengths = [length(node) for source in under(sources, "src") for node in source.functions()]
    if lengths and median(lengths) > limit:
        yield f"the median function of src has {median(lengths)} lines, limit {limit}"


def crowded_classes(sources: Sequence[Source], limit: int = CLASS_METHODS) -> Iterator[str]:
    """Yield classes of src with more than `limit` public methods."""
    for source in under(sources, "src"):
        for node in source.classes():
            public = [part for part in methods(node) if not part.name.startswith("_")]
            if len(public) > limit:
                yield source.at(
                    node, f"{node.name} has {len(public)} public methods, limit {limit}"
                )


def wide_ports(sources: Sequence[Source], limit: int = PORT_METHODS) -> Iterator[str]:
    """Yield Protocols of more than `limit` methods."""
    for source in under(sources, "src"):
        for node in source.classes():
            if is_protocol(node) and len(methods(node)) > limit:
                yield source.at(node, f"{node.name} asks for {len(methods(node))}, limit {limit}")
