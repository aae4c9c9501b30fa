"""The nine import contracts hold, and each breaks, alone, on the import it forbids."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PLUGIN = "jennie_sample_strategy"
FOLDER = Path("plugins") / "jennie-sample-strategy" / "src"


def contracts() -> list[dict[str, object]]:
    """Return the contracts of the project file."""
    text = (TOP / "pyproject.toml").read_text("utf-8")
    listed: list[dict[str, object]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return listed


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the sources and the project file that a test may spoil."""
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "plugins"):
        shutil.copytree(TOP / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    return tmp_path


def broken(top: Path) -> set[str]:
    """Return the numbers of the contracts that do not hold in a tree."""
    linter = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", linter],
        cwd=top,
        env={"PYTHONPATH": f"{top / 'src'}:{top / FOLDER}"},
        capture_output=True,
        text=True,
        check=False,
    )
    states = dict(re.findall(r"^(\d) .* (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert 9 == len(states), done.stdout + done.stderr
    return {number for number, state in states.items() if state == "BROKEN"}


def plant(top: Path, module: str, text: str) -> None:
    """Write a module below src, with the packages that lead to it."""
    file = top / "src" / "jennie_cli" / module
    for folder in reversed(file.relative_to(top / "src").parents[:-1]):
        (top / "src" / folder).mkdir(exist_ok=True)
        (top / "src" / folder / "__init__.py").touch()
    file.write_text(text, "utf-8")


def test_contracts_hold(copy: Path) -> None:
    """All nine contracts are kept by the tree as it is."""
    assert list("123456789") == [str(c["name"])[0] for c in contracts()]
    assert set() == broken(copy)


@pytest.mark.parametrize(
    ("number", "module", "text"),
    [
        ("1", "settings/planted.py", "import jennie_cli.wiring"),
        ("1", "spare_room/planted.py", "x = 1"),
        ("2", "engine/model/planted.py", "from jennie_cli.engine import store"),
        ("2", "engine/clock/planted.py", "def f():\n    import jennie_cli.engine.feed"),
        ("2", "engine/spare_room/planted.py", "x = 1"),
        (
            "2",
            "engine/store/planted.py",
            "import typing\nif typing.TYPE_CHECKING:\n    import jennie_cli.engine.feed",
        ),
        ("3", "engine/store/planted.py", "import socket"),
        ("3", "engine/clock/planted.py", "def f():\n    from os import path"),
        ("4", "commands/planted.py", "import jennie_cli.adapters.sql"),
        ("5", "adapters/sql/planted.py", "import jennie_cli.adapters.files"),
        ("6", "wiring/planted.py", "def f():\n    import textual"),
        ("9", "engine/store/planted.py", "import pydantic"),
    ],
)
def test_contract_breaks(copy: Path, number: str, module: str, text: str) -> None:
    """A forbidden import breaks the contract meant for it and no other."""
    plant(copy, module, text)
    assert {number} == broken(copy)


@pytest.mark.parametrize("room", ["analyst", "council", "news"])
def test_reply_schemas_may_use_pydantic(copy: Path, room: str) -> None:
    """The three rooms that parse a model's reply may import pydantic."""
    plant(copy, f"engine/{room}/planted.py", "import pydantic")
    assert set() == broken(copy)


@pytest.mark.parametrize(
    ("inside", "numbers"), [("engine.model", "7"), ("adapters", "47"), ("settings", "7")]
)
def test_plugin_breaks_contract(copy: Path, inside: str, numbers: str) -> None:
    """A plugin that imports anything but the public surface breaks contract 7."""
    (copy / FOLDER / PLUGIN / "planted.py").write_text(f"import jennie_cli.{inside}", "utf-8")
    assert set(numbers) == broken(copy)


def test_house_breaks_contract(copy: Path) -> None:
    """A house module that imports a plugin by name breaks contract 8."""
    plant(copy, "wiring/planted.py", f"import {PLUGIN}")
    assert {"8"} == broken(copy)


def unlisted_plugins(top: Path) -> set[str]:
    """Return the packages below plugins that a list of the project file forgot."""
    linter = tomllib.loads((top / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    by_id = {contract["id"]: contract for contract in linter["contracts"]}
    lists = (
        linter["root_packages"],
        by_id["plugin-surface"]["source_modules"],
        by_id["no-favourite-plugin"]["forbidden_modules"],
    )
    packages = {file.parent.name for file in top.glob("plugins/*/src/*/__init__.py")}
    return {package for package in packages for listed in lists if package not in listed}


def test_plugins_are_listed() -> None:
    """Every plugin in the tree stands in the three lists of the import rules."""
    assert set() == unlisted_plugins(TOP)


def test_forgotten_plugin_is_found(copy: Path) -> None:
    """A plugin that is missing from the lists is named."""
    package = copy / "plugins" / "another" / "src" / "another_plugin"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert {"another_plugin"} == unlisted_plugins(copy)
