"""The moments of a trading day and the phases between them."""

from datetime import date, datetime, time, timedelta

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.venue import Session, SessionPhase, default_calendar

CALENDAR = default_calendar()


def session(day: date) -> Session:
    """Return the session of a day known to be open."""
    found = CALENDAR.session(day)
    assert found is not None
    return found


def moments(one: Session) -> list[str]:
    """Return the named moments of a session as KST wall times."""
    named = (
        one.opening_auction_start,
        one.open,
        one.no_trade_end,
        one.danger_start,
        one.danger_end,
        one.last_entry,
        one.closing_auction_start,
        one.close,
    )
    return [f"{moment:%H:%M}" for moment in named]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 6, 30), "08:30 09:00 09:30 14:00 15:00 15:20 15:20 15:30"),
        (date(2026, 11, 19), "09:20 10:00 10:30 15:00 16:00 16:20 16:20 16:30"),
        (date(2026, 1, 2), "09:30 10:00 10:30 14:00 15:00 15:20 15:20 15:30"),
        (date(2014, 5, 7), "08:00 09:00 09:30 13:30 14:30 14:50 14:50 15:00"),
        (date(2026, 9, 14), "08:20 09:00 09:30 14:00 15:00 15:20 15:20 15:30"),
        (date(2019, 4, 26), "08:00 09:00 09:30 14:00 15:00 15:20 15:20 15:30"),
    ],
)
def test_the_moments_move_with_the_open_and_the_close(day: date, expected: str) -> None:
    """No-trade window, danger zone, last entry and auctions are offsets of that day's session."""
    assert expected.split() == moments(session(day))


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (time(8, 29, 59), SessionPhase.BEFORE),
        (time(8, 30), SessionPhase.OPENING_AUCTION),
        (time(8, 59, 59), SessionPhase.OPENING_AUCTION),
        (time(9), SessionPhase.REGULAR),
        (time(15, 19, 59), SessionPhase.REGULAR),
        (time(15, 20), SessionPhase.CLOSING_AUCTION),
        (time(15, 29, 59), SessionPhase.CLOSING_AUCTION),
        (time(15, 30), SessionPhase.AFTER),
    ],
)
def test_a_moment_belongs_to_the_phase_it_starts(at: time, phase: SessionPhase) -> None:
    """Each boundary opens the next phase."""
    one = session(date(2025, 6, 30))
    assert phase == one.phase(datetime.combine(one.day, at, KST))


def test_other_days_are_before_or_after() -> None:
    """Yesterday lies before the session, tomorrow after it."""
    one = session(date(2025, 6, 30))
    day = timedelta(days=1)
    assert (SessionPhase.BEFORE, SessionPhase.AFTER) == (
        one.phase(one.open - day),
        one.phase(one.open + day),
    )
