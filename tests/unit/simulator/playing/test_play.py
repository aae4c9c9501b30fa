"""A world in motion: its clock, its days, its script, and the same fills at any step size."""

import json
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.tiny_market import ALPHA, BETA, TinyDays

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, InputError
from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage import OrderNotice, Reason, Ticket
from jennie_cli.simulator.exchange import HaltChanged, PhaseChanged
from jennie_cli.simulator.playing import (
    DayOpened,
    Disturbance,
    DisturbanceKind,
    Line,
    Play,
    PlayEvent,
    Scripted,
    read_script,
)

MINE = "1234567801"
MONDAY = date(2025, 6, 30)


def at(text: str, *, day: date = MONDAY) -> datetime:
    """Return a moment."""
    return datetime.combine(day, time.fromisoformat(text), KST)


START = at("08:30")


def line(moment: str, **order: object) -> str:
    """Return one line of a script on the first day."""
    return json.dumps({"at": at(moment).isoformat(), "account": MINE, **order})


SCRIPT = read_script(
    [
        line("08:40", side="buy", code=ALPHA, qty=20, kind="limit", price=50_500, label="early"),
        line("08:50", modify="early", price=51_000),
        line("09:00:00.700", side="buy", code=ALPHA, qty=40, kind="market"),
        line("09:10", side="buy", code=BETA, qty=700, price=1_996, label="patient"),
        line("09:10", side="sell", code=ALPHA, qty=15, kind="limit", price=50_100),
        line("11:00", cancel="patient", qty=1),
        line("14:00", side="sell", code=ALPHA, qty=10_000, kind="market", label="too much"),
        line("15:25", side="sell", code=ALPHA, qty=20, kind="market"),
    ]
)


def run(cuts: list[int], *, script: tuple[Line, ...] = SCRIPT) -> tuple[bytes, list[PlayEvent]]:
    """Play the script for two days in steps that end at these milliseconds."""
    play = Play(TinyDays(), start=START, script=script)
    events: list[PlayEvent] = []
    for cut in sorted(cuts):
        events += play.advance(START + timedelta(milliseconds=cut))
    events += play.advance(at("12:00", day=date(2025, 7, 2)))
    return play.brokerage.keep().dump(), events


WHOLE = run([])


def told(events: list[PlayEvent]) -> list[OrderNotice | Scripted]:
    """Return notices and the script's answers."""
    return [e for e in events if isinstance(e, OrderNotice | Scripted)]


@given(cuts=st.lists(st.integers(0, 9 * 3_600_000), max_size=12))
@settings(max_examples=25, deadline=None)
def test_a_script_gives_the_same_fills_at_any_step_size(cuts: list[int]) -> None:
    """However time is cut, books and notices are the same to the byte."""
    books, events = run(cuts)
    assert WHOLE[0] == books
    assert told(WHOLE[1]) == told(events)


def test_the_script_says_what_became_of_its_lines() -> None:
    """Each line has a number or a named refusal, at its own time."""
    lines = [e for e in WHOLE[1] if isinstance(e, Scripted)]
    assert [s.at for s in SCRIPT] == [e.at for e in lines]
    assert [Reason.SELLABLE] == [e.refused for e in lines if e.refused]
    assert [1, 2, 3, 4, 5, 6, 7] == [e.taken.number for e in lines if e.taken]


def test_a_line_before_the_world_is_refused() -> None:
    """A script cannot order in the past."""
    with pytest.raises(InputError, match="before the world"):
        Play(TinyDays(), start=at("09:00"), script=SCRIPT)


@pytest.mark.parametrize(
    "bad", ["{", '{"at":"x"}', '{"at":"2025-06-30T09:00","account":"1","side":"hold"}']
)
def test_a_wrong_line_is_named(bad: str) -> None:
    """The number of the line is in the message."""
    with pytest.raises(BadFile, match="Line 2"):
        read_script([line("09:00", cancel="x"), bad])


def test_a_time_without_a_zone_is_korean() -> None:
    """A script may leave the zone out."""
    (one,) = read_script(['{"at":"2025-06-30T09:00:01","account":"1","cancel":"x"}'])
    assert at("09:00:01") == one.at


def test_time_does_not_step_back() -> None:
    """An earlier moment is refused and nothing moves; so is one without a zone."""
    play = Play(TinyDays(), start=START)
    play.advance(at("10:00"))
    for moment in (at("09:59"), at("11:00").replace(tzinfo=None)):
        with pytest.raises(InputError):
            play.advance(moment)
    assert at("10:00") == play.now


def test_days_roll_over_nights_and_holidays() -> None:
    """Friday's market stays through the weekend; each trading day opens at its midnight."""
    play = Play(TinyDays(), start=at("12:00", day=date(2025, 7, 3)))
    events = play.advance(at("12:00", day=date(2025, 7, 6)))
    assert date(2025, 7, 4) == play.day
    events += play.advance(at("00:00", day=date(2025, 7, 7)))
    opened = [e.day for e in events if isinstance(e, DayOpened)]
    assert [date(2025, 7, 4), date(2025, 7, 7)] == opened


def test_numbers_begin_anew_every_day() -> None:
    """The first request of each day has the same number."""
    play = Play(TinyDays(), start=START)
    ticket = Ticket(code=ALPHA, side=Side.BUY, qty=1, price=40_000)
    first, _ = play.place(MINE, ticket)
    play.advance(at("09:00", day=date(2025, 7, 1)))
    second, _ = play.place(MINE, ticket)
    assert first.number == second.number
    assert (MONDAY, date(2025, 7, 1)) == (first.day, second.day)


def test_an_odd_day_opens_at_its_own_hour() -> None:
    """On the exam day of 2025 the market opens at ten and closes at half past four."""
    exam = date(2025, 11, 13)
    play = Play(TinyDays(), start=at("08:00", day=exam))
    events = play.advance(at("17:00", day=exam))
    hours = [e.at_ms // 60_000 for e in events if isinstance(e, PhaseChanged)]
    assert [9 * 60 + 30, 10 * 60, 16 * 60 + 20, 16 * 60 + 30] == hours


def test_steps_along_the_next_events_reach_the_same_world() -> None:
    """Stepping from event to event, as a driver does, misses nothing."""
    play = Play(TinyDays(), start=START, script=SCRIPT)
    events: list[PlayEvent] = []
    end = at("12:00", day=date(2025, 7, 2))
    moments = [play.now]
    while (following := play.next_event()) and following < end:
        events += play.advance(max(following, play.now + timedelta(milliseconds=1)))
        moments.append(play.now)
    events += play.advance(end)
    assert told(WHOLE[1]) == told(events)
    assert WHOLE[0] == play.brokerage.keep().dump()
    assert all(a < b for a, b in pairwise(moments))


def test_the_next_open_is_when_orders_are_taken() -> None:
    """Before the auction it lies ahead, in the session it is now, afterwards on the next day."""
    play = Play(TinyDays(), start=at("07:00"))
    answers = []
    for moment in (at("07:00"), at("10:00"), at("16:00"), at("16:00", day=date(2025, 7, 5))):
        play.advance(max(moment, play.now))
        answers.append(play.next_open())
    tuesday, monday = at("08:30", day=date(2025, 7, 1)), at("08:30", day=date(2025, 7, 7))
    assert [START, at("10:00"), tuesday, monday] == answers


def test_a_halt_stops_a_stock_and_a_resumption_lets_it_go_on() -> None:
    """New orders wait, a cancel passes, and the exchange tells both changes."""
    play = Play(TinyDays(), start=at("10:00"))
    taken, _ = play.place(MINE, Ticket(code=ALPHA, side=Side.BUY, qty=1, price=40_000))
    events = play.disturb(Disturbance(kind=DisturbanceKind.HALT, code=ALPHA))
    assert [True] == [e.halted for e in events if isinstance(e, HaltChanged)]
    assert play.exchange.board(ALPHA).halted
    events = play.disturb(Disturbance(kind=DisturbanceKind.RESUME, code=ALPHA))
    assert [False] == [e.halted for e in events if isinstance(e, HaltChanged)]
    assert play.brokerage.account(MINE).rows[taken.number].remaining
