"""A market of three stocks that can be played in milliseconds, for the tests of this folder."""

from datetime import date

import numpy as np

from jennie_cli.engine.feed.market import DayBar
from jennie_cli.engine.venue import Calendar, Session, default_calendar
from jennie_cli.simulator.playing.daybook import DayBook
from jennie_cli.simulator.tapes import Listing, Prints, generated_prints, no_prints

ALPHA, BETA, HALTED = "000010", "000020", "000030"
FIRST = date(2025, 6, 30)
_NAMES = ("price", "open", "high", "low", "close", "volume")
_KOSPI, _KOSDAQ = 0, 1
_NORMAL, _HALTED = 0, 1


class TinyDays:
    """ALPHA (50,000 won) rises and falls by turns, BETA (2,000 won) stands, HALTED is halted.

    ALPHA is split two for one on `split_on`.
    """

    def __init__(self, *, seed: int = 3, split_on: date | None = None) -> None:
        """Prices follow from the day alone."""
        self.name = f"tiny:{seed}"
        self.seed = seed
        self.calendar: Calendar = default_calendar()
        self._split_on = split_on

    def days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the trading days from FIRST on."""
        return self.calendar.days(max(start, FIRST), end)

    def book(self, day: date) -> DayBook:
        """Return three listings."""
        scale = 2 if self._split_on and day >= self._split_on else 1
        base = 50_000 // scale
        move = 500 if day.toordinal() % 2 else -500
        alpha = (base, base + 100, base + 1_000, base - 1_000, base + move, 40_000)
        beta = (2_000, 2_000, 2_005, 1_995, 2_000, 9_000)
        halted = (7_000, 0, 0, 0, 7_000, 0)
        table = dict(zip(_NAMES, np.array([alpha, beta, halted]).T, strict=True))
        ratio = 2 if day == self._split_on else 1
        return DayBook(
            day=day,
            codes=(ALPHA, BETA, HALTED),
            names=("가온", "나래", "다솔"),
            board=np.array([_KOSPI, _KOSDAQ, _KOSPI]),
            kind=np.zeros(3, dtype=np.int8),
            status=np.array([_NORMAL, _NORMAL, _HALTED]),
            shares=np.full(3, 1_000_000),
            base=table.pop("price"),
            unlimited=np.zeros(3, dtype=bool),
            kospi200=np.zeros(3, dtype=bool),
            split=np.array([ratio, 1, 1]),
            bars=table,
        )

    def prints(self, book: DayBook, listing: Listing, session: Session) -> Prints:
        """Return a tape that reproduces the day's bar."""
        at = book.column(listing.code)
        figures = [int(book.bars[n][at]) for n in _NAMES[1:]]
        if not figures[-1]:
            return no_prints()
        opened, high, low, close, volume = figures
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
