"""A clock that is driven by hand, as tests and replays drive it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jennie_cli.engine.clock import KST, Clock, ManualClock

MORNING = datetime(2025, 6, 30, 8, 30, tzinfo=KST)


def test_it_stands_until_it_is_moved() -> None:
    """Two questions in a row get the same answer."""
    clock = ManualClock(MORNING)
    assert (MORNING, MORNING) == (clock.now(), clock.now())


def test_it_answers_in_korean_time_whatever_zone_it_was_started_in() -> None:
    """A start in UTC is shown as the same moment in KST."""
    clock = ManualClock(datetime(2025, 6, 29, 23, 30, tzinfo=UTC))
    assert (MORNING, timedelta(hours=9)) == (clock.now(), clock.now().utcoffset())


def test_advancing_moves_now_and_the_monotonic_seconds_together() -> None:
    """A step of 90.5 s moves both by 90.5 s."""
    clock = ManualClock(MORNING)
    clock.advance(90.5)
    assert (MORNING + timedelta(seconds=90.5), 90.5) == (clock.now(), clock.monotonic())


def test_sleeping_moves_it_without_waiting() -> None:
    """An hour of sleep is an hour on the clock."""
    clock: Clock = ManualClock(MORNING)
    asyncio.run(clock.sleep(3600))
    assert (MORNING + timedelta(hours=1), 3600.0) == (clock.now(), clock.monotonic())


def test_it_never_steps_back() -> None:
    """A negative step is refused and changes nothing."""
    clock = ManualClock(MORNING)
    with pytest.raises(ValueError, match="step back"):
        clock.advance(-1)
    assert (MORNING, 0.0) == (clock.now(), clock.monotonic())


def test_a_naive_start_is_refused() -> None:
    """A time without a zone could be anything."""
    with pytest.raises(ValueError, match="aware"):
        ManualClock(MORNING.replace(tzinfo=None))
