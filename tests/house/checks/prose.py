"""Prose earns its place: captions, a line for a public name, a sentence for a test, no debris."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from tests.house.checks.sources import Function, Source, methods, under

# spelt in pieces, so that this file does not find itself
DEBRIS = {
    "a note to do it later": re.compile("TO" + "DO|FIX" + "ME|XX" + "X"),
    "a path of one machine": re.compile("/wo" + r"rk/|/tm" + r"p/w\b|/ro" + "ot/"),
    "the host of a registry": re.compile(
        "py" + r"pi\.(org|io)|python" + r"hosted|/sim" + r"ple\b|--(extra-)?ind" + "ex-url",
        re.IGNORECASE,
    ),
}
SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z가-힣]")


def captions(sources: Sequence[Source]) -> Iterator[str]:
    """Yield `__init__` files that hold more than a one-line caption and their public names."""
    for source in under(sources, "src"):
        if source.path.name == "__init__.py":
            yield from (f"{source.path} {complaint}" for complaint in _caption(source.tree))


def _caption(tree: ast.Module) -> Iterator[str]:
    caption = ast.get_docstring(tree, clean=False)
    if caption is None or "\n" in caption:
        yield "needs a caption of one line"
    imported: list[str] = []
    exported: list[str] | None = None
    for node in tree.body[1:]:
        if isinstance(node, ast.ImportFrom):
            imported += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            exported = list(ast.literal_eval(node.value))
        else:
            yield f"line {node.lineno} is neither a caption nor a public name"
    if set(exported or []) != set(imported):
        yield "exports other names than it imports"
    if exported is not None and exported != sorted(exported, key=_order):
        yield "has an unsorted __all__"


def _order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def silent_names(sources: Sequence[Source]) -> Iterator[str]:
    """Yield modules, public classes and functions of the engine without a docstring."""
    for source in sources:
        if source.in_engine:
            if ast.get_docstring(source.tree) is None:
                yield f"{source.path} does not say why it exists"
            for node in _public(source.tree):
                if ast.get_docstring(node) is None:
                    yield source.at(node, f"{node.name} has no docstring")


def _public(tree: ast.Module) -> Iterator[ast.ClassDef | Function]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (part for part in methods(node) if not part.name.startswith("_"))


def silent_tests(sources: Sequence[Source]) -> Iterator[str]:
    """Yield tests that do not state their behaviour in one sentence."""
    for source in under(sources, "tests"):
        for node in source.functions():
            if node.name.startswith("test_"):
                sentence = ast.get_docstring(node) or ""
                if not sentence or "\n\n" in sentence or SECOND_SENTENCE.search(sentence):
                    yield source.at(node, f"{node.name} needs one sentence")


def debris(texts: Mapping[str, str]) -> Iterator[str]:
    """Yield lines of any text file that hold what must not be kept, by path and line."""
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            for what, pattern in DEBRIS.items():
                if pattern.search(line):
                    yield f"{path}:{number} holds {what}"
