"""News: collected from its sources, judged by a model, archived for searching, shown.

The work is in `newsroom`, imported when a command runs: its help must not pay for numpy.
"""

from typing import Annotated

import typer

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import current, family

app = family("news")

Follow = Annotated[
    bool, typer.Option("--once/--follow", help="End when all is done, or go on until Ctrl-C")
]


@app.command()
def collect(
    ctx: typer.Context,
    *,
    once: Follow = True,
    sources: Annotated[
        str, typer.Option(metavar="A,B", help="Only these sources, such as naver,dart")
    ] = "",
) -> None:
    """Ask every source what is new and put it on the streams, each text once."""
    from jennie_cli.commands import newsroom  # noqa: PLC0415  # --help imports no engine

    names = tuple(dict.fromkeys(n for n in (s.strip() for s in sources.split(",")) if n))
    newsroom.collect(current(ctx), only=names, follow=not once)


@app.command()
def analyze(
    ctx: typer.Context,
    *,
    once: Follow = True,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Ask again about what no model could judge")
    ] = False,
) -> None:
    """Have a model judge what was collected: sentiment, and what competitors may gain."""
    from jennie_cli.commands import newsroom  # noqa: PLC0415  # --help imports no engine

    if backfill and not once:
        raise UsageError("--backfill ends by itself and does not follow.", hint="--backfill")
    session = current(ctx)
    if backfill:
        newsroom.backfill(session)
    else:
        newsroom.analyze(session, follow=not once)


@app.command()
def search(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help='What it is about, such as "2차전지 수주"')],
    *,
    stock: Annotated[str | None, typer.Option(help="Only of this stock, by code or name")] = None,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back")] = 90,
    top: Annotated[int, typer.Option(min=1, max=100, help="How many")] = 10,
) -> None:
    """Find archived news by meaning and by words, best first."""
    from jennie_cli.commands import searching  # noqa: PLC0415  # --help imports no engine

    searching.search(current(ctx), question, stock=stock, days=days, most=top)


@app.command()
def index(ctx: typer.Context) -> None:
    """Make the vectors that archived news lacks, such as after a change of the model."""
    from jennie_cli.commands import searching  # noqa: PLC0415  # --help imports no engine

    searching.index(current(ctx))


@app.command()
def login(ctx: typer.Context) -> None:
    """Sign in to Telegram with an account of one's own, to read channels without a preview."""
    from jennie_cli.commands import newsroom  # noqa: PLC0415  # --help imports no engine

    newsroom.login(current(ctx))


@app.command()
def archive(ctx: typer.Context, *, once: Follow = True) -> None:
    """Cut what was collected into pieces and keep them for searching."""
    from jennie_cli.commands import newsroom  # noqa: PLC0415  # --help imports no engine

    newsroom.archive(current(ctx), follow=not once)


@app.command()
def show(
    ctx: typer.Context,
    stock: Annotated[
        str | None, typer.Argument(metavar="[STOCK]", help="Code or name; without it, all")
    ] = None,
    *,
    most: Annotated[int, typer.Option("--most", min=1, max=500, help="How many")] = 20,
) -> None:
    """Show the newest news with its judgement, newest first."""
    from jennie_cli.commands import newsroom  # noqa: PLC0415  # --help imports no engine

    newsroom.show(current(ctx), stock, most=most)
