"""What `replay` does once its arguments are known."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

import typer

from jennie_cli.commands.session import Session
from jennie_cli.engine.errors import ExitCode, InputError
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.session.replaying import Replayed, replay
from jennie_cli.wiring.guests import guests_of
from jennie_cli.wiring.session_tapes import kept_tapes


def run(session: Session, day: date, number: int | None) -> None:
    """Replay a tape, the newest of its day by default, and print what came of it."""
    house = session.house
    tapes = kept_tapes(house)
    kept = tapes.numbers(day)
    if not kept:
        days = tapes.days()
        known = f"Kept are {days[0]} to {days[-1]}." if days else "jennie trade run"
        raise InputError(f"No session of {day} was recorded in this home.", hint=known)
    chosen = kept[-1] if number is None else number
    guests = guests_of(house.settings, lambda error: session.out.talk(error.message))
    with session.out.progress("replay"):
        came = replay(tapes.read(day, chosen), guests)
    document = {
        "tape": chosen,
        "tapes": list(kept),
        "same": came.difference is None,
        **asdict(came),
    }
    session.out.answer(document, lambda: "\n".join(_lines(came, chosen, session.options.lang)))
    if came.difference is not None:
        raise typer.Exit(ExitCode.BUG)


def _lines(came: Replayed, number: int, lang: str) -> Iterator[str]:
    until = "" if came.until is None else f"{came.until:%H:%M:%S}"
    yield text("replay.head", lang, day=came.day, number=number, until=until, by=came.by)
    yield text(
        "replay.counts",
        lang,
        ticks=f"{came.ticks:,}",
        decisions=f"{came.decisions:,}",
        wishes=f"{came.wishes:,}",
        sums=f"{came.sums:,}",
    )
    found = came.difference
    if found is None:
        yield text("replay.same", lang)
        if not came.whole:
            yield text("replay.cut", lang)
        return
    at = "" if found.at is None else f"{found.at:%H:%M:%S}"
    yield text("replay.differs", lang, line=f"{found.line:,}", at=at)
    nothing = text("replay.nothing", lang)
    yield text("replay.recorded", lang, said=found.recorded or nothing)
    yield text("replay.replayed", lang, said=found.replayed or nothing)
