"""What can go wrong between us and a broker, to be switched on in the in-memory twin."""

from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """One way to fail; each switching on lasts for a number of times.

    Calls: LOST_BEFORE never arrives and LOST_AFTER does, both without an answer; REFUSED, BUSY and
    UNREACHABLE say no. Reads: READ_FAILS raises, NO_ROWS and NO_HOLDINGS answer with nothing,
    HIDDEN_ROW keeps the next order off the records until `show_rows`. Notices: lost, told twice,
    or held until `release_notices`.
    """

    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    REFUSED = "refused"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    READ_FAILS = "read_fails"
    NO_ROWS = "no_rows"
    NO_HOLDINGS = "no_holdings"
    HIDDEN_ROW = "hidden_row"
    NOTICE_LOST = "notice_lost"
    NOTICE_TWICE = "notice_twice"
    NOTICE_LATE = "notice_late"


class Faults:
    """The faults switched on, each with the times it is still to strike."""

    def __init__(self) -> None:
        """Nothing fails yet."""
        self._left: Counter[Fault] = Counter()

    def inject(self, fault: Fault, times: int = 1) -> None:
        """Let `fault` strike so many times more."""
        self._left[fault] += times

    def clear(self) -> None:
        """Let nothing fail any more."""
        self._left.clear()

    def strikes(self, fault: Fault) -> bool:
        """Whether `fault` strikes now; that uses up one time."""
        if not self._left[fault]:
            return False
        self._left[fault] -= 1
        return True
