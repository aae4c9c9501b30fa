"""The built-in exchange: one for any client of KIS, and the world of this home with its clock."""

from datetime import datetime
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from jennie_cli.commands.argv import UsageError, moment
from jennie_cli.commands.session import Session, current, family
from jennie_cli.wiring import (
    ExchangePlan,
    OpenedExchange,
    fault_table,
    home_exchange,
    host_world,
    newest_generated_day,
    serve_exchange,
)

app = family("sim")
clock = typer.Typer(name="clock", help="The world's own clock", rich_markup_mode=None)
app.add_typer(clock)

_MOST_CASH = 10**15


class _WithFaults(TyperCommand):
    """A command whose help ends with the table of faults, read only when the help is drawn."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the table below the options."""
        del ctx
        with formatter.section("Faults, as NAME[:p=0.05][:n=3][:path=order-cash][:ms=2000]"):
            formatter.write_dl([*fault_table().items()])


@app.command(cls=_WithFaults)
def serve(  # noqa: PLR0917  # one parameter an option
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="REST and WebSocket; 0 takes a free one")
    ] = 0,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the generated market")] = None,
    speed: Annotated[str, typer.Option(help="Exchange seconds a second: 0 stands, or max")] = "1",
    tape: Annotated[str, typer.Option(help="File or folder of real minute bars to play")] = "",
    fault: Annotated[list[str] | None, typer.Option(help="Switch a fault on; see below")] = None,
    at: Annotated[
        str, typer.Option(help="When to open: HH:MM of the first day, or a time")
    ] = "09:00",
    wall: Annotated[str, typer.Option("--clock", help="wall: follow the machine's clock")] = "",
    cash: Annotated[
        int | None, typer.Option(min=0, max=_MOST_CASH, help="Won on a new account")
    ] = None,
    paper: Annotated[
        bool, typer.Option("--paper", help="Answer as the 모의투자 host does")
    ] = False,
    orders: Annotated[str, typer.Option(help="Orders with exchange times, one JSON a line")] = "",
) -> None:
    """Open an exchange that speaks KIS on 127.0.0.1, for any client, until Ctrl-C.

    Any app key of 36 characters with any secret of 180 is let in; an account of 8+2 digits opens
    when it is first used. It keeps nothing: stop it, and its accounts are gone.
    """
    if wall not in {"", "wall"}:
        raise UsageError("--clock of sim serve takes only the word wall.", hint="--clock wall")
    session = current(ctx)
    plan = ExchangePlan(
        port=port,
        seed=seed,
        speed=speed,
        tape=tape,
        faults=tuple(fault or ()),
        at=at,
        wall=bool(wall),
        cash=cash,
        paper=paper,
        orders=orders,
    )
    serve_exchange(session.house, plan, told=lambda opened: _opened(session, opened))


def _opened(session: Session, opened: OpenedExchange) -> None:
    session.out.talk(
        f"KIS {opened.mode}: {opened.url}  {opened.ws_url}/tryitout  "
        f"{opened.market}, {opened.stocks} stocks, {opened.now.isoformat()}. Ctrl-C stops it."
    )
    if session.out.as_json:
        session.out.document(
            {
                "url": opened.url,
                "ws_url": opened.ws_url,
                "mode": opened.mode,
                "market": opened.market,
                "seed": opened.seed,
                "now": opened.now,
                "stocks": opened.stocks,
                "cash": opened.cash,
            }
        )


@app.command()
def status(ctx: typer.Context) -> None:
    """Show the world of this home: seed, clock, today's session, newest generated day."""
    session = current(ctx)
    world = session.house.world
    with home_exchange(session.house) as running:
        told = running.status() if running else None
    now = datetime.fromisoformat(told["now"]) if told else world.now
    document = {
        **_moment(session, now),
        "seed": world.seed,
        "newest_day": newest_generated_day(session.house),
        "file": world.path,
        "running": told,
    }
    session.out.answer(document, lambda: _drawn(document))


@clock.command()
def show(ctx: typer.Context) -> None:
    """Show the moment the world stands at."""
    session = current(ctx)
    with home_exchange(session.house) as running:
        _tell(session, running.time().now if running else session.house.world.now)


@clock.command("set")
def set_clock(
    ctx: typer.Context,
    time: Annotated[str, typer.Argument(help="Such as 2025-07-01T10:15:00+09:00")],
) -> None:
    """Move the world forward to a moment; it never steps back."""
    session, to = current(ctx), moment("TIME", time)
    house = session.house
    with home_exchange(house) as running:
        now = running.advance(to=to).now if running else house.world.set(to, house.calendar).now
    _tell(session, now)


@clock.command("next")
def next_morning(ctx: typer.Context) -> None:
    """Move the world to the next half hour before an opening."""
    session = current(ctx)
    house = session.house
    with home_exchange(house) as running:
        now = running.next_morning().now if running else house.world.next(house.calendar).now
    _tell(session, now)


@app.command(hidden=True)
def host(ctx: typer.Context) -> None:
    """Run the exchange of this home until nobody needs it; order commands start it themselves."""
    session = current(ctx)
    host_world(session.house, told=session.out.talk)


def _tell(session: Session, now: datetime) -> None:
    session.out.answer(_moment(session, now), now.isoformat)


def _moment(session: Session, now: datetime) -> dict[str, Any]:
    hours = session.house.calendar.session(now.date())
    return {
        "now": now,
        "session": {"open": hours.open, "close": hours.close} if hours else None,
        "phase": hours.phase(now) if hours else None,
    }


def _drawn(document: dict[str, Any]) -> str:
    hours = document["session"]
    today = f"{hours['open']:%H:%M}-{hours['close']:%H:%M}" if hours else "no session"
    return "\n".join(
        (
            f"Clock    {document['now'].isoformat()}  ({document['phase'] or 'closed'}, {today})",
            f"Seed     {document['seed']}",
            f"Newest   {document['newest_day'] or 'nothing generated yet'}",
            f"File     {document['file']}",
            f"Exchange {_exchange(document['running'])}",
        )
    )


def _exchange(told: dict[str, Any] | None) -> str:
    if told is None:
        return "not running; an order starts it"
    pace = told["pace"] if not told["speed"] else f"{told['speed']:g} times real time"
    return f"running, clock {pace}, {told['sockets']} sockets"
