"""What the benchmark from tick to order says is what it saw."""

from datetime import timedelta

import numpy as np
import pytest
from benchmarks.tick_to_order import Case, Outcome, column
from benchmarks.tick_to_order_market import Turns, code_of
from benchmarks.tick_to_order_seen import (
    KEPT_S,
    Course,
    Seen,
    TurningClock,
    closing,
    of_processor_ms,
    spread,
    to_broker_ms,
    to_signal_ms,
    to_stamp_ms,
)
from numpy.typing import NDArray
from tests.unit.engine.exits.cases import at

from jennie_cli.api import View
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.model import Regime

TURN = at("11:30")
SECOND = timedelta(seconds=1)


def tick(code: str, when: str, milliseconds: int = 0) -> Tick:
    """Return a trade at 100 won."""
    moment = at(when) + timedelta(milliseconds=milliseconds)
    return Tick(code=code, at=moment, price=100, qty=1, day_volume=1, day_high=100)


def course(code: str = "A", *, turn: str = "11:30", by_tick: bool = True) -> Course:
    """Return a signal that was due at 10 s and judged 3 ms later."""
    return Course(code=code, turn=at(turn), due=10.0, judged=10.003, by_tick=by_tick)


def test_the_clock_plays_the_seconds_around_each_turn() -> None:
    """One before it and two after it as on the wall, then the next minute's."""
    clock = TurningClock(TURN)
    assert TURN - SECOND == clock.now()
    begun = clock.begin()
    minute = timedelta(minutes=1)
    assert TURN - SECOND == clock.at(begun)
    assert TURN + SECOND / 4 == clock.at(begun + 1.25)
    assert TURN + SECOND * 1.5 == clock.at(begun + 2.5)
    assert TURN + minute - SECOND == clock.at(begun + KEPT_S)
    assert TURN + 2 * minute == clock.at(begun + 2 * KEPT_S + 1)


@pytest.mark.parametrize("gone", [0.0, 0.5, 1.0, 2.75, 3.0, 4.25, 301.5])
def test_a_time_of_the_clock_leads_back_to_its_moment(gone: float) -> None:
    """A tick's time tells when it was due."""
    clock = TurningClock(TURN)
    begun = clock.begin()
    assert begun + gone == pytest.approx(clock.moment(clock.at(begun + gone)), abs=1e-5)


def test_a_time_that_is_left_out_comes_with_the_next_turn() -> None:
    """Who sleeps into it wakes when the clock goes on."""
    clock = TurningClock(TURN)
    begun = clock.begin()
    assert begun + KEPT_S == pytest.approx(clock.moment(TURN + timedelta(seconds=30)))


def test_a_sleeper_that_wakes_a_hair_early_belongs_to_its_second() -> None:
    """A beat is due at the second that it waited for."""
    clock = TurningClock(TURN)
    assert TURN == clock.second(TURN - timedelta(microseconds=3))
    assert TURN == clock.second(TURN + timedelta(milliseconds=998))


def test_a_bar_is_closed_by_the_first_tick_of_its_stock_after_the_turn() -> None:
    """Not by an earlier one, nor by one of another stock."""
    heard = [tick("A", "11:29", 59_990), tick("B", "11:30"), tick("A", "11:30", 7)]
    heard.append(tick("A", "11:30", 9))
    assert at("11:30") + timedelta(milliseconds=7) == closing(heard, "A", TURN)
    assert closing(heard[:2], "A", TURN) is None


def test_a_signal_is_followed_to_the_broker() -> None:
    """Each step in milliseconds from the moment at which its tick was due."""
    seen = Seen()
    seen.signalled(course())
    seen.stamped("A", 10.015, "")
    seen.sent("A", 10.021)
    assert [3.0] == pytest.approx(to_signal_ms(seen.courses))
    assert [15.0] == pytest.approx(to_stamp_ms(seen.courses))
    assert [21.0] == pytest.approx(to_broker_ms(seen.courses))


def test_processor_time_counts_from_the_first_tick_of_a_minute() -> None:
    """A later tick of the minute changes nothing, one of the next minute does."""
    seen, told = Seen(), list[tuple[int, float]]()
    for when, milliseconds in (("11:29", 0), ("11:30", 7), ("11:30", 9)):
        seen.handed_in(tick("A", when, milliseconds))
        told.append(seen.first["A"])
    assert [29, 30, 30] == [minute for minute, _ in told]
    assert told[1] == told[2]


def test_processor_time_of_a_refusal_is_not_told() -> None:
    """Only what came to a stamp counts."""
    seen = Seen()
    seen.signalled(course())
    seen.stamped("A", 10.015, "")
    assert 1 == len(of_processor_ms(seen.courses))
    seen.stamped("A", 10.015, "risk.heat")
    assert 0 == len(of_processor_ms(seen.courses))


def test_a_refused_signal_has_no_stamp() -> None:
    """The rule is kept, and no time that would look like a stamp."""
    seen = Seen()
    seen.signalled(course())
    seen.stamped("A", 10.015, "risk.heat")
    assert "risk.heat" == seen.courses[0].refused
    assert not len(to_stamp_ms(seen.courses))


def test_what_is_stamped_belongs_to_the_newest_signal_of_its_stock() -> None:
    """Another signal of the stock came a minute before; other stocks are untouched."""
    seen = Seen()
    for each in (course("A"), course("B"), course("A", turn="11:31")):
        seen.signalled(each)
    seen.stamped("A", 10.5, "")
    assert [None, None, 10.5] == [each.stamped for each in seen.courses]
    assert [at("11:31")] == [each.turn for each in seen.counted(at("11:31"))]


def test_the_table_tells_what_was_lost() -> None:
    """Two were wanted, one came and was late."""
    seen = Seen(ticks=4_000, seconds=2.0, lag=[0.001])
    seen.signalled(course(by_tick=False))
    seen.stamped("A", 10.030, "")
    seen.sent("A", 10.035)
    case = Case(stocks=40, signals=1, turns=2, rate=2_000.0, seed=1)
    outcome = Outcome(case=case, seen=seen, courses=seen.courses, load=1.0)
    told = column(outcome)
    assert not outcome.whole
    assert "2, 1" == told["signals wanted, sent"]
    assert "0, 1" == told["closed by a tick, by the timer"]
    assert "2,000" == told["ticks a second, handed in"]
    assert "30.0, 30.0, 30.0" == told["to the STAMPED ORDER, ms (p50, p99, max)"]
    assert "0.0% within" == told["  goal: p99 <= 20 ms"]


def test_a_spread_of_nothing_is_a_dash() -> None:
    """No figure is made up for what was not seen."""
    assert "-" == spread(np.array([]))
    assert "50.5, 99.0, 100.0" == spread(np.arange(1.0, 101.0))


def test_the_guest_wants_as_many_at_each_turn_and_others_next_time() -> None:
    """Nothing is bought of what is held, and everybody has a turn."""
    wanted = [wishes(minute) for minute in range(690, 696)]
    assert [5] * 6 == [int(row.sum()) for row in wanted]
    assert set(range(30)) == set(np.flatnonzero(np.any(wanted, axis=0)))


def wishes(minute: int) -> NDArray[np.bool_]:
    """Return which of 40 stocks, ten of them held, the guest wants at a turn."""
    figures = np.full((1, 40), 100.0)
    named = ("open", "high", "low", "close", "volume", "rsi", "volume_ratio", "vwap")
    view = View(
        codes=tuple(code_of(place) for place in range(40)),
        known=np.ones((1, 40), dtype=np.bool_),
        second=np.full((1, 40), minute * 60),
        opens=9 * 3_600,
        closes=15 * 3_600 + 1_800,
        regime=Regime.BULL,
        **dict.fromkeys(named, figures),
        **dict.fromkeys(("base_price", "hybrid_score", "llm_score"), figures[0]),
    )
    return np.array(Turns(5, 30)(view)[0].passed, dtype=np.bool_)[0, :]


def test_the_clock_stands_until_it_is_begun() -> None:
    """However long its home takes to open."""
    clock = TurningClock(TURN)
    assert TURN - SECOND == clock.at(1e9)
    assert 0.0 == clock.monotonic()
