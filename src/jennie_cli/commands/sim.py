"""The built-in exchange: the world of this home and its clock."""

from datetime import datetime
from typing import Annotated, Any

import typer

from jennie_cli.commands.argv import moment
from jennie_cli.commands.session import Session, current, family
from jennie_cli.wiring import newest_generated_day

app = family("sim")
clock = typer.Typer(name="clock", help="The world's own clock", rich_markup_mode=None)
app.add_typer(clock)


@app.command()
def status(ctx: typer.Context) -> None:
    """Show the world of this home: seed, clock, today's session, newest generated day."""
    session = current(ctx)
    world = session.house.world
    document = {
        **_moment(session, world.now),
        "seed": world.seed,
        "newest_day": newest_generated_day(session.house),
        "file": world.path,
    }
    session.out.answer(document, lambda: _drawn(document))


@clock.command()
def show(ctx: typer.Context) -> None:
    """Show the moment the world stands at."""
    session = current(ctx)
    _tell(session, session.house.world.now)


@clock.command("set")
def set_clock(
    ctx: typer.Context,
    time: Annotated[str, typer.Argument(help="Such as 2025-07-01T10:15:00+09:00")],
) -> None:
    """Move the world forward to a moment; it never steps back."""
    session = current(ctx)
    house = session.house
    _tell(session, house.world.set(moment("TIME", time), house.calendar).now)


@clock.command("next")
def next_morning(ctx: typer.Context) -> None:
    """Move the world to the next half hour before an opening."""
    session = current(ctx)
    house = session.house
    _tell(session, house.world.next(house.calendar).now)


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
        )
    )
