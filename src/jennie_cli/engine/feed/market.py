"""What the market says now: quotes, the order book, ticks, and events of the session."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.model import StockStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One stock now. Prices are won; volume is shares of the day, value won of the day.

    `expected_price` is that of a running auction, None outside one. Before the first trade
    `price` is the base price and `volume` 0.
    """

    code: str
    price: int
    base_price: int
    open: int
    high: int
    low: int
    upper_limit: int
    lower_limit: int
    volume: int
    value: int
    status: StockStatus = StockStatus.NORMAL
    vi_active: bool = False
    expected_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The order book, best level first: (price won, shares); empty levels are left out."""

    code: str
    at: datetime
    asks: tuple[tuple[int, int], ...]
    bids: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One trade as told by the exchange, or what a poll found since the last one.

    `qty` is what traded in this tick, never the day total; `day_volume` is that. `regular` is
    False for trades outside the regular session, which feed no bar. `after_gap` marks the first
    tick after the stream was away: what traded meanwhile was not seen.
    """

    code: str
    at: datetime
    price: int
    qty: int
    day_volume: int
    day_high: int
    regular: bool = True
    after_gap: bool = False


class MarketEventKind(StrEnum):
    """An event of one stock or of the whole market."""

    HALTED = "halted"
    RESUMED = "resumed"
    VI_STARTED = "vi_started"
    VI_ENDED = "vi_ended"
    CIRCUIT_BREAKER = "circuit_breaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEvent:
    """Something that changes what may be traded; `code` is empty for the whole market."""

    kind: MarketEventKind
    code: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteBar:
    """One minute, labelled by its start; won and shares."""

    code: str
    start: datetime
    open: int
    high: int
    low: int
    close: int
    volume: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One day; won and shares. `final` is False while its session runs."""

    code: str
    day: date
    open: int
    high: int
    low: int
    close: int
    volume: int
    final: bool = True


class Quotes(Protocol):
    """Answers one question about the market. Raises OutsideError; never an empty answer."""

    async def quote(self, code: str) -> Quote:
        """Return the stock now. Raises UnknownStock."""
        ...

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return many stocks now, in as few calls as can be; unknown codes are left out."""
        ...

    async def book(self, code: str) -> Book:
        """Return the order book with ten levels."""
        ...

    async def minutes(self, code: str) -> tuple[MinuteBar, ...]:
        """Return today's minutes so far, oldest first; the running minute is left out."""
        ...

    async def days(self, code: str, *, start: date, end: date) -> tuple[DayBar, ...]:
        """Return adjusted days, oldest first."""
        ...

    async def open_days(self, start: date) -> tuple[tuple[date, bool], ...]:
        """Return calendar days from `start` on and whether the exchange opens."""
        ...


class Ticks(Protocol):
    """Pushes what the market says. One socket a key; held codes go first within its limit."""

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Say what is wanted from now on; codes beyond the limit are polled, held ones last."""
        ...

    def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield for as long as the reader wants; a dropped socket is mended underneath."""
        ...
