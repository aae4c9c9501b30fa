"""One engine, three wirings: the engine never asks which world it is in, nor rolls free dice."""

import ast
import re
from collections.abc import Iterator, Sequence

from tests.house.checks.sources import Function, Source, is_protocol, under

WORLDS = "live|paper|sim|simulated|simulation|backtest|backtesting|replay|replaying|testing"
FLAG = re.compile(rf"((is|in)_({WORLDS})|(({WORLDS}|run|trading)_mode)|use_({WORLDS}))(_mode)?")
WORLD_WORD = re.compile(WORLDS)
ASKED = frozenset({"profile", "mode"})
SEEDED = frozenset({"default_rng", "SeedSequence", "PCG64"})


def mode_flags(sources: Sequence[Source]) -> Iterator[str]:
    """Yield names and questions by which the engine would behave differently in another world."""
    for source in sources:
        if source.in_engine:
            for node in ast.walk(source.tree):
                yield from _flags(source, node)


def _flags(source: Source, node: ast.AST) -> Iterator[str]:
    name = _name(node)
    if FLAG.fullmatch(name):
        yield f"{source.path} speaks of {name}: wiring decides that"
    for question in _questions(node):
        asked = {_name(part) for part in ast.walk(question)} & ASKED
        if asked:
            yield source.at(question, f"a decision asks for {' '.join(sorted(asked))}")
    if isinstance(node, ast.Compare):
        words = {p.value for p in ast.walk(node) if isinstance(p, ast.Constant)}
        worlds = sorted(w for w in words if isinstance(w, str) and WORLD_WORD.fullmatch(w.lower()))
        if worlds:
            yield source.at(node, f"a decision compares with {' '.join(worlds)}")


def _name(node: ast.AST) -> str:
    for kind, field in ((ast.Name, "id"), (ast.Attribute, "attr"), (ast.arg, "arg")):
        if isinstance(node, kind):
            return str(getattr(node, field))
    return (node.arg or "") if isinstance(node, ast.keyword) else ""


def _questions(node: ast.AST) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        return (node.test,)
    if isinstance(node, ast.Match):
        return (node.subject,)
    return (node.slice,) if isinstance(node, ast.Subscript) else ()


def free_dice(sources: Sequence[Source]) -> Iterator[str]:
    """Yield numpy generators made without a seed."""
    for source in under(sources, "src"):
        for node in ast.walk(source.tree):
            bare = isinstance(node, ast.Call) and not node.args and not node.keywords
            if isinstance(node, ast.Call) and bare and _name(node.func) in SEEDED:
                yield source.at(node, f"{_name(node.func)}() without a seed")


def stubs(sources: Sequence[Source]) -> Iterator[str]:
    """Yield functions outside Protocols that do nothing yet."""
    for source in under(sources, "src"):
        ports = {id(p) for c in source.classes() for p in c.body if is_protocol(c)}
        for node in source.functions():
            empty = any(ast.unparse(line) in {"...", "pass"} for line in node.body)
            refuses = any("NotImplementedError" in ast.unparse(line) for line in node.body)
            if id(node) not in ports and (refuses or (empty and not _is_shape(node))):
                yield source.at(node, f"{node.name} is a stub")


def _is_shape(node: Function) -> bool:
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    return any(mark.endswith(("overload", "abstractmethod")) for mark in marks)
