"""All stocks at once, for the calls that rank or count them.

A stock's tape is made when it is first asked for, in milliseconds; for a whole market that would be
seconds and a gigabyte. So the market is surveyed by the day's bars, as if each stock went evenly
from its open to its close, and only those that may be shown are looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from jennie_cli.simulator.server.asked import Hall
from jennie_cli.simulator.tapes import Ints
from jennie_cli.simulator.tapes.marks import marks_of

_DYNAMIC, _DYNAMIC_KOSPI200, _STATIC = 0.06, 0.03, 0.095
"""How far a price moves before trading can be interrupted: at once, and from the last auction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Every stock of the book now, (N,) each: won, shares. Before its first trade a stock stands
    at its base price.
    """

    price: Ints
    open: Ints
    volume: Ints
    value: Ints


def survey(hall: Hall) -> Survey:
    """Return every stock as its bar says it should stand; at the close that is exact."""
    bars, gone = hall.book.bars, _gone(hall)
    trades = (bars["volume"] > 0) & (bars["open"] > 0) & (gone >= 0.0)
    move = np.rint((bars["close"] - bars["open"]) * gone).astype(np.int64)
    usual = (bars["open"] + bars["high"] + bars["low"] + bars["close"]) // 4
    volume = np.where(trades, np.maximum(1, np.rint(bars["volume"] * gone)), 0).astype(np.int64)
    return Survey(
        price=np.where(trades, bars["open"] + move, hall.book.base).astype(np.int64),
        open=np.where(trades, bars["open"], 0),
        volume=volume,
        value=volume * usual,
    )


def looked_at(hall: Hall, seen: Survey, columns: Iterable[int]) -> Survey:
    """Return a survey in which some stocks stand as the exchange shows them."""
    found = {name: getattr(seen, name).copy() for name in ("price", "open", "volume", "value")}
    for at in columns:
        board = hall.play.exchange.board(hall.book.codes[at])
        found["price"][at], found["open"][at] = board.last, board.open
        found["volume"][at], found["value"][at] = board.volume, board.value
    return replace(seen, **found)


def restless(hall: Hall) -> tuple[str, ...]:
    """Return the codes whose day is wide enough for a volatility interruption."""
    book, bars = hall.book, hall.book.bars
    trades, narrow = bars["volume"] > 0, np.where(book.kospi200, _DYNAMIC_KOSPI200, _DYNAMIC)
    highest, lowest = np.maximum(bars["high"], book.base), np.minimum(bars["low"], book.base)
    dynamic = bars["high"] - bars["low"] >= narrow * bars["low"]
    static = highest - lowest >= _STATIC * lowest
    return tuple(book.codes[at] for at in np.flatnonzero(trades & (dynamic | static)))


def _gone(hall: Hall) -> float:
    """Return the part of the session that has passed, -1 before it."""
    marks = marks_of(hall.play.session)
    if hall.now_ms < marks.open:
        return -1.0
    return min(1.0, (hall.now_ms - marks.open) / (marks.close - marks.open))
