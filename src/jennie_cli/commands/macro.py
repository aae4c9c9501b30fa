"""The macro side of a day: collected from its sources, kept, and shown with where it comes from.

The work is in `collecting`, imported when a command runs: its help must not pay for numpy.
"""

from datetime import datetime
from typing import Annotated

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import current, family

app = family("macro")


@app.command()
def collect(
    ctx: typer.Context,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only Korea and headlines, over the stored snapshot")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch and judge, but keep and tell nothing")
    ] = False,
    sources: Annotated[
        str, typer.Option(metavar="A,B", help="Only these sources, over the stored snapshot")
    ] = "",
    status: Annotated[
        bool, typer.Option("--status", help="Ask nobody: the last snapshot and the allowances")
    ] = False,
) -> None:
    """Collect the macro figures of now from every source at once and keep the day's snapshot."""
    from jennie_cli.commands import collecting  # noqa: PLC0415  # --help imports no engine

    if status and (quick or dry_run or sources):
        raise UsageError("--status asks nobody and goes with no other option.", hint="--status")
    session = current(ctx)
    if status:
        collecting.status(session)
        return
    names = tuple(dict.fromkeys(n for n in (s.strip() for s in sources.split(",")) if n))
    collecting.collect(session, quick=quick, dry=dry_run, only=names)


@app.command()
def show(
    ctx: typer.Context,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="The last snapshot of this day"),
    ] = None,
    time: Annotated[
        datetime | None,
        typer.Option("--time", formats=["%H:%M"], help="The last one taken by then, in Korea"),
    ] = None,
) -> None:
    """Show the newest snapshot, or what was known of a day by a time, with source and age."""
    from jennie_cli.commands import collecting  # noqa: PLC0415  # --help imports no engine

    if time and not day:
        raise UsageError("--time goes with --date.", hint="--date 2026-03-04 --time 07:30")
    collecting.show(current(ctx), day.date() if day else None, time.time() if time else None)
