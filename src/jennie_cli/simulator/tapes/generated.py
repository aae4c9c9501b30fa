"""A tape made from a daily bar."""

import numpy as np

from jennie_cli.engine.feed import DayBar
from jennie_cli.engine.venue import Session
from jennie_cli.simulator.tapes.grid import grid_of
from jennie_cli.simulator.tapes.listing import Listing, TradingMode
from jennie_cli.simulator.tapes.marks import Marks, marks_of
from jennie_cli.simulator.tapes.paths import Bars, Floats, split, tape_chance, walk
from jennie_cli.simulator.tapes.prints import AUCTION, Ints, Prints, no_prints

_PRINTS_SCALE, _PRINTS_POWER = 25.0, 0.4
_MOST_PRINTS = 60_000
_OPENING_SHARE, _CLOSING_SHARE = 0.04, 0.08


def generated_prints(*, seed: int, session: Session, bar: DayBar, listing: Listing) -> Prints:
    """Return prints that reproduce the bar to the won and the share.

    The first is the opening auction's, the last the closing auction's; a single print stands at
    the open. Prices lie on the day's grid except the bar's own. A bar without an open (a halted
    day) or without volume prints nothing; `short_bars` is 1 where the volume had too few shares.
    """
    if not bar.open or not bar.volume or listing.mode is TradingMode.HALTED:
        return no_prints()
    rng = tape_chance(seed, session.day, listing.code)
    four = (bar.open, bar.high, bar.low, bar.close, bar.volume)
    names = ("open", "high", "low", "close", "volume")
    bars = Bars(**{n: np.array([v], dtype=np.int64) for n, v in zip(names, four, strict=True)})
    bars, short = bars.fitted()
    marks = marks_of(session)
    at_ms = _moments(rng, bars, marks, by_auctions=listing.mode.by_auctions)
    count = np.array([len(at_ms)])
    price, aggressor = walk(rng, bars, count, grid_of(listing, session.day))
    qty = split(rng, bars.volume, _weights(len(at_ms)), count)
    if listing.mode.by_auctions:
        aggressor[:] = AUCTION
    aggressor[0] = aggressor[at_ms == marks.close] = AUCTION
    return Prints(at_ms=at_ms, price=price, qty=qty, aggressor=aggressor, short_bars=short)


def _moments(rng: np.random.Generator, bars: Bars, marks: Marks, *, by_auctions: bool) -> Ints:
    volume, needed = int(bars.volume[0]), int(bars.needed()[0])
    if by_auctions:
        slots = np.array([marks.open, *marks.slots()])
        spare = min(len(slots), volume)
        return slots if spare == len(slots) else np.r_[slots[: spare - 1], slots[-1:]][:spare]
    count = round(_PRINTS_SCALE * volume**_PRINTS_POWER)
    count = min(max(count, needed), volume, _MOST_PRINTS)
    if count == 1:
        return np.array([marks.open])
    # more prints near the open and the close than around noon
    spread = np.sort(rng.beta(0.72, 0.85, count - 2))
    first, last = marks.open + 1, marks.closing - 1
    inner = first + np.floor(spread * (last - first)).astype(np.int64)
    return np.concatenate(([marks.open], inner, [marks.close]))


def _weights(count: int) -> Floats:
    weights = np.ones(count)
    weights[0] = max(1.0, _OPENING_SHARE * count)
    weights[-1] = max(1.0, _CLOSING_SHARE * count)
    return weights
