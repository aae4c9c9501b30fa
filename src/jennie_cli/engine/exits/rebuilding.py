"""Everything kept of the positions, found again from the ledger and the prices since entry.

The same functions that move a book while a session runs move it here, over the same events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits.book import ExitBook, empty_book
from jennie_cli.engine.exits.keeping import ExDate, filled, raised, rebased
from jennie_cli.engine.exits.marks import Trade
from jennie_cli.engine.exits.policy import ExitPolicy
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Position
from jennie_cli.engine.portfolio import counted_anew

WHOLE_DAY = -1
"""The minute of a high that is known for its whole day only."""

_DAY = 24 * 60
_NEVER = date.max.toordinal() * _DAY
_EARLY_DAYS = 10
"""How long before its ex-date the shares of a stock may be counted anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highs:
    """Highs of one stock as traded on their day (not adjusted), won, each array (bars,).

    `day` is an ordinal, `minute` the start of a one-minute bar or WHOLE_DAY. A whole day does not
    count on the day of the entry, so that day needs its minutes.
    """

    day: NDArray[np.int64]
    minute: NDArray[np.int64]
    high: FloatArray


def rebuild(
    trades: Iterable[Trade],
    highs: Mapping[str, Highs],
    ex_dates: Sequence[ExDate],
    policy: ExitPolicy,
) -> ExitBook:
    """Return the book that these trades (oldest first), prices and ex-dates lead to.

    It knows no past days yet: see `with_past`.
    """
    by_code: dict[str, list[Trade]] = {}
    for trade in trades:
        by_code.setdefault(trade.code, []).append(trade)
    book = empty_book()
    for code, own in sorted(by_code.items()):
        events = [e for e in ex_dates if e.code == code]
        book = _walked(book, own, events, highs.get(code), policy)
    return book


def _walked(
    book: ExitBook,
    trades: Sequence[Trade],
    ex_dates: Sequence[ExDate],
    highs: Highs | None,
    policy: ExitPolicy,
) -> ExitBook:
    """Move the book through the events of one stock, and the prices between them."""
    steps: list[tuple[int, Trade | ExDate]] = [(t.day * _DAY + t.minute, t) for t in trades]
    # a day starts with its ex-date, before its first minute
    steps += [(e.day * _DAY - 1, e) for e in ex_dates]
    steps.sort(key=lambda step: step[0])
    ends = [at for at, _ in steps[1:]] + [_NEVER]
    early: dict[ExDate, Trade] = {}
    for (at, event), end in zip(steps, ends, strict=True):
        if isinstance(event, ExDate):
            book = rebased(book, event, policy)
            if event in early:
                book = filled(book, early[event], policy)
        elif (coming := _divided_by(book, event, ex_dates)) is not None:
            # its new shares trade from that morning on
            early[coming] = event
        else:
            book = filled(book, event, policy)
        place = book.place(event.code)
        if place is not None and highs is not None:
            top = np.full(len(book.codes), np.nan)
            top[place] = _top(highs, int(book.entry_day[place]), after=at, until=end)
            book = raised(book, top, policy)
    return book


def _divided_by(book: ExitBook, trade: Trade, ex_dates: Sequence[ExDate]) -> ExDate | None:
    """Return the ex-date still to come of which shares are taken over already, None for others.

    A broker may count the new shares on the evening before; what was paid for them is the same.
    """
    place = book.place(trade.code)
    if not trade.taken_over or place is None or not trade.qty:
        return None
    qty, cost = int(book.qty[place]), int(book.cost[place])
    before = Position(code=trade.code, qty=qty, cost=cost)
    now = Position(code=trade.code, qty=trade.qty, cost=trade.amount)
    for event in ex_dates:
        soon = trade.day < event.day <= trade.day + _EARLY_DAYS
        if soon and not event.dividend and counted_anew(before, now, event.base_ratio):
            return event
    return None


def _top(highs: Highs, entry_day: int, *, after: int, until: int) -> float:
    """Return the highest price that counts later than one minute up to another, both of events."""
    whole = highs.minute == WHOLE_DAY
    when = highs.day * _DAY + np.where(whole, _DAY - 1, highs.minute)
    counts = (when > after) & (when <= until)
    counts &= ~(whole & (highs.day <= entry_day)) & ~np.isnan(highs.high)
    return float(highs.high[counts].max()) if counts.any() else np.nan
