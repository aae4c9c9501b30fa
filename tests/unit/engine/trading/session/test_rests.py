"""How long a stock rests: what was done with it, and until when nothing is bought."""

from datetime import timedelta

import pytest
from tests.unit.engine.research.walk_cases import CALENDAR, CODE, OTHER, at, past, still

from jennie_cli.engine.risk import Past
from jennie_cli.engine.trading.session import SessionPolicies
from jennie_cli.engine.trading.session.rests import Rests

NEVER, ALL_DAY = float("-inf"), float("inf")
OPEN = at("09:00")
MORNING = past({CODE: still(1), OTHER: still(1)})


def rests(done: Past | None = None, signalled_until: float | None = None) -> Rests:
    """Return the rests of two stocks; the first has a past."""
    last = {} if done is None else {CODE: done}
    until = {} if signalled_until is None else {CODE: signalled_until}
    return Rests(MORNING, last, until, SessionPolicies(), CALENDAR)


def seconds(clock: str) -> float:
    """Return a time of day as a second."""
    return (at(clock) - at("00:00")).total_seconds()


BEFORE = [
    ("nothing was done", Past(), (NEVER, NEVER)),
    ("sold yesterday at 15:00", Past(sold_at=at("15:00") - timedelta(days=1)), (NEVER, "15:00")),
    ("stopped out two sessions ago", Past(stopped_at=OPEN - timedelta(days=4)), (ALL_DAY, NEVER)),
    ("stopped out five sessions ago", Past(stopped_at=OPEN - timedelta(days=7)), (NEVER, NEVER)),
    ("bought yesterday", Past(bought_at=OPEN - timedelta(days=1)), (NEVER, NEVER)),
]


@pytest.mark.parametrize(("case", "done", "expected"), BEFORE)
def test_what_was_done_before_rests_on(
    case: str, done: Past, expected: tuple[float, float | str]
) -> None:
    """A sale rests for 24 hours, a stop-loss for five sessions; other stocks do not rest."""
    stop, sale = expected
    begun = rests(done)
    until = seconds(sale) if isinstance(sale, str) else sale
    assert (stop, until) == (begun.stop[0], begun.sale[0]), case
    assert (NEVER, NEVER, NEVER) == (begun.signal[1], begun.stop[1], begun.sale[1])


def test_a_signal_rests_ten_minutes_and_over_a_restart() -> None:
    """The second until which a stock rests is all that has to be kept."""
    before = rests()
    before.signalled(0, int(seconds("10:00")))
    assert seconds("10:10") == before.signal[0]
    assert before.signal.tolist() == rests(signalled_until=float(before.signal[0])).signal.tolist()


@pytest.mark.parametrize(("stopped", "expected"), [(False, NEVER), (True, ALL_DAY)])
def test_a_sale_rests_a_day_and_a_stop_for_longer(*, stopped: bool, expected: float) -> None:
    """Sold at 10:00:20: 24 hours from then; after a stop-loss also all of the day."""
    selling = rests()
    selling.sold(0, seconds("10:00:20"), stopped=stopped)
    assert (expected, seconds("10:00:20") + 86_400.0) == (selling.stop[0], selling.sale[0])


def test_a_restart_after_a_sale_rests_as_long() -> None:
    """What a session did is what the next one is told was done."""
    selling, sold_at = rests(), at("10:00:20")
    selling.sold(0, seconds("10:00:20"), stopped=True)
    again = rests(Past(sold_at=sold_at, stopped_at=sold_at))
    assert (selling.stop[0], selling.sale[0]) == (again.stop[0], again.sale[0])
