"""Models: which to take, fetching one, asking it, what it costs, and whether all is well.

The work is in `modelling`, imported when a command runs: its help must not pay for the engine.
"""

from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("llm")


@app.command()
def models(ctx: typer.Context) -> None:
    """List models worth having, by the memory they need; what is here and in use is marked."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.models(current(ctx))


@app.command()
def pull(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(metavar="NAME|URL", help="From `llm models`, or https")],
    *,
    sha256: Annotated[
        str | None, typer.Option("--sha256", help="Checksum that the file must have")
    ] = None,
    use: Annotated[bool, typer.Option("--use", help="Make it this home's local model")] = False,
) -> None:
    """Fetch a model file; run again to go on where it stopped."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.pull(current(ctx), model, sha256=sha256, use=use)


@app.command()
def stats(
    ctx: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days, today included")] = 7,
) -> None:
    """Show calls, failures, tokens, seconds and cost by service and model."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.stats(current(ctx), days)


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Check what asking a model needs; exit code 3 when something fails."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.doctor(current(ctx))
