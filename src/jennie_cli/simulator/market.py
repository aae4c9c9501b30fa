"""A whole market from a seed: history up to the world's first morning, then day after day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.store import Batch
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator.evolution import DayMade, Evolution
from jennie_cli.simulator.roster import build_roster
from jennie_cli.simulator.rows_company import (
    account_batches,
    account_rows,
    consensus_batch,
    headline_batch,
    latest_quarter,
    master_batch,
)
from jennie_cli.simulator.rows_market import bar_batches, cap_batch, market_batches

MARKET_EDITION = 1
"""Raised when the same seed no longer gives the same bytes: days of two editions never mix."""
WORLD_START = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
"""The morning on which every generated world begins."""

HISTORY_DAYS = 400
"""Trading days up to and including the last one before the world starts."""

_WEEKLY_CAPS = timedelta(days=91)


class GeneratedMarket:
    """The invented market of one seed. Same seed and calendar, same bytes, however asked."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        """Nothing is drawn before batches are asked for. `seed` must not be negative."""
        if seed < 0:
            raise InputError(f"A seed is a whole number from 0 on, not {seed}.")
        start = calendar.offset(WORLD_START.date(), -HISTORY_DAYS)
        self.seed = seed
        self.history = calendar.days(start, WORLD_START.date() - timedelta(days=1))
        self._calendar = calendar
        self._evolution: Evolution | None = None

    def batches(self, through: date) -> Iterator[Batch]:
        """Yield the whole history, then each later trading day up to `through`."""
        evolution = Evolution(self.seed, build_roster(self.seed))
        self._evolution = None
        made = [evolution.step(day) for day in self.history]
        yield from self._whole(evolution, made)
        yield from self._later(evolution, through)

    def batches_after(self, day: date, through: date) -> Iterator[Batch]:
        """Yield what each trading day after `day` up to `through` adds.

        Raises InputError for a `day` before the history's last one: it has no later half.
        """
        if day < self.history[-1]:
            raise InputError(
                f"The generated history is whole up to {self.history[-1]}; {day} lies inside it.",
                hint="Ask for the days after the end of the history.",
            )
        yield from self._later(self._reach(day), through)

    def _reach(self, day: date) -> Evolution:
        evolution, self._evolution = self._evolution, None
        if evolution is None or evolution.tape.days[-1] > day:
            evolution = Evolution(self.seed, build_roster(self.seed))
        done = evolution.tape.days
        first = done[-1] + timedelta(days=1) if done else self.history[0]
        for missing in self._calendar.days(first, day):
            evolution.step(missing)
        return evolution

    def _later(self, evolution: Evolution, through: date) -> Iterator[Batch]:
        first = evolution.tape.days[-1] + timedelta(days=1)
        for day in self._calendar.days(first, through):
            yield from self._one(evolution, evolution.step(day))
        self._evolution = evolution

    def _whole(self, evolution: Evolution, made: Sequence[DayMade]) -> Iterator[Batch]:
        cast = evolution.roster
        last = made[-1].day
        yield master_batch(evolution, cast.list_day < len(made))
        yield from bar_batches(evolution.tape.span(0, len(made)), cast, self._calendar)
        weekly_from = last - _WEEKLY_CAPS
        caps = [d for d in made if self._keeps_caps(d.day, weekly=d.day > weekly_from)]
        yield cap_batch(caps, cast, self._calendar)
        yield from market_batches(made, self._calendar)
        rows, known = account_rows(evolution, self._calendar.next_day(last))
        yield from account_batches(evolution, rows, known)
        for day in made:
            if self._starts_month(day.day):
                yield consensus_batch(evolution, self.seed, day)
        yield headline_batch(made, evolution, self._calendar)

    def _one(self, evolution: Evolution, made: DayMade) -> Iterator[Batch]:
        cast, events = evolution.roster, made.events
        if events.changed.any():
            yield master_batch(evolution, events.changed)
        split = events.split > 1
        if split.any():
            yield from bar_batches(
                evolution.tape.span(0, made.number), cast, self._calendar, stocks=split
            )
        span = evolution.tape.span(made.number, made.number + 1)
        yield from bar_batches(span, cast, self._calendar)
        if self._keeps_caps(made.day, weekly=True):
            yield cap_batch([made], cast, self._calendar)
        yield from market_batches([made], self._calendar)
        following = self._calendar.next_day(made.day)
        rows, known = account_rows(evolution, following)
        fresh = np.arange(len(rows)) > latest_quarter(made.day)
        newcomers = cast.list_day == made.number
        rows &= (fresh[:, None] & events.live) | newcomers | split
        yield from account_batches(evolution, rows, known)
        if self._starts_month(made.day):
            yield consensus_batch(evolution, self.seed, made)
        yield headline_batch([made], evolution, self._calendar)

    def _keeps_caps(self, day: date, *, weekly: bool) -> bool:
        following = self._calendar.next_day(day)
        ends_week = following.isocalendar()[:2] != day.isocalendar()[:2]
        return following.month != day.month or (weekly and ends_week)

    def _starts_month(self, day: date) -> bool:
        return self._calendar.previous_day(day).month != day.month
