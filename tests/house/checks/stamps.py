"""No order without a stamp: only the risk room makes one, under whatever name it was imported."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.checks.sources import Source, under

STAMPS = frozenset({"ApprovedOrder", "ApprovedChange"})


def forged_stamps(sources: Sequence[Source]) -> Iterator[str]:
    """Yield calls outside the risk room that build an approved order or change."""
    for source in under(sources, "src"):
        if source.room == "risk":
            continue
        known = STAMPS | set(_aliases(source.tree))
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _called(node.func) in known:
                yield source.at(node, f"{_called(node.func)} is made outside the risk room")


def _aliases(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (a.asname for a in node.names if a.name in STAMPS and a.asname)


def _called(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
