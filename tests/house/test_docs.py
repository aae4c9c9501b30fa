"""What the pages tell people to type exists, and both languages tell the same."""

import re
import runpy
from pathlib import Path

import pytest

from jennie_cli.main import main

TOP = Path(__file__).parents[2]
PAGES = [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")]


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(page: Path) -> list[str]:
    """Return the shell lines of a page without their remarks."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [line.split("#")[0].rstrip() for line in lines]


def test_both_readmes_tell_the_same() -> None:
    """The Korean README names the same commands in the same order."""
    assert commands(TOP / "README.md") == commands(TOP / "README.ko.md")


TYPED = {
    " ".join(re.findall(r"(?<= )[a-z]+(?= |$)", re.sub(r" --\w+ \S+", "", line)))
    for page in (TOP / "README.md", TOP / "docs" / "quickstart.md")
    for line in commands(page)
    if line.startswith("jennie ")
} - {""}


@pytest.mark.parametrize("words", sorted(TYPED))
def test_named_command_exists(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that the first pages name is there and has help."""
    assert 0 == main([*words.split(), "--help"])
    assert "Usage: jennie " + words in capsys.readouterr().out


def test_ci_runs_what_the_readme_says() -> None:
    """CI runs the second command of the README, as it is written there."""
    second = commands(TOP / "README.md")[1]
    assert second.endswith(".venv/bin/nox")
    assert second in (TOP / ".ci" / "run").read_text("utf-8").splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file of the repository."""
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [] == [target for target in targets if not (page.parent / target).exists()]


def test_decisions_are_numbered() -> None:
    """Each decision has its own number and the three parts of a decision."""
    pages = sorted((TOP / "docs" / "decisions").glob("0*.md"))
    numbers = [page.name[:4] for page in pages]
    assert sorted(set(numbers)) == numbers
    parts = {"## Context", "## Decision", "## Cost"}
    lacking = {p.name: parts - set(p.read_text("utf-8").splitlines()) for p in pages}
    assert {} == {name: left for name, left in lacking.items() if left}


def test_settings_page_is_current() -> None:
    """The page of settings is what `python docs/settings_page.py` writes."""
    script = runpy.run_path(str(TOP / "docs" / "settings_page.py"))
    assert script["page"]() == (TOP / "docs" / "settings.md").read_text("utf-8")


def packages(folder: str) -> set[str]:
    """Return the names of the packages in a folder of the sources."""
    return {init.parent.name for init in (TOP / "src/jennie_cli" / folder).glob("*/__init__.py")}


def test_architecture_page_draws_the_tree() -> None:
    """The page draws every folder that exists and gives every room its floor, and no other."""
    page = (TOP / "docs" / "architecture.md").read_text("utf-8")
    drawn = set(re.findall(r"^  (\w+)/ ", page, re.MULTILINE))
    adapters = set(re.findall(r"^    (\w+)/ ", page, re.MULTILINE))
    floors = " ".join(re.findall(r"^\| \d+ \|([^|]*)\|", page, re.MULTILINE))
    assert packages(".") == drawn
    assert packages("adapters") == adapters
    assert packages("engine") == set(re.findall(r"`(\w+)`", floors))
