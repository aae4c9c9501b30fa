"""Writes docs/cli.md from the help of every command: `python docs/cli_page.py`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from jennie_cli.commands.families import FAMILIES
from jennie_cli.commands.root_help import root_help
from jennie_cli.main import help_page, root

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# Every command

Written by `docs/cli_page.py` from the help texts; edit the sentence where the command is declared.
"""


def page() -> str:
    """Return the whole page."""
    families = [f.name for f in FAMILIES]
    found = {name: root().get_command(None, name) for name in families}
    blocks = (_block(w) for name in families for w in _commands((name,), found[name]))
    return HEAD + f"\n## jennie\n\n```text\n{root_help()}```\n" + "".join(blocks)


def _commands(words: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _commands((*words, name), inner)


def _block(words: tuple[str, ...]) -> str:
    return f"\n## jennie {' '.join(words)}\n\n```text\n{help_page(words)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
