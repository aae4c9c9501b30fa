"""A recorded session again: the same decisions, byte for byte, or the first difference."""

from datetime import datetime
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("replay")


@app.command()
def replay(
    ctx: typer.Context,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Day of the session")],
    *,
    tape: Annotated[
        int | None, typer.Option(min=1, help="Which run of the day (default: the newest)")
    ] = None,
) -> None:
    """Feed a recorded session to the rules again and compare every decision, byte for byte.

    Exit code 1 at the first difference. Nothing is sent, and the home stays as it is.
    """
    from jennie_cli.commands import replaying  # noqa: PLC0415  # --help imports no engine

    replaying.run(current(ctx), day.date(), tape)
