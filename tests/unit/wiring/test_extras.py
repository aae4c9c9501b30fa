"""Optional packages."""

import tomllib
from pathlib import Path

import pytest

from jennie_cli.engine.errors import ExitCode, ExtraMissing
from jennie_cli.wiring import EXTRAS, need_extra
from jennie_cli.wiring.extras import Extra

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_extras_are_those_of_the_package() -> None:
    """What `doctor` lists can be installed."""
    declared = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(declared) - {"all"} == {e.name for e in EXTRAS}


def test_an_absent_extra_stops_its_command_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 3, what was asked for, and one line to type."""
    absent = Extra(name="llm", modules=("a_module_nobody_has",), without="no model")
    monkeypatch.setattr("jennie_cli.wiring.extras.EXTRAS", (absent,))
    with pytest.raises(ExtraMissing, match=r"jennie llm ask needs the extra \[llm\]") as caught:
        need_extra("llm", needed_for="jennie llm ask")
    assert 'pip install "jennie-cli[llm]"' == caught.value.hint
    assert ExitCode.SETTINGS is caught.value.exit_code


def test_an_installed_extra_lets_its_command_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported to find out."""
    there = Extra(name="llm", modules=("json", "this"), without="no model")
    monkeypatch.setattr("jennie_cli.wiring.extras.EXTRAS", (there,))
    need_extra("llm", needed_for="jennie llm ask")
