"""The marks of a session as milliseconds since KST midnight."""

from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.venue import Session

MINUTE = 60_000
SLOT = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """`intake` is the first moment that takes orders, `closing` ends continuous trading."""

    intake: int
    open: int
    closing: int
    close: int

    def slots(self) -> tuple[int, ...]:
        """Return the ends of the auctions every 30 minutes, the last at the close."""
        return (*range(self.open + SLOT, self.close, SLOT), self.close)


def marks_of(session: Session) -> Marks:
    """Return the marks of a session."""
    return Marks(
        intake=ms_of(session.opening_auction_start),
        open=ms_of(session.open),
        closing=ms_of(session.closing_auction_start),
        close=ms_of(session.close),
    )


def ms_of(moment: datetime) -> int:
    """Return the milliseconds since KST midnight of an aware moment's own day."""
    local = moment.astimezone(KST)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return seconds * 1000 + local.microsecond // 1000
