"""What a play needs of a market: its days, the book of a day, the tape of a stock."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from jennie_cli.engine.model import StockStatus
from jennie_cli.engine.venue import Calendar, Session
from jennie_cli.simulator.playing.daybook import DayBook
from jennie_cli.simulator.tapes import Listing, Prints, TradingMode

_MODES = {
    StockStatus.HALTED: TradingMode.HALTED,
    StockStatus.OVERHEATED: TradingMode.SINGLE_PRICE,
    StockStatus.LIQUIDATION: TradingMode.LIQUIDATION,
}


class PlayedMarket(Protocol):
    """A market that can be played day by day. `name` tells it from every other."""

    name: str
    seed: int
    calendar: Calendar

    def days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the days that can be played from `start` to `end`, both included."""
        ...

    def book(self, day: date) -> DayBook:
        """Return one of these days. Raises InputError for another day."""
        ...

    def prints(self, book: DayBook, listing: Listing, session: Session) -> Prints:
        """Return the tape of one stock on the book's day."""
        ...


class DayTapes(Mapping[str, Prints]):
    """The tapes of one day, each made when it is first asked for and then kept."""

    def __init__(
        self,
        market: PlayedMarket,
        book: DayBook,
        session: Session,
        listings: Mapping[str, Listing],
    ) -> None:
        """Nothing is made yet."""
        self._market = market
        self._book = book
        self._session = session
        self._listings = listings
        self._made: dict[str, Prints] = {}

    def __getitem__(self, code: str) -> Prints:
        if code not in self._made:
            listing = self._listings[code]
            self._made[code] = self._market.prints(self._book, listing, self._session)
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listings)

    def __len__(self) -> int:
        return len(self._listings)


def day_seed(seed: int, day: date) -> int:
    """Return the seed of the exchange that plays one day of a market."""
    return seed ^ day.toordinal() << 32


def listings_of(book: DayBook) -> dict[str, Listing]:
    """Return every stock of a day as the exchange takes it, by code."""
    return {
        code: Listing(
            code=code,
            market=book.market(at),
            base_price=int(book.base[at]),
            kind=book.security(at),
            mode=_MODES.get(book.designation(at), TradingMode.CONTINUOUS),
            kospi200=bool(book.kospi200[at]),
            unlimited=bool(book.unlimited[at]),
        )
        for at, code in enumerate(book.codes)
    }
