"""Trades by hand, through the same stamp as everything else, and moves the trading flags.

The work is in `commands/trading`, imported when a command runs: its help must not pay for numpy.
"""

# ruff: noqa: PLC0415  # --help imports no engine

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from jennie_cli.commands.session import current, family

app = family("trade")


class VenueName(StrEnum):
    """Where an order may go."""

    KRX = "KRX"
    NXT = "NXT"
    SOR = "SOR"


Stock = Annotated[str, typer.Argument(metavar="STOCK", help="Code or name")]
Stocks = Annotated[
    list[str] | None, typer.Argument(metavar="STOCK", help="Codes or names", show_default=False)
]
OrderId = Annotated[
    str, typer.Argument(metavar="ORDER", help="Our id, its beginning, or the broker's number")
]
Qty = Annotated[int | None, typer.Argument(metavar="QTY", min=1, help="Shares")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="PRICE", help="Limit in won; else at market")
]
At = Annotated[
    VenueName, typer.Option("--venue", case_sensitive=False, help="Exchange that takes the order")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing (for scripts)")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record")]


@app.command()
def buy(
    ctx: typer.Context,
    stock: Stock,
    qty: Qty = None,
    *,
    limit: Limit = None,
    venue: At = VenueName.KRX,
    yes: Yes = False,
) -> None:
    """Buy; without QTY for 20 % of the cash, at most the cap of an order."""
    _order(ctx, "buy", stock, qty=qty, price=limit, venue=venue, yes=yes)


@app.command()
def sell(
    ctx: typer.Context,
    stock: Stock,
    qty: Qty = None,
    *,
    limit: Limit = None,
    venue: At = VenueName.KRX,
    yes: Yes = False,
) -> None:
    """Sell; without QTY all that can be sold."""
    _order(ctx, "sell", stock, qty=qty, price=limit, venue=venue, yes=yes)


@app.command()
def modify(
    ctx: typer.Context,
    order: OrderId,
    *,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="PRICE", help="The new limit in won")
    ],
    yes: Yes = False,
) -> None:
    """Give what is open of an order a new limit price; the broker gives it a new number."""
    from jennie_cli.commands.trading import ordering

    ordering.modify(current(ctx), order, price=limit, yes=yes)


@app.command()
def cancel(ctx: typer.Context, order: OrderId, *, yes: Yes = False) -> None:
    """Take back what is open of an order."""
    from jennie_cli.commands.trading import ordering

    ordering.cancel(current(ctx), order, yes=yes)


@app.command()
def orders(
    ctx: typer.Context,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Of every day")] = False,
) -> None:
    """List today's orders and those still open."""
    from jennie_cli.commands.trading import reading

    reading.orders(current(ctx), everything=everything)


@app.command()
def fills(
    ctx: typer.Context,
    *,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Of this day")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Of every day")] = False,
) -> None:
    """List today's fills with fees and tax."""
    from jennie_cli.commands.trading import reading

    reading.fills(current(ctx), day=day.date() if day else None, everything=everything)


@app.command()
def positions(ctx: typer.Context) -> None:
    """Show what is held, and the cash."""
    from jennie_cli.commands.trading import reading

    reading.account(current(ctx))


@app.command()
def balance(ctx: typer.Context) -> None:
    """Show the cash, and what is held."""
    from jennie_cli.commands.trading import reading

    reading.account(current(ctx))


@app.command()
def reconcile(
    ctx: typer.Context,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Take over the broker's figures where they differ")
    ] = False,
) -> None:
    """Compare our ledger with the broker's records; change nothing without --apply."""
    from jennie_cli.commands.trading import reconciling

    reconciling.reconcile(current(ctx), apply=apply)


@app.command()
def pause(ctx: typer.Context, *, reason: Reason = "") -> None:
    """No new automatic buys; sales and what you order yourself go on."""
    _put(ctx, "pause", up=True, reason=reason)


@app.command()
def stop(ctx: typer.Context, *, reason: Reason = "", yes: Yes = False) -> None:
    """Freeze: nothing automatic leaves, and nothing is bought; you can still sell."""
    from jennie_cli.commands.trading import flagging

    flagging.stop(current(ctx), reason=reason, yes=yes)


@app.command()
def resume(ctx: typer.Context, *, reason: Reason = "") -> None:
    """Lift pause and stop, and show what is open."""
    from jennie_cli.commands.trading import flagging

    flagging.resume(current(ctx), reason=reason)


@app.command()
def dryrun(
    ctx: typer.Context,
    *,
    off: Annotated[bool, typer.Option("--off", help="Send orders again")] = False,
    reason: Reason = "",
) -> None:
    """Stamp and record orders without sending them."""
    _put(ctx, "dryrun", up=not off, reason=reason)


@app.command()
def run(
    ctx: typer.Context,
    *,
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="HH:MM of the day, or close")
    ] = "close",
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed", min=0.1, help="sim: exchange seconds a second; else as fast as it goes"
        ),
    ] = None,
) -> None:
    """Run the session: scan the watchlist, buy, watch what is held, and sell, until the close."""
    from jennie_cli.commands.trading import running

    running.run(current(ctx), until=until, speed=speed)


@app.command()
def explain(
    ctx: typer.Context,
    stock: Stock,
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="HH:MM[:SS] of the newest day, a day, or both"),
    ] = None,
) -> None:
    """Tell why a stock was or was not traded, by every rule that was asked; -v adds figures."""
    from jennie_cli.commands.trading import explaining

    explaining.explain_stock(current(ctx), stock, at)


@app.command()
def flatten(ctx: typer.Context, *, yes: Yes = False) -> None:
    """Take back every open order, then sell everything at market."""
    from jennie_cli.commands.trading import leaving

    leaving.flatten(current(ctx), yes=yes)


@app.command()
def watch(ctx: typer.Context, stocks: Stocks = None) -> None:
    """Add stocks to those that the session listens to; without any, list them."""
    from jennie_cli.commands.trading import watching

    watching.watch(current(ctx), stocks or ())


@app.command()
def unwatch(
    ctx: typer.Context,
    stocks: Annotated[list[str], typer.Argument(metavar="STOCK", help="Codes or names")],
) -> None:
    """Take stocks added by hand from the list again."""
    from jennie_cli.commands.trading import watching

    watching.unwatch(current(ctx), stocks)


@app.command()
def alert(
    ctx: typer.Context,
    stock: Stock,
    price: Annotated[int | None, typer.Argument(metavar="PRICE", min=1, help="Won")] = None,
    *,
    above: Annotated[
        bool | None, typer.Option("--above/--below", help="Else from the price now towards it")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take back: this price, or all of the stock")
    ] = False,
) -> None:
    """Be told once when a stock reaches a price, within seven days."""
    from jennie_cli.commands.trading import alerting
    from jennie_cli.engine.store import Way

    way = None if above is None else Way.ABOVE if above else Way.BELOW
    ask = alerting.remove if remove else alerting.alert
    ask(current(ctx), stock, price, way=way)


@app.command()
def alerts(ctx: typer.Context) -> None:
    """List the price alerts that wait."""
    from jennie_cli.commands.trading import alerting

    alerting.alerts(current(ctx))


@app.command()
def liquidate(
    ctx: typer.Context,
    stocks: Stocks = None,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Keep these after all")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Keep all of them after all")] = False,
    show: Annotated[bool, typer.Option("--list", help="Only list them")] = False,
    yes: Yes = False,
) -> None:
    """Let the running session sell all of some holdings by the close, even while stopped."""
    from jennie_cli.commands.trading import liquidating

    liquidating.liquidate(
        current(ctx), stocks or (), remove=remove, clear=clear, show=show, yes=yes
    )


@app.command()
def approve(
    ctx: typer.Context,
    stocks: Annotated[
        list[str] | None, typer.Argument(metavar="STOCK", help="Codes, names or order ids")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that wait")] = False,
    no: Annotated[bool, typer.Option("--no", help="Decline instead")] = False,
) -> None:
    """Let buys leave that the session asks about (trading.auto = approve); alone, list them."""
    from jennie_cli.commands.trading import approving

    approving.approve(current(ctx), stocks or (), everything=everything, no=no)


@app.command("max-buy")
def max_buy(
    ctx: typer.Context,
    count: Annotated[int | None, typer.Argument(metavar="COUNT", min=0, help="A day")] = None,
) -> None:
    """Set how many automatic buys a day may have; without COUNT, tell it."""
    from jennie_cli.commands.trading import limiting

    limiting.max_buy(current(ctx), count)


@app.command()
def mute(
    ctx: typer.Context,
    minutes: Annotated[
        int | None, typer.Argument(metavar="MINUTES", min=1, max=1440, help="From now on")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Be told again")] = False,
) -> None:
    """Silence notices for a while, alarms excepted; without MINUTES, tell until when."""
    from jennie_cli.commands.trading import limiting

    limiting.mute(current(ctx), minutes, off=off)


def _order(
    ctx: typer.Context,
    side: str,
    stock: str,
    *,
    qty: int | None,
    price: int | None,
    venue: VenueName,
    yes: bool,
) -> None:
    from jennie_cli.commands.trading import ordering
    from jennie_cli.engine.model import Side, Venue

    ordering.order(
        current(ctx), Side(side), stock, qty=qty, price=price, venue=Venue(venue), yes=yes
    )


def _put(ctx: typer.Context, flag: str, *, up: bool, reason: str) -> None:
    from jennie_cli.commands.trading import flagging
    from jennie_cli.engine.model import Flag

    flagging.put(current(ctx), Flag(flag), up=up, reason=reason)
