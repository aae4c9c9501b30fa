"""A trading day told as rows a trader can read, stepped through the throttle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro import Throttle, ThrottlePolicy, Turn, begin, step
from jennie_cli.engine.model import MacroSnapshot
from jennie_cli.engine.venue import default_calendar

CALENDAR = default_calendar()
DAY = date(2026, 3, 4)
SESSION = CALENDAR.session(DAY)
assert SESSION is not None
OPENS = SESSION.open
POLICY = ThrottlePolicy()


def at(clock: str, day: date = DAY) -> datetime:
    """Return HH:MM or HH:MM:SS of a day."""
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=KST)


@dataclass(frozen=True)
class Row:
    """A step at a time with the KOSPI change and VIX of a snapshot taken at `of` (else then).

    `silent` is a step without any snapshot; `council` says when the council last wrote.
    """

    clock: str
    kospi: float | None = None
    vix: float | None = None
    of: str = ""
    silent: bool = False
    council: str = ""

    def reading(self) -> MacroSnapshot | None:
        """Return the snapshot of the row."""
        if self.silent:
            return None
        taken = at(self.of or self.clock)
        return MacroSnapshot(at=taken, kospi_change_pct=self.kospi, vix_points=self.vix)


def turn(state: Throttle, row: Row, policy: ThrottlePolicy = POLICY) -> Turn:
    """Return one step."""
    council = at(row.council) if row.council else None
    return step(
        state, row.reading(), now=at(row.clock), session=SESSION, policy=policy, council_at=council
    )


def turns(rows: Sequence[Row], state: Throttle | None = None) -> list[Turn]:
    """Return every step of a day."""
    state = state or begin(OPENS)
    found: list[Turn] = []
    for row in rows:
        found.append(turn(state, row))
        state = found[-1].state
    return found


def levels(rows: Sequence[Row], state: Throttle | None = None) -> list[str]:
    """Return the name of the level after each row."""
    return [t.state.level.value for t in turns(rows, state)]
