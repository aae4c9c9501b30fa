"""Python sources as syntax trees, read from the house or planted by a test."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One module: its path from the top of the repository, its text and its syntax tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the engine room this module belongs to, empty outside the engine."""
        parts = self.path.parts
        inside = parts[:3] == ("src", "jennie_cli", "engine") and len(parts) > 4
        return parts[3] if inside else ""

    @property
    def in_engine(self) -> bool:
        """Return whether this module belongs to the engine."""
        return self.path.is_relative_to("src/jennie_cli/engine")

    def at(self, node: ast.stmt | ast.expr | ast.arg, complaint: str) -> str:
        """Return a complaint with its place."""
        return f"{self.path}:{node.lineno} {complaint}"

    def functions(self) -> Iterator[Function]:
        """Yield every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield every class."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


def planted(path: str, text: str) -> Source:
    """Return a module that exists only in a test."""
    return Source(path=PurePosixPath(path), text=text, tree=ast.parse(text))


def read(top: Path, *folders: str) -> tuple[Source, ...]:
    """Return every module under the folders of a repository, sorted by path."""
    files = sorted(file for folder in folders for file in (top / folder).rglob("*.py"))
    return tuple(
        planted(file.relative_to(top).as_posix(), file.read_text("utf-8")) for file in files
    )


def under(sources: Iterable[Source], folder: str) -> tuple[Source, ...]:
    """Return the modules below one folder."""
    return tuple(source for source in sources if source.path.is_relative_to(folder))


def is_protocol(node: ast.ClassDef) -> bool:
    """Return whether a class is a Protocol, plain or generic."""
    names = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return any(ast.unparse(name).split(".")[-1] == "Protocol" for name in names)


def methods(node: ast.ClassDef) -> list[Function]:
    """Return the functions of a class body."""
    return [part for part in node.body if isinstance(part, Function)]
