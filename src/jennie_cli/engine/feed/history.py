"""What became of a share: its days as they were traded, and what was paid on it."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TradedDay:
    """One day in won as it was traded, whatever was divided since. `volume` is shares.

    `base` is the price that the day's change and limits went by: the close before, but on an
    ex-date what the exchange made of it.
    """

    code: str
    day: date
    high: int
    close: int
    base: int
    volume: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """Cash that a company pays to who is on its books on a day, in won a share before tax.

    `won` is None while the amount is not decided.
    """

    code: str
    record_day: date
    won: float | None


class History(Protocol):
    """Answers for the past of one stock. Raises OutsideError where it cannot."""

    async def days_as_traded(self, code: str, *, start: date, end: date) -> tuple[TradedDay, ...]:
        """Return days without any adjustment, oldest first. Raises UnknownStock."""
        ...

    async def dividends(self, code: str, *, start: date, end: date) -> tuple[Dividend, ...]:
        """Return the cash dividends whose record day lies in a span, oldest first."""
        ...
