"""The days of the generated market, each consistent with its stored facts to the won."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.feed.market import DayBar
from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue import Calendar, Session
from jennie_cli.simulator.evolution import DayMade, Evolution
from jennie_cli.simulator.market import MARKET_EDITION, GeneratedMarket
from jennie_cli.simulator.playing.daybook import FLOWS, PRICES, Array, DayBook, Shelf
from jennie_cli.simulator.roster import Roster, build_roster
from jennie_cli.simulator.tapes import Listing, Prints, generated_prints, no_prints

_PAST_DAYS = 250
_PAST = (*PRICES, "volume", "split")
_FLOW_DAYS = 60
_KOSPI200 = 200


class GeneratedDays:
    """Answers the book of any day from the first after the history on; days in order are cheap."""

    def __init__(self, seed: int, calendar: Calendar, *, folder: Path | None = None) -> None:
        """`folder` keeps the newest books, so that a second start need not make the past again."""
        self.name = f"generated:{MARKET_EDITION}:{seed}"
        self.calendar = calendar
        self.seed = seed
        self._history = GeneratedMarket(seed, calendar).history
        self._folder = folder
        self._evolution: Evolution | None = None
        self._markets: list[DayMade] = []

    def book(self, day: date) -> DayBook:
        """Return one trading day. InputError for a day inside the history or a closed one."""
        if day <= self._history[-1] or not self.calendar.is_open(day):
            raise InputError(
                f"The generated market cannot be played on {day}.",
                hint=f"Take a trading day after {self._history[-1]}.",
            )
        shelf = self._shelf(day)
        kept = shelf.load(day) if shelf else None
        if kept is not None:
            return kept
        book = self._made(day)
        if shelf:
            shelf.keep(book)
        return book

    def days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the days that can be played from `start` to `end`, both included."""
        first = max(start, self._history[-1] + timedelta(days=1))
        return self.calendar.days(first, end)

    def prints(self, book: DayBook, listing: Listing, session: Session) -> Prints:
        """Return the tape of one stock."""
        at = book.place(listing.code)
        if at is None or not book.bars["volume"][at]:
            return no_prints()
        opened, high, low, close, volume = (int(book.bars[n][at]) for n in (*PRICES, "volume"))
        bar = DayBar(
            code=listing.code,
            day=book.day,
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=volume,
        )
        return generated_prints(seed=self.seed, session=session, bar=bar, listing=listing)

    def _shelf(self, day: date) -> Shelf | None:
        if self._folder is None:
            return None
        days = ",".join(str(d) for d in self.calendar.days(self._history[0], day))
        return Shelf(self._folder, market=f"{MARKET_EDITION}:{self.seed}:{days}")

    def _made(self, day: date) -> DayBook:
        evolution = self._evolution
        if evolution is None or evolution.tape.days[-1] >= day:
            evolution, self._markets = Evolution(self.seed, build_roster(self.seed)), []
        done = evolution.tape.days
        first = done[-1] + timedelta(days=1) if done else self._history[0]
        for missing in self.calendar.days(first, day):
            self._markets = [*self._markets[-_PAST_DAYS:], evolution.step(missing)]
        self._evolution = evolution
        return _book(evolution, self._markets)


def bare_book(evolution: Evolution, made: DayMade) -> DayBook:
    """Return the day that was made last, without the past and the indices."""
    cast = evolution.roster
    live = np.flatnonzero(made.events.live)
    today = evolution.tape.span(made.number, made.number + 1)
    return DayBook(
        day=made.day,
        codes=tuple(cast.code[i] for i in live),
        names=tuple(cast.name[i] for i in live),
        board=cast.board[live].astype(np.int8),
        kind=_kinds(cast)[live],
        status=evolution.events.status[live].astype(np.int8),
        shares=made.shares[live],
        base=made.base[live],
        unlimited=made.events.unlimited[live],
        kospi200=_members(cast)[live],
        split=made.events.split[live],
        bars={n: today.arrays[n][0, live].astype(np.int64) for n in (*PRICES, "volume")},
    )


def _book(evolution: Evolution, markets: list[DayMade]) -> DayBook:
    made = markets[-1]
    live = np.flatnonzero(made.events.live)
    number = made.number
    first = max(0, number - _PAST_DAYS)
    span = evolution.tape.span(first, number)
    recent = slice(max(0, len(span.days) - _FLOW_DAYS), None)
    return replace(
        bare_book(evolution, made),
        past_days=span.days,
        past={n: span.arrays[n][:, live] * span.live[:, live] for n in _PAST},
        flows={n: span.arrays[n][recent][:, live] for n in (*FLOWS, "foreign_pct")},
        index=_index(markets[first - number - 1 :]),
    )


def _index(markets: list[DayMade]) -> dict[str, Array]:
    return {
        name: np.array([getattr(m.market, name) for m in markets])
        for name in ("points", "volume", "value", "breadth")
    }


def _kinds(cast: Roster) -> Array:
    members = tuple(SecurityKind)
    return np.array([members.index(k) for k in cast.kind], dtype=np.int8)


def _members(cast: Roster) -> Array:
    """Return the members of the large-cap index: the largest common stocks of the first board."""
    board = tuple(Market).index(Market.KOSPI)
    able = cast.is_kind(SecurityKind.COMMON) & (cast.board == board) & (cast.list_day < 0)
    order = np.argsort(np.where(able, -cast.cap, 0.0), kind="stable")
    members = np.zeros(cast.size, dtype=bool)
    members[order[:_KOSPI200]] = True
    return np.asarray(members & able)
