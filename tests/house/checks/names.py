"""Names say what a thing is: no drawers for everything, and floats beside money name their unit."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.checks.sources import Source, under

DRAWERS = ("utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "managers")
MONEY_ROOMS = frozenset({"model", "venue", "risk", "broker", "execution", "portfolio"})
UNITS = ("_pct", "_bp", "_ratio", "_score", "_points", "_factor")


def drawers(sources: Sequence[Source]) -> Iterator[str]:
    """Yield files, folders and classes named for everything."""
    for source in under(sources, "src"):
        parts = [*source.path.parts[:-1], source.path.stem]
        yield from (f"{source.path} is named {part}" for part in parts if part in DRAWERS)
        for node in source.classes():
            name = node.name.lower().lstrip("_")
            if name in DRAWERS or name.endswith(("manager", "helper", "helpers", "utils")):
                yield source.at(node, f"class {node.name} is named for everything")


def unnamed_floats(sources: Sequence[Source]) -> Iterator[str]:
    """Yield float fields, arguments and returns of the money rooms that do not name their unit."""
    for source in sources:
        if source.room in MONEY_ROOMS:
            for node, name, annotation in _annotations(source):
                if _speaks_of_float(annotation) and not name.endswith(UNITS):
                    yield source.at(node, f"float {name} does not end in one of {' '.join(UNITS)}")


def _annotations(source: Source) -> Iterator[tuple[ast.stmt | ast.arg, str, ast.expr]]:
    for node in source.classes():
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                yield part, part.target.id, part.annotation
    for function in source.functions():
        every = ast.walk(function.args)
        yield from (
            (a, a.arg, a.annotation) for a in every if isinstance(a, ast.arg) and a.annotation
        )
        if function.returns:
            yield function, function.name, function.returns


def _speaks_of_float(annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id == "float":
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "float" in node.value:
            return True
    return False
