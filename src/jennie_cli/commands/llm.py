"""Models: which to take, fetching one, asking it, what it costs, and whether all is well.

The work is in `modelling`, imported when a command runs: its help must not pay for the engine.
"""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("llm")

_MOST_STDIN = 100_000


class TierName(StrEnum):
    """How much thought a question is worth."""

    FAST = "fast"
    REASONING = "reasoning"
    THINKING = "thinking"


@app.command()
def models(ctx: typer.Context) -> None:
    """List models worth having by memory; marks what is here and in use."""
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
def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="In quotes; - reads it from stdin")],
    *,
    tier: Annotated[TierName, typer.Option(help="How much thought it is worth")] = TierName.FAST,
    provider: Annotated[
        str | None, typer.Option(help="Who is asked, such as local or cloud (default: the tier's)")
    ] = None,
    max_tokens: Annotated[
        int, typer.Option(min=64, max=32_768, help="Longest answer in tokens")
    ] = 1024,
) -> None:
    """Ask a model; shows who answered, tokens, seconds and cost."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    words = sys.stdin.read(_MOST_STDIN) if question == "-" else question
    modelling.ask(current(ctx), words, tier=tier.value, provider=provider, max_tokens=max_tokens)


@app.command()
def bench(
    ctx: typer.Context,
    *,
    requests: Annotated[int, typer.Option(min=2, max=128, help="How many questions")] = 8,
) -> None:
    """Measure the local model: questions one by one, then all at once."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.bench(current(ctx), requests=requests)


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
    """Check what asking needs; exit code 3 when something fails."""
    from jennie_cli.commands import modelling  # noqa: PLC0415  # --help imports no engine

    modelling.doctor(current(ctx))
