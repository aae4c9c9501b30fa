"""Minute bars of generated days, as their exchange trades them while no member has an order.

They are folded from the tapes that are played, interruptions included, and stand on the price
scale of the stored facts: a later split restates them as it restates the days.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.venue import Calendar, Session
from jennie_cli.simulator.evolution import DayMade, Evolution
from jennie_cli.simulator.exchange.pit import Pit
from jennie_cli.simulator.market import GeneratedMarket
from jennie_cli.simulator.packing import moment, objects, pack, session_of
from jennie_cli.simulator.playing.daybook import PRICES, DayBook
from jennie_cli.simulator.playing.generated import GeneratedDays, bare_book
from jennie_cli.simulator.playing.markets import day_seed, listings_of
from jennie_cli.simulator.roster import build_roster
from jennie_cli.simulator.tapes.marks import MINUTE, marks_of

MINUTES_EDITION = 1
"""Raised when the same days give other minutes: bars of two editions never mix."""

Ints = NDArray[np.int64]
Ratios = Mapping[str, int]


def generated_minutes(
    seed: int,
    calendar: Calendar,
    wanted: Mapping[date, Collection[str]],
    *,
    through: date,
) -> Iterator[tuple[date, Batch]]:
    """Yield the minute bars of each wanted day, oldest first.

    `wanted` names the stocks of a day; one without a trade has no bar. `through` is the newest
    day of the stored facts. Nothing of a day is known before its end but by the minute.
    """
    days, books, splits = GeneratedDays(seed, calendar), list[DayBook](), dict[date, Ratios]()
    evolution = Evolution(seed, build_roster(seed))
    for day in calendar.days(GeneratedMarket(seed, calendar).history[0], through):
        made = evolution.step(day)
        splits |= _divided(evolution, made)
        if day in wanted:
            books.append(bare_book(evolution, made))
    for book in books:
        later = [ratios for day, ratios in splits.items() if day > book.day]
        yield book.day, _day(days, book, sorted(wanted[book.day]), later)


def _divided(evolution: Evolution, made: DayMade) -> Mapping[date, Ratios]:
    split = made.events.split
    ratios = {evolution.roster.code[i]: int(split[i]) for i in np.flatnonzero(split > 1)}
    return {made.day: ratios} if ratios else {}


def _day(days: GeneratedDays, book: DayBook, codes: list[str], later: list[Ratios]) -> Batch:
    hours = session_of(days.calendar, book.day)
    traded = _traded(days, book, hours, codes)
    who, minute = np.divmod(traded["minute"], 24 * 60)
    for ratios in later:
        ratio = np.array([ratios.get(code, 1) for code in codes], dtype=np.int64)[who]
        for name in PRICES:
            traded[name] = (traded[name] + ratio // 2) // ratio
        traded["volume"] *= ratio
    ends = moment(book.day) + (minute + 1) * 60
    return pack(
        Dataset.MINUTE_BARS,
        code=objects(codes)[who],
        date=objects([book.day])[np.zeros(len(who), dtype=np.intp)],
        time=minute // 60 * 100 + minute % 60,
        **{name: traded[name] for name in (*PRICES, "volume")},
        # the closing auction is over with the session, not a minute later
        known_at=np.minimum(ends, int(hours.close.timestamp())),
    )


def _traded(days: GeneratedDays, book: DayBook, hours: Session, codes: list[str]) -> dict[str, Any]:
    """Return the bars of all stocks; `minute` counts on by a day for each stock."""
    listings, marks = listings_of(book), marks_of(hours)
    seed = day_seed(days.seed, book.day)
    none = np.empty(0, dtype=np.int64)
    columns: list[tuple[Ints, Ints, Ints]] = [(none, none, none)]
    for place, code in enumerate(codes):
        if code in listings:
            prints = days.prints(book, listings[code], hours)
            at_ms = Pit(listings[code], prints, marks, book.day, seed=seed).plan.at_ms
            columns.append((place * 24 * 60 + at_ms // MINUTE, prints.price, prints.qty))
    minute, price, qty = (np.concatenate(each) for each in zip(*columns, strict=True))
    return _folded(minute, price, qty)


def _folded(minute: Ints, price: Ints, qty: Ints) -> dict[str, Any]:
    first = np.flatnonzero(np.diff(minute, prepend=-1))
    if not len(first):
        return dict.fromkeys(("minute", *PRICES, "volume"), minute)
    return {
        "minute": minute[first],
        "open": price[first],
        "high": np.maximum.reduceat(price, first),
        "low": np.minimum.reduceat(price, first),
        "close": price[np.r_[first[1:], len(price)] - 1],
        "volume": np.add.reduceat(qty, first),
    }
