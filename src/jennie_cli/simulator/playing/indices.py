"""Where an index stands within a day whose open, high, low and close are fixed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Market
from jennie_cli.engine.store.panels import FloatArray
from jennie_cli.engine.venue import Session
from jennie_cli.simulator.playing.daybook import DayBook
from jennie_cli.simulator.streams import Stream, stream

_ROUGHNESS = 0.25
_MINUTE_MS = 60_000
_MS = timedelta(milliseconds=1)


def index_path(rng: np.random.Generator, points: FloatArray, minutes: int) -> FloatArray:
    """Return `minutes` + 1 levels from the open to the close that touch the high and the low.

    `points` are open, high, low, close. Between its turning points the path is a bridge of chance
    kept inside the range.
    """
    opened, high, low, closed = (float(p) for p in points)
    turns = np.sort(rng.integers(1, max(2, minutes), 2))
    rises_first = closed < opened
    levels = [opened, high, low, closed] if rises_first else [opened, low, high, closed]
    path = np.interp(np.arange(minutes + 1), [0, *turns, minutes], levels)
    steps = rng.standard_normal(minutes + 1) * (high - low) * _ROUGHNESS / np.sqrt(minutes)
    knots = (0, *turns, minutes)
    for begin, end in pairwise(knots):
        path[begin : end + 1] += _bridge(steps[begin : end + 1])
    return np.asarray(np.clip(path, low, high))


def _bridge(steps: FloatArray) -> FloatArray:
    """Return a walk of these steps that begins and ends at zero."""
    if steps.size < 3:
        return np.zeros(steps.size)
    walk = np.concatenate([[0.0], np.cumsum(steps[1:])])
    return np.asarray(walk - np.linspace(0.0, 1.0, walk.size) * walk[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLevel:
    """An index now: points, and shares and won traded so far. `before` is yesterday's close."""

    level: float
    before: float
    open: float
    high: float
    low: float
    volume: int
    value: int


class DayIndices:
    """Both indices of one day; minute by minute they go from the day's open to its close."""

    def __init__(self, book: DayBook, session: Session, *, seed: int) -> None:
        """`book` must have indices."""
        midnight = datetime.combine(book.day, time(), KST)
        self._book = book
        self._open_ms = (session.open - midnight) // _MS
        self._minutes = (session.close - session.open) // timedelta(minutes=1)
        self._paths = [
            index_path(
                stream(seed, Stream.INDEX, 2 * book.day.toordinal() + i), points, self._minutes
            )
            for i, points in enumerate(book.index["points"][-1])
        ]

    def path(self, market: Market, at_ms: int) -> FloatArray:
        """Return the levels of the minutes so far, from the open on; empty before it."""
        return self._paths[_place(market)][: self._gone(at_ms)]

    def at(self, market: Market, at_ms: int) -> IndexLevel:
        """Return an index at a moment, ms since KST midnight."""
        place, path = _place(market), self.path(market, at_ms)
        before = float(self._book.index["points"][-2, place, 3])
        share = path.size / (self._minutes + 1)
        traded = {n: int(self._book.index[n][-1, place] * share) for n in ("volume", "value")}
        figures = [before] * 4
        if path.size:
            figures = [float(path[i]) for i in (-1, 0, path.argmax(), path.argmin())]
        level, opened, high, low = (round(f, 2) for f in figures)
        return IndexLevel(level=level, before=before, open=opened, high=high, low=low, **traded)

    def _gone(self, at_ms: int) -> int:
        minute = (at_ms - self._open_ms) // _MINUTE_MS
        return int(np.clip(minute + 1, 0, self._minutes + 1))


def day_indices(book: DayBook, session: Session, *, seed: int) -> DayIndices | None:
    """Return the indices of a day, None where the market has none."""
    return DayIndices(book, session, seed=seed) if len(book.index.get("points", ())) > 1 else None


def _place(market: Market) -> int:
    return tuple(Market).index(market)
