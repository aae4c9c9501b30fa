"""A tape made from real minute bars."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.venue import Session
from jennie_cli.simulator.tapes.grid import grid_of
from jennie_cli.simulator.tapes.listing import Listing
from jennie_cli.simulator.tapes.marks import MINUTE, Marks, marks_of
from jennie_cli.simulator.tapes.paths import Bars, split, tape_chance, walk
from jennie_cli.simulator.tapes.prints import AUCTION, Ints, Prints, no_prints

_PRINTS_POWER = 0.42
_PINCHED = 15_000
"""Beside a minute without trade a bar prints in this part of its own minute, far from the gap:
an interruption of up to two and a half minutes leaves no more than one minute empty."""


def minute_prints(
    bars: Mapping[str, NDArray[Any]], *, seed: int, session: Session, listing: Listing
) -> Prints:
    """Return prints that reproduce each bar to the won and the share.

    `bars` holds the columns time (HHMM, start of the minute), open, high, low, close, volume of
    one stock's day in order of time. Bars without volume print nothing. The first print of the
    opening minute is the opening auction's; those of the bar at the session's close all stand at
    the close. Prices lie on the day's grid except the bars' own. `short_bars` counts bars whose
    volume had too few shares for all their prices.
    """
    traded = np.asarray(bars["volume"]) > 0
    if not traded.any():
        return no_prints()
    label = np.asarray(bars["time"], dtype=np.int64)[traded]
    names = ("open", "high", "low", "close", "volume")
    kept, short = Bars(
        **{name: np.asarray(bars[name], dtype=np.int64)[traded] for name in names}
    ).fitted()
    rng = tape_chance(seed, session.day, listing.code)
    marks = marks_of(session)
    start = (label // 100 * 60 + label % 100) * MINUTE
    counts = np.round(kept.volume**_PRINTS_POWER).astype(np.int64)
    counts[start >= marks.close] = 1
    counts = np.minimum(np.maximum(counts, kept.needed()), kept.volume)
    price, aggressor = walk(rng, kept, counts, grid_of(listing, session.day))
    qty = split(rng, kept.volume, np.ones(len(price)), counts)
    at_ms = _moments(rng, start, counts, marks)
    aggressor[(at_ms >= marks.close) | (at_ms <= marks.open)] = AUCTION
    return Prints(at_ms=at_ms, price=price, qty=qty, aggressor=aggressor, short_bars=short)


def _moments(rng: np.random.Generator, start: Ints, counts: Ints, marks: Marks) -> Ints:
    """Return sorted moments inside each minute, away from a neighbouring minute without trade."""
    first = np.ones_like(start)
    first[1:][np.diff(start) > MINUTE] = MINUTE - _PINCHED
    last = np.full_like(start, MINUTE - 1)
    last[:-1][np.diff(start) > MINUTE] = _PINCHED
    pinched_twice = first > last
    first[pinched_twice] = 1
    closing = start >= marks.close
    first[closing] = last[closing] = 0
    spread = rng.random(int(counts.sum())) * np.repeat(last - first, counts)
    at_ms = np.sort(np.repeat(start + first, counts) + np.floor(spread).astype(np.int64))
    if start[0] == marks.open:
        at_ms[0] = marks.open
    return np.asarray(at_ms)
