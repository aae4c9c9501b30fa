"""The twin of what stands sits the exam; what is over, told apart by two clocks."""

from datetime import timedelta

import pytest

from jennie_cli.engine.store import Asked, MemoryStanding, Standing, Way, asked_at
from jennie_cli.testing import StandingExam
from jennie_cli.testing.standing_exam import ALERT, EVERY, MUTE, NINE, SOLD, WATCHED, alert

INSTANT = timedelta(microseconds=1)


class TestMemoryStanding(StandingExam):
    """MemoryStanding sits the exam."""

    @pytest.fixture(autouse=True)
    def _start(self) -> None:
        self._kept = MemoryStanding()

    def make(self) -> Standing:
        """Return the one there is."""
        return self._kept


def test_what_is_asked_for_ends_at_its_moment() -> None:
    """An end is the first moment at which it is over; a watched stock has none."""
    whole = Asked(watched=(WATCHED,), alerts=(ALERT,), liquidations=(SOLD,), mute=MUTE)
    assert whole == asked_at(EVERY, NINE, wall=NINE)
    assert frozenset({SOLD.code}) == whole.selling
    assert whole == asked_at(EVERY, SOLD.until - INSTANT, wall=MUTE.until - INSTANT)
    closed = asked_at(EVERY, SOLD.until, wall=NINE)
    assert ((ALERT,), (), MUTE) == (closed.alerts, closed.liquidations, closed.mute)
    assert Asked(watched=(WATCHED,)) == asked_at(EVERY, ALERT.until, wall=MUTE.until)


def test_a_mute_goes_by_the_machine_and_the_rest_by_the_exchange() -> None:
    """A world of its own speed neither lengthens the silence nor shortens an alert."""
    assert None is asked_at(EVERY, NINE, wall=MUTE.until).mute
    assert MUTE == asked_at(EVERY, ALERT.until, wall=NINE).mute


@pytest.mark.parametrize(
    ("way", "rings"),
    [(Way.ABOVE, [False, True, True]), (Way.BELOW, [True, True, False])],
)
def test_the_price_of_an_alert_belongs_to_both_sides(way: Way, rings: list[bool]) -> None:
    """One won before it, at it, and one beyond."""
    assert rings == [alert(72_000, way).rings_at(p) for p in (71_999, 72_000, 72_001)]
