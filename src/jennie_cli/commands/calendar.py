"""Trading days: what is odd about a year, and days a person has to add.

The exchange's facts are imported when a command runs: its help must not pay for numpy.
"""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from jennie_cli.commands.output import table
from jennie_cli.commands.session import current, family

if TYPE_CHECKING:
    from jennie_cli.engine.venue import Calendar

app = family("calendar")

_WEEKEND = 5
_CLOSED = "CLOSED"
_NORMAL = (time(9, 0), time(15, 30))


@app.command()
def show(
    ctx: typer.Context,
    year: Annotated[int | None, typer.Option(help="Year (default: the home's)", min=1990)] = None,
) -> None:
    """Show a year's trading days: how many, and the weekdays that are closed or have odd hours."""
    session = current(ctx)
    calendar = session.house.calendar
    chosen = year or session.house.clock.now().year
    first, last = date(chosen, 1, 1), date(chosen, 12, 31)
    rows = [row for row in _rows(calendar, first, last) if row["odd"]]
    session.out.answer(
        {
            "year": chosen,
            "trading_days": len(calendar.days(first, last)),
            "known": {"first": calendar.first, "last": calendar.last},
            "days": [{k: v for k, v in row.items() if k != "odd"} for row in rows],
        },
        lambda: table(
            ("date", "state", "open", "close", "why"),
            [(r["date"], r["state"], r["open"], r["close"], r["reason"]) for r in rows],
        ),
    )


@app.command()
def add(
    ctx: typer.Context,
    *,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE")],
    kind: Annotated[Literal["closed", "open", "hours"], typer.Argument(help="What the day is")],
    reason: Annotated[str, typer.Option(help="Why, in one line")],
    opens: Annotated[
        datetime | None, typer.Option("--open", formats=["%H:%M"], help="First minute, KST")
    ] = None,
    closes: Annotated[
        datetime | None, typer.Option("--close", formats=["%H:%M"], help="End of session, KST")
    ] = None,
) -> None:
    """Add a decreed closing, a special opening or odd hours to this home's calendar."""
    from jennie_cli.engine.venue import DayKind, DayOverride  # noqa: PLC0415  # --help must not pay for numpy
    from jennie_cli.wiring.days import add_day  # noqa: PLC0415  # the same

    session = current(ctx)
    house = session.house
    override = DayOverride(
        day=day.date(),
        kind=DayKind(kind),
        reason=reason,
        source="jennie calendar add",
        open=opens.time() if opens else None,
        close=closes.time() if closes else None,
    )
    add_day(house, override)
    row = next(iter(_rows(house.calendar, override.day, override.day)))
    row.pop("odd")
    session.out.answer(
        {**row, "file": house.folder.calendar},
        lambda: f"{row['date']} {row['state']} {row['reason']} -> {house.folder.calendar}",
    )


def _rows(calendar: "Calendar", first: date, last: date) -> list[dict[str, Any]]:
    span = (last - first).days + 1
    return [_row(calendar, first + timedelta(days=n)) for n in range(span)]


def _row(calendar: "Calendar", day: date) -> dict[str, Any]:
    hours = calendar.session(day)
    state = calendar.state(day)
    normal = hours is not None and (hours.open.time(), hours.close.time()) == _NORMAL
    return {
        "date": day,
        "state": state,
        "open": hours.open.strftime("%H:%M") if hours else None,
        "close": hours.close.strftime("%H:%M") if hours else None,
        "reason": calendar.reason(day) or None,
        "odd": not normal and (day.weekday() < _WEEKEND or state != _CLOSED),
    }
