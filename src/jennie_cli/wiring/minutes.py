"""The minute bars of a generated market: made for the sessions that a backtest asks for, and kept.

A day is made once for its stocks and its daily bars as they stand; both have a part in the name
under which it is noted, so that a new watchlist or a split makes it again.
"""

# ruff: noqa: PLC0415  # each builder imports what it needs inside the function

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.store import Dataset, FileRecord
from jennie_cli.wiring.markets import FOREVER, newest_complete

if TYPE_CHECKING:
    from jennie_cli.engine.store import DailyPanel
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)
_EVERY = 1_000_000
_FIGURES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is asked of the generated past; `first` None counts `sessions` back from `last`, and
    `last` None is the newest session that is over. `stocks` is how many of the largest have bars
    beside those that a watchlist has named.
    """

    first: date | None
    last: date | None
    sessions: int
    stocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """The stocks of a day, and the name of its minutes."""

    codes: tuple[str, ...]
    name: str


def generated_span(house: "House", span: Span) -> tuple[date, date]:
    """Return the first and last session of a span, whose minute bars are there then.

    Raises InputError for a session that is not over by the world's clock or lies before the
    generated history; HomeBusy, StorageFull.
    """
    days = _sessions(house, span)
    wanted = _wanted(house, days, span.stocks)
    noted = house.facts.imported()
    missing = {day: told for day, told in wanted.items() if told.name not in noted}
    if missing:
        _make(house, missing)
    return days[0], days[-1]


def _sessions(house: "House", span: Span) -> tuple[date, ...]:
    newest = newest_complete(house.clock, house.calendar)
    last = span.last or newest
    if last > newest or (span.first is not None and span.first > newest):
        raise InputError(
            f"In this world the last session that is over is that of {newest}.",
            hint="A later one can be walked through once it was lived: jennie trade run",
        )
    known = house.facts.daily(as_of=house.clock.now(), days=_EVERY).days
    # the first day has no day before it, so that nothing could be known on its morning
    days = tuple(day for day in known[1:] if day <= last)
    if span.first is not None:
        if span.first < known[1]:
            raise InputError(
                f"The first session of this market with a day before it is {known[1]}.",
                hint=f"jennie backtest run --from {known[1]}",
            )
        days = tuple(day for day in days if day >= span.first)
    else:
        days = days[-span.sessions :]
    if not days:
        raise InputError(f"No session lies between {span.first} and {last}.")
    return days


def _wanted(house: "House", days: tuple[date, ...], stocks: int) -> Mapping[date, _Day]:
    from jennie_cli.engine.scoring.market import read_stocks
    from jennie_cli.engine.trading.session import Watchlists
    from jennie_cli.engine.trading.session.known import BEFORE_THE_OPEN

    now = house.clock.now()
    panel = house.facts.daily(as_of=now, days=_EVERY)
    listed = read_stocks(house.facts, as_of=now)
    shares = np.array([listed[code].shares or 0 if code in listed else 0 for code in panel.codes])
    lists = Watchlists(house.runs, house.market)
    found = {}
    for day in days:
        row = panel.days.index(day)
        hours = house.calendar.session(day)
        named = lists.named(before=hours.open - BEFORE_THE_OPEN) if hours else frozenset()
        chosen = np.isin(np.asarray(panel.codes), sorted(named))
        value = np.nan_to_num(panel.close[row - 1] * shares)
        chosen[np.argsort(-value, kind="stable")[:stocks]] = True
        chosen &= np.nan_to_num(panel.volume[row]) > 0
        found[day] = _told(panel, row, np.flatnonzero(chosen))
    return found


def _told(panel: "DailyPanel", row: int, places: NDArray[np.intp]) -> _Day:
    from jennie_cli.simulator.playing.minutes import MINUTES_EDITION

    codes = tuple(panel.codes[place] for place in places)
    name = hashlib.sha256(repr((MINUTES_EDITION, panel.days[row], codes)).encode())
    for figure in _FIGURES:
        name.update(getattr(panel, figure)[row, places].tobytes())
    return _Day(codes=codes, name=name.hexdigest())


def _make(house: "House", missing: Mapping[date, _Day]) -> None:
    from jennie_cli.simulator.playing.minutes import generated_minutes

    through = house.facts.last_day(as_of=FOREVER) or max(missing)
    with (
        house.lock("generation", doing="generating minute bars"),
        house.watch("generating minute bars") as step,
    ):
        made = generated_minutes(
            house.world.seed,
            house.calendar,
            {day: told.codes for day, told in missing.items()},
            through=through,
        )
        for done, (day, batch) in enumerate(made, start=1):
            note = FileRecord(
                name=f"minutes of {day}",
                sha256=missing[day].name,
                dataset=Dataset.MINUTE_BARS,
                rows=len(batch),
                at=house.wall_clock.now(),
            )
            # a day is noted together with its bars, so that a broken run goes on where it stopped
            house.facts.write([batch], files=[note])
            step(done, len(missing))
        LOG.info("generated the minute bars of %d sessions", len(missing))
