"""The page of commands is the help of the commands."""

import runpy
from pathlib import Path

TOP = Path(__file__).parents[3]


def test_the_page_of_commands_is_current() -> None:
    """`python docs/cli_page.py` would change nothing."""
    script = runpy.run_path(str(TOP / "docs" / "cli_page.py"))
    assert script["page"]() == (TOP / "docs" / "cli.md").read_text("utf-8")
