"""Runs past sessions through the rules that trade live ones, and shows what came of it.

The work is in `backtesting`, imported when a command runs: its help must not pay for numpy.
"""

from datetime import datetime
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("backtest")

_DAY = ["%Y-%m-%d"]
Which = Annotated[str | None, typer.Argument(help="Which backtest (default: the newest)")]


@app.command()
def run(  # one parameter an option
    ctx: typer.Context,
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="First session")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_DAY, help="Last session")
    ] = None,
    capital: Annotated[int, typer.Option(min=1_000_000, help="Won to begin with")] = 100_000_000,
    strategy: Annotated[
        list[str] | None, typer.Option(help="Only this strategy; may be repeated")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE instead of the home's setting")
    ] = None,
    assume_score: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Hybrid score of stocks on days without a watchlist"),
    ] = None,
    assume_regime: Annotated[
        str | None, typer.Option(help="Regime of days on which none is known")
    ] = None,
) -> None:
    """Trade recorded sessions by the rules of this home; keep and show what came of it."""
    from jennie_cli.commands import backtesting  # noqa: PLC0415  # --help imports no engine

    wish = backtesting.Wish(
        first=first.date() if first else None,
        last=last.date() if last else None,
        capital=capital,
        strategies=tuple(strategy or ()),
        settings=tuple(settings or ()),
        assume_score=assume_score,
        assume_regime=assume_regime,
    )
    backtesting.run(current(ctx), wish)


@app.command()
def show(ctx: typer.Context, backtest: Which = None) -> None:
    """Show a kept backtest again."""
    from jennie_cli.commands import backtesting  # noqa: PLC0415  # --help imports no engine

    backtesting.show(current(ctx), backtest)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the kept backtests, newest first."""
    from jennie_cli.commands import backtesting  # noqa: PLC0415  # --help imports no engine

    backtesting.list_all(current(ctx))


@app.command()
def compare(
    ctx: typer.Context,
    one: Annotated[str, typer.Argument(help="A backtest")],
    other: Which = None,
) -> None:
    """Set two backtests side by side: what was asked, and what came of it."""
    from jennie_cli.commands import backtesting  # noqa: PLC0415  # --help imports no engine

    backtesting.compare(current(ctx), one, other)
