"""Finds the day's watchlist, shows it again, explains it, and compares runs.

The work is in `scouting`, imported when a command runs: its help must not pay for numpy.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("scout")


class Board(StrEnum):
    """Which boards a run looks at."""

    ALL = "all"
    KOSPI = "kospi"
    KOSDAQ = "kosdaq"


class ScorerName(StrEnum):
    """The scorers one may ask for."""

    V1 = "v1"
    V2 = "v2"


Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="As known at the end of this day"),
]
RunId = Annotated[str | None, typer.Option("--run", help="Which run (default: the newest)")]


@app.command()
def run(
    ctx: typer.Context,
    *,
    day: Day = None,
    universe: Annotated[
        int | None, typer.Option(min=1, max=3000, help="Stocks by market-cap rank")
    ] = None,
    market: Annotated[Board, typer.Option(help="Which boards")] = Board.ALL,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Ask no model")] = False,
    top: Annotated[int | None, typer.Option(min=1, help="Show only the best N")] = None,
    scorer: Annotated[ScorerName | None, typer.Option(help="Which quant scorer decides")] = None,
    stability: Annotated[
        bool | None, typer.Option("--stability/--no-stability", help="Smooth over 3 trade dates")
    ] = None,
) -> None:
    """Run the scout, save the run and its watchlist, and show it."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    wish = scouting.Wish(
        day=day.date() if day else None,
        universe=universe,
        board=None if market is Board.ALL else market.value.upper(),
        use_llm=not no_llm,
        scorer=scorer.value if scorer else None,
        stability=stability,
    )
    scouting.run(current(ctx), wish, top=top)


@app.command()
def show(ctx: typer.Context, run_id: RunId = None) -> None:
    """Show a stored run again; -v shows all of its watchlist and the rules that never fired."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    scouting.show(current(ctx), run_id)


@app.command()
def history(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many runs")] = 20,
) -> None:
    """List past runs, newest first."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    scouting.history(current(ctx), limit)


@app.command("compare")
def compare_runs(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="RUN")],
    second: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Default: the newest run")
    ] = None,
    scorers: Annotated[
        str, typer.Option(help="Compare two scorers on the first run's market, such as v1,v2")
    ] = "",
) -> None:
    """Show what moved between two runs and why, or how two scorers rank one market."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    if scorers:
        scouting.compare_scorers_of(current(ctx), first, scorers)
    else:
        scouting.compare_runs(current(ctx), first, second)


@app.command("explain")
def explain_stock(
    ctx: typer.Context,
    stock: Annotated[str, typer.Argument(help="Code or name")],
    run_id: RunId = None,
) -> None:
    """Show every sub-score of a candidate, and why it is or is not tradable."""
    from jennie_cli.commands import scouting  # noqa: PLC0415  # --help imports no engine

    scouting.explain_stock(current(ctx), stock, run_id)
