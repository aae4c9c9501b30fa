"""Judgements older than the sessions that are kept go; nothing goes that a calendar cannot tell."""

from datetime import date, datetime, timedelta

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import MemoryEvaluations
from jennie_cli.engine.trading.policy import RecordPolicy
from jennie_cli.engine.trading.retention import forget_old
from jennie_cli.engine.venue import default_calendar
from jennie_cli.testing.evaluations_exam import SAMSUNG, gates

CALENDAR = default_calendar()
FRIDAY = date(2026, 3, 6)
WEEK = CALENDAR.days(date(2026, 2, 20), FRIDAY)


@pytest.mark.parametrize(
    ("sessions", "today", "kept"),
    [
        (1, FRIDAY, 1),
        (3, FRIDAY, 3),
        (3, FRIDAY + timedelta(days=1), 3),
        (3, FRIDAY - timedelta(days=1), 4),
        (60, FRIDAY, len(WEEK)),
        (2000, CALENDAR.days(CALENDAR.first, FRIDAY)[10], len(WEEK)),
    ],
)
def test_the_last_sessions_are_kept(sessions: int, today: date, kept: int) -> None:
    """Sessions, not days: a weekend and a holiday count for nothing."""
    store = MemoryEvaluations()
    for day in WEEK:
        store.keep([gates(datetime(day.year, day.month, day.day, 10, tzinfo=KST), 50.0, SAMSUNG)])
    policy = RecordPolicy(evaluation_sessions=sessions)
    assert len(WEEK) - kept == forget_old(store, policy, CALENDAR, today)
    ends = [datetime(d.year, d.month, d.day, 23, tzinfo=KST) for d in WEEK]
    assert kept == len({store.last(end, SAMSUNG) for end in ends} - {None})
    assert 0 == forget_old(store, policy, CALENDAR, today)
