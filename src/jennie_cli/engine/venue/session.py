"""One trading day's hours and the moments that trading rules are tied to.

Every moment is an offset from that day's own open or close, so that a late day (the exam day,
the first day of a year) moves all of them with it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

CLOSING_AUCTION = timedelta(minutes=10)
NO_TRADE = timedelta(minutes=30)
DANGER_FROM = timedelta(minutes=90)
DANGER_TO = timedelta(minutes=30)


class SessionPhase(StrEnum):
    """Where a moment lies in a trading day; only the two auctions and REGULAR take orders."""

    BEFORE = "BEFORE"
    OPENING_AUCTION = "OPENING_AUCTION"
    REGULAR = "REGULAR"
    CLOSING_AUCTION = "CLOSING_AUCTION"
    AFTER = "AFTER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The regular session of a trading day; all times aware, in KST.

    `close` is the end of the closing auction (15:30 on a normal day), `opening_auction_start` the
    first moment at which orders for the opening auction are taken.
    """

    day: date
    open: datetime
    close: datetime
    opening_auction_start: datetime

    @property
    def no_trade_end(self) -> datetime:
        """End of the no-trade window after the open (09:30 on a normal day)."""
        return self.open + NO_TRADE

    @property
    def danger_start(self) -> datetime:
        """Start of the danger zone (14:00 on a normal day)."""
        return self.close - DANGER_FROM

    @property
    def danger_end(self) -> datetime:
        """End of the danger zone (15:00 on a normal day)."""
        return self.close - DANGER_TO

    @property
    def closing_auction_start(self) -> datetime:
        """End of continuous trading, start of the closing auction (15:20 on a normal day)."""
        return self.close - CLOSING_AUCTION

    @property
    def last_entry(self) -> datetime:
        """From this moment on no position is opened (15:20 on a normal day)."""
        return self.closing_auction_start

    def phase(self, at: datetime) -> SessionPhase:
        """Return the phase at an aware moment; a start belongs to its phase, an end does not."""
        if at < self.opening_auction_start:
            return SessionPhase.BEFORE
        if at < self.open:
            return SessionPhase.OPENING_AUCTION
        if at < self.closing_auction_start:
            return SessionPhase.REGULAR
        if at < self.close:
            return SessionPhase.CLOSING_AUCTION
        return SessionPhase.AFTER
