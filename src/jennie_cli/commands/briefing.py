"""The daily briefing and the account's snapshot: made, kept, shown and put on paper.

The work is in `reporting`, imported when a command runs: its help must not pay for the engine.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("briefing")

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Of this day (default: the newest)"),
]


@app.command()
def run(ctx: typer.Context) -> None:
    """Take today's figures, have the model comment them, keep the briefing and show it."""
    from jennie_cli.commands import reporting  # noqa: PLC0415  # --help imports no engine

    reporting.run(current(ctx))


@app.command()
def show(
    ctx: typer.Context,
    *,
    day: Day = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write it as one page with charts to this file")
    ] = None,
) -> None:
    """Show a briefing that was kept."""
    from jennie_cli.commands import reporting  # noqa: PLC0415  # --help imports no engine

    reporting.show(current(ctx), day.date() if day else None, html)


@app.command()
def send(
    ctx: typer.Context,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Also to chats that were sent it today")
    ] = False,
) -> None:
    """Send today's briefing to each chat of the bot, once; exit code 6 when one did not get it."""
    from jennie_cli.commands import reporting  # noqa: PLC0415  # --help imports no engine

    reporting.send(current(ctx), again=again)


@app.command()
def snapshot(
    ctx: typer.Context,
    *,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            help="A past day: only what it earned is corrected (default: today)",
        ),
    ] = None,
    settle: Annotated[
        bool, typer.Option("--settle", help="Correct what today earned and nothing else")
    ] = False,
) -> None:
    """Keep what the account is worth today: total, cash, stocks, gains."""
    from jennie_cli.commands import reporting  # noqa: PLC0415  # --help imports no engine

    reporting.snapshot(current(ctx), day.date() if day else None, settle=settle)


@app.command()
def export(
    ctx: typer.Context,
    *,
    month: Annotated[datetime, typer.Option("--month", formats=["%Y-%m"], help="Such as 2026-03")],
) -> None:
    """Print a month's fills with fees, tax and realised profit as CSV."""
    from jennie_cli.commands import reporting  # noqa: PLC0415  # --help imports no engine

    reporting.export(current(ctx), month.year, month.month)
