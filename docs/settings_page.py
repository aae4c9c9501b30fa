"""Writes docs/settings.md from what the code declares: `python docs/settings_page.py`."""

from itertools import groupby
from pathlib import Path

from jennie_cli.settings import Declared, allowed, declarations, write_value

PAGE = Path(__file__).with_name("settings.md")
HEAD = """# Settings

Written by `docs/settings_page.py` from the code; edit the sentence where the setting is declared.

A value comes from the first of these that has one: command line, environment,
`jennie config set`, `config.toml`, default. `jennie config show` tells which one it was.
"""
COLUMNS = (
    "| setting | default | allowed | environment | meaning |\n| --- | --- | --- | --- | --- |\n"
)


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(
        f"\n## {section or 'house'}\n\n{COLUMNS}" + "".join(map(_row, declared))
        for section, declared in groupby(declarations(), lambda d: d.key.rpartition(".")[0])
    )


def _row(item: Declared) -> str:
    default = write_value(item.spec.default)
    unit = f" {item.spec.unit}" if item.spec.unit else ""
    cells = (
        f"`{item.key}`",
        f"`{default}`{unit}" if default else "(empty)",
        allowed(item.spec, item.kind),
        f"`{item.env}`",
        item.spec.doc.replace("|", "\\|"),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
