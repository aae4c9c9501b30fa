"""The gateway's own seconds, and how many calls of a key fit into one."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.simulator.server.rates import GatewayTime, RateWindow

START = datetime(2025, 6, 30, 9, 0, tzinfo=KST)


def test_gateway_seconds_follow_the_faster_clock() -> None:
    """A standing exchange lets real seconds count, a fast one its own."""
    wall, world = ManualClock(START), ManualClock(START)
    time = GatewayTime(wall, world.now)
    wall.advance(2)
    assert 2.0 == time.seconds()
    world.advance(60)
    wall.advance(1)
    assert 62.0 == time.seconds()


def test_the_nineteenth_call_of_a_second_is_turned_away() -> None:
    """Eighteen fit; a second later there is room again."""
    window = RateWindow(18)
    assert [True] * 18 + [False] == [window.admit("key", 0.05 * n) for n in range(19)]
    assert window.admit("key", 1.0)
    count = window.keys["key"]
    assert (20, 1, 19) == (count.calls, count.refused, count.largest)


def test_keys_do_not_share_their_limit() -> None:
    """Each app key has its own second."""
    window = RateWindow(1)
    assert (True, True, False) == tuple(window.admit(key, 0.0) for key in ("a", "b", "a"))


@settings(max_examples=60)
@given(gaps=st.lists(st.integers(0, 900), min_size=1, max_size=120), limit=st.integers(1, 18))
def test_no_second_ever_admits_more_than_the_limit(gaps: list[int], limit: int) -> None:
    """Whatever the arrivals, any half-open second holds at most `limit` admitted calls."""
    window, now, admitted = RateWindow(limit), timedelta(), []
    for gap in gaps:
        now += timedelta(milliseconds=gap)
        if window.admit("key", now.total_seconds()):
            admitted.append(now.total_seconds())
    for at in admitted:
        assert limit >= sum(at - 1.0 < other <= at for other in admitted)
