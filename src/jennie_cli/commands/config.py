"""Settings with value, default and source; `set` checks before it writes."""

from typing import Annotated, Any

import typer

from jennie_cli.commands.output import table
from jennie_cli.commands.session import current, family
from jennie_cli.settings import Entry, allowed, write_value
from jennie_cli.wiring import change_setting

app = family("config")


@app.command()
def show(
    ctx: typer.Context,
    prefix: Annotated[str, typer.Argument(help="Only keys that start with this")] = "",
) -> None:
    """Show settings with value, default and source."""
    session = current(ctx)
    entries = session.house.settings.entries(prefix)
    session.out.answer(
        {"settings": [_document(e) for e in entries]},
        lambda: table(
            ("key", "value", "default", "source"),
            [
                (
                    e.declared.key,
                    write_value(e.value),
                    write_value(e.declared.spec.default),
                    e.source,
                )
                for e in entries
            ],
        ),
    )


@app.command()
def get(ctx: typer.Context, key: str) -> None:
    """Show one setting: value, default, source, range and meaning."""
    session = current(ctx)
    entry = session.house.settings.entry(key)
    session.out.answer(_document(entry), lambda: write_value(entry.value))


@app.command("set")
def set_value(ctx: typer.Context, key: str, value: str) -> None:
    """Change a setting of this home. Secrets have their own command."""
    session = current(ctx)
    change = change_setting(session.house, key, value, who="cli")
    session.out.answer(
        {"key": change.key, "old": change.old, "value": change.new, "stored_in": change.where},
        lambda: f"{change.key} = {write_value(change.new)}   (was {write_value(change.old)})",
    )


@app.command()
def path(ctx: typer.Context) -> None:
    """Show where the settings file of this home is."""
    session = current(ctx)
    file = session.house.folder.config
    session.out.answer({"path": file, "exists": file.exists()}, lambda: str(file))


def _document(entry: Entry) -> dict[str, Any]:
    spec = entry.declared.spec
    return {
        "key": entry.declared.key,
        "value": entry.value,
        "default": spec.default,
        "source": entry.source,
        "unit": spec.unit or None,
        "allowed": allowed(spec, entry.declared.kind),
        "env": entry.declared.env,
        "doc": spec.doc,
    }
