"""The three sages: they rule on the day, what they ruled is shown, and a person may ask them.

The work is in `sitting`, imported when a command runs: its help must not pay for the engine.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("council")

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="The session of this day (default: today)"),
]


@app.command()
def run(
    ctx: typer.Context,
    *,
    day: Day = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask the sages, but keep and tell nothing")
    ] = False,
) -> None:
    """Ask the three sages about the day, keep the insight, and show it."""
    from jennie_cli.commands import sitting  # noqa: PLC0415  # --help imports no engine

    sitting.run(current(ctx), day.date() if day else None, dry=dry_run)


@app.command()
def show(ctx: typer.Context, day: Day = None) -> None:
    """Show the insight of today or of a day; -v adds what each sage said."""
    from jennie_cli.commands import sitting  # noqa: PLC0415  # --help imports no engine

    sitting.show(current(ctx), day.date() if day else None)


@app.command()
def ask(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="The question")],
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="A text file that it is about")
    ] = None,
) -> None:
    """Ask the council a question: two sages at once, the judge on both, then one plan."""
    from jennie_cli.commands import sitting  # noqa: PLC0415  # --help imports no engine

    sitting.ask(current(ctx), query, file)
