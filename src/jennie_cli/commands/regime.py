"""The market's state and what it rests on."""

import typer

from jennie_cli.commands.scout import Day
from jennie_cli.commands.session import current, family

app = family("regime")


@app.callback()
def regime() -> None:
    """Keep `show` a command of its own although it is the only one."""


@app.command()
def show(ctx: typer.Context, day: Day = None) -> None:
    """Show the five-state regime with its components."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    scouting.show_regime(current(ctx), day.date() if day else None)
