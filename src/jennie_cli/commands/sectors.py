"""The 14 sector groups with their heat and what it allows."""

import typer

from jennie_cli.commands.scout import Day, RunId
from jennie_cli.commands.session import current, family

app = family("sectors")


@app.callback()
def sectors() -> None:
    """Keep `show` a command of its own although it is the only one."""


@app.command()
def show(ctx: typer.Context, day: Day = None, run_id: RunId = None) -> None:
    """Show the 14 sectors with tier, return, caps and holdings: now, on a day, or of a run."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    scouting.show_sectors(current(ctx), day.date() if day else None, run_id)
