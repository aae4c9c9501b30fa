"""The intraday throttle, told as days: what is read at what time, and where the level stands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.macro.days import DAY, OPENS, POLICY, SESSION, Row, at, levels, turn, turns

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.macro import (
    LEVELS,
    MacroPolicy,
    begin,
    read_throttle,
    step,
    throttle_factor,
    throttle_text,
)
from jennie_cli.engine.model import MacroSnapshot, ThrottleLevel
from jennie_cli.engine.rules import MACRO_RULES

Told = list[tuple[int, float | None, float | None, int | None]]

NORMAL, CAUTION, WARNING, DANGER, CRITICAL = (level.value for level in ThrottleLevel)
STALE = timedelta(minutes=POLICY.stale_minutes)


@pytest.mark.parametrize(
    ("kospi", "vix", "level"),
    [
        (0.0, 20.0, NORMAL),
        (-0.99, 29.9, NORMAL),
        (-1.0, 20.0, CAUTION),
        (-1.99, 20.0, CAUTION),
        (0.0, 30.0, CAUTION),
        (0.0, 34.9, CAUTION),
        (-2.0, 20.0, WARNING),
        (-2.1, None, WARNING),
        (0.0, 35.0, WARNING),
        (0.0, 39.9, WARNING),
        (-3.0, 20.0, DANGER),
        (0.0, 40.0, DANGER),
        (0.0, 80.0, DANGER),  # fear alone is never CRITICAL
        (-4.0, 20.0, CRITICAL),
        (-11.0, None, CRITICAL),
        (-1.0, 35.0, WARNING),  # the worse of the two
        (-3.0, 30.0, DANGER),
        (float("nan"), 35.0, WARNING),  # an unknown figure crosses no line
        (float("nan"), float("nan"), NORMAL),
    ],
)
def test_each_line_and_the_worse_of_two(kospi: float, vix: float | None, level: str) -> None:
    """A figure that stands on a line has crossed it, and the worse figure decides."""
    assert [level] == levels([Row("09:05", kospi, vix)])


DAYS = {
    "case 21: 0.6 at once, CAUTION after ten better minutes, never NORMAL": [
        (Row("10:00", -2.1), WARNING),
        (Row("10:05", -0.5), WARNING),
        (Row("10:10", -0.5), WARNING),
        (Row("10:14:59", -0.5), WARNING),
        (Row("10:15", -0.5), CAUTION),
        (Row("10:20", 0.5), CAUTION),
        (Row("10:50", 2.0, council="07:30"), CAUTION),  # the day began with that one
        (Row("11:00", 2.0, council="10:55"), NORMAL),
    ],
    "CRITICAL 30, DANGER 20, WARNING 10 minutes": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -0.1), CRITICAL),
        (Row("10:15", -0.1), CRITICAL),
        (Row("10:25", -0.1), CRITICAL),
        (Row("10:34", -0.1), CRITICAL),
        (Row("10:35", -0.1), DANGER),
        (Row("10:45", -0.1), DANGER),
        (Row("10:54", -0.1), DANGER),
        (Row("10:55", -0.1), WARNING),
        (Row("11:04", -0.1), WARNING),
        (Row("11:05", -0.1), CAUTION),
    ],
    "a reading as bad as the level starts the wait again": [
        (Row("10:00", -2.1), WARNING),
        (Row("10:05", -1.5), WARNING),
        (Row("10:12", -2.0), WARNING),
        (Row("10:15", -1.5), WARNING),
        (Row("10:24", -1.5), WARNING),
        (Row("10:25", -1.5), CAUTION),
    ],
    "recovery stops at the level the reading still means": [
        (Row("10:00", -4.0), CRITICAL),
        (Row("10:05", -3.5), CRITICAL),
        (Row("10:15", -3.5), CRITICAL),
        (Row("10:25", -3.5), CRITICAL),
        (Row("10:35", -3.5), DANGER),
        (Row("10:45", -3.5), DANGER),
        (Row("10:55", -3.5), DANGER),
        (Row("11:00", -2.5), DANGER),
        (Row("11:10", -2.5), DANGER),
        (Row("11:20", -2.5), WARNING),
    ],
    "a fall during recovery takes everything back at once": [
        (Row("10:00", -3.1), DANGER),
        (Row("10:05", -1.0), DANGER),
        (Row("10:15", -1.0), DANGER),
        (Row("10:25", -1.0), WARNING),
        (Row("10:30", -4.0), CRITICAL),
    ],
    "ten minutes of silence are borne, one second more is a WARNING": [
        (Row("10:00", -0.1), NORMAL),
        (Row("10:10", -0.1, of="10:00"), NORMAL),
        (Row("10:10:01", -0.1, of="10:00"), WARNING),
        (Row("10:11", -0.1), WARNING),
        (Row("10:20", -0.1), WARNING),
        (Row("10:21", -0.1), CAUTION),
    ],
    "a snapshot that cannot be read is silence too": [
        (Row("10:00", -0.1), NORMAL),
        (Row("10:05", silent=True), NORMAL),
        (Row("10:10:01", silent=True), WARNING),
    ],
    "silence does not hide a worse level, and proves nothing better": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:30", -4.5, of="10:00"), CRITICAL),
        (Row("11:30", -4.5, of="10:00"), CRITICAL),
    ],
    "a good figure that has grown old gives nothing back": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -0.5), CRITICAL),
        (Row("10:40", -0.5, of="10:05"), CRITICAL),
    ],
    "an old figure never heard before still counts when it is bad": [
        (Row("10:30", -3.4, of="10:00"), DANGER),
    ],
    "silence in the middle of a recovery starts the wait again": [
        (Row("10:00", -2.1), WARNING),
        (Row("10:05", -0.5), WARNING),
        (Row("10:16", -0.5, of="10:05"), WARNING),
        (Row("10:17", -0.5), WARNING),
        (Row("10:26", -0.5), WARNING),
        (Row("10:27", -0.5), CAUTION),
    ],
    "a missed snapshot holds the wait, and only a fresh one ends it": [
        (Row("10:00", -2.1), WARNING),
        (Row("10:05", -0.5), WARNING),
        (Row("10:10", -0.5), WARNING),
        (Row("10:15", silent=True), WARNING),
        (Row("10:16", -0.5), CAUTION),
    ],
    "nothing is stale in the first ten minutes, before which no index is made": [
        (Row("09:00", -1.9, of="08:59"), NORMAL),
        (Row("09:10", -1.9, of="08:59"), NORMAL),
        (Row("09:10:01", -1.9, of="08:59"), WARNING),
    ],
    "the VIX of the morning counts from the open": [
        (Row("09:00", None, 41.0, of="07:00"), DANGER),
    ],
    "a VIX that is no longer told is not a better VIX": [
        (Row("10:00", 0.0, 36.0), WARNING),
        (Row("10:10", 0.0), WARNING),
        (Row("10:20", 0.0), WARNING),
        (Row("10:30", 0.0, 20.0), WARNING),
        (Row("10:40", 0.0, 20.0), CAUTION),
    ],
    "a council's run leads to what the reading means": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -1.2, council="10:03"), CAUTION),
    ],
    "one run of the council counts once": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -4.6, council="10:03"), CRITICAL),
        (Row("10:10", -0.5, council="10:03"), CRITICAL),
    ],
    "a council that wrote before the fall gives nothing back": [
        (Row("09:50", -0.5), NORMAL),
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -0.5, council="09:59"), CRITICAL),  # told late
        (Row("10:10", -0.5, council="10:00"), CRITICAL),
        (Row("10:15", -0.5, council="10:01"), NORMAL),
    ],
    "nor does one that wrote before a reading that only kept the level": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:05", -4.1), CRITICAL),
        (Row("10:10", -0.5, council="10:03"), CRITICAL),
        (Row("10:15", -0.5, council="10:06"), NORMAL),
    ],
    "a council's run waits for a fresh reading": [
        (Row("10:00", -4.5), CRITICAL),
        (Row("10:20", -4.5, of="10:00", council="10:15"), CRITICAL),
        (Row("10:25", -0.5, council="10:15"), NORMAL),
    ],
    "a run of the council that is still to come does nothing": [
        (Row("10:00", -2.1), WARNING),
        (Row("10:05", -0.5, council="10:06"), WARNING),
    ],
    "a reading from the future is not used": [
        (Row("10:00", -9.0, 90.0, of="10:01"), WARNING),  # an hour of silence is all that is known
    ],
}


@pytest.mark.parametrize("told", DAYS)
def test_days(told: str) -> None:
    """A day told by its readings leads through the levels beside them."""
    rows = DAYS[told]
    assert [level for _, level in rows] == levels([row for row, _ in rows])


def test_case_21_in_size() -> None:
    """KOSPI -2.1 % leaves 0.6 of a position at once, ten better minutes 0.8."""
    rows = [Row("10:00", -2.1), Row("10:05", -0.5), Row("10:15", -0.5)]
    found = [throttle_factor(t.state.level, MacroPolicy()) for t in turns(rows)]
    assert [0.6, 0.6, 0.8] == found


@pytest.mark.parametrize(
    ("away", "level"),
    [("10:12", WARNING), ("10:15", CAUTION), ("10:15:01", WARNING), ("10:40", WARNING)],
)
def test_a_restart_in_the_middle_of_a_recovery(away: str, level: str) -> None:
    """The wait goes on over a restart, unless nothing was heard for longer than ten minutes."""
    before = turns([Row("10:00", -2.1), Row("10:05", -0.5)])[-1].state
    after = read_throttle(throttle_text(before))
    assert before == after
    assert level == turn(after, Row(away, -0.5)).state.level


def test_a_restart_forgets_neither_level_nor_alarm() -> None:
    """A state read back is silent about what was already told."""
    before = turns([Row("10:00", -0.1), Row("10:20", -0.1, of="10:00")])[-1]
    after = turn(read_throttle(throttle_text(before.state)), Row("10:25", -0.1, of="10:00"))
    assert before.alarm
    assert (WARNING, False, False) == (after.state.level, after.changed, after.alarm)


@pytest.mark.parametrize("text", ["", "null", "7", "[]", "{}", '{"level": "MILD"}', "\x00"])
def test_a_text_that_is_no_state_is_named(text: str) -> None:
    """What cannot be read is an error with its next act, never a calm day."""
    with pytest.raises(BadFile, match="throttle") as caught:
        read_throttle(text)
    assert "WARNING" in caught.value.hint


def test_a_lost_state_may_begin_at_warning() -> None:
    """Begun at WARNING, the day goes on as any WARNING does."""
    start = begin(at("10:00"), ThrottleLevel.WARNING)
    rows = [Row("10:01", -0.1), Row("10:11", -0.1), Row("10:30", -0.1)]
    assert [WARNING, CAUTION, CAUTION] == levels(rows, start)


def test_a_level_knows_since_when_it_stands() -> None:
    """The time of a level is that of its last change."""
    found = turns([Row("10:00", -2.1), Row("10:05", -2.2), Row("10:10", -3.0)])
    assert [at("10:00"), at("10:00"), at("10:10")] == [t.state.set_at for t in found]


def test_the_snapshot_of_another_day_is_not_used() -> None:
    """Yesterday's VIX says nothing of today."""
    old = MacroSnapshot(at=at("15:00", date(2026, 3, 3)), kospi_change_pct=-9.0, vix_points=90.0)
    found = step(begin(OPENS), old, now=at("09:05"), session=SESSION, policy=POLICY)
    assert (NORMAL, None) == (found.state.level, found.state.vix)


def test_changes_and_alarms_are_told_once() -> None:
    """A level is told when it changes, silence when it begins."""
    rows = [
        Row("10:00", -0.1),
        Row("10:11", -0.1, of="10:00"),
        Row("10:15", -0.1, of="10:00"),
        Row("10:20", -0.1),
        Row("10:31", -0.1, of="10:20"),
    ]
    found = turns(rows)
    assert [False, True, False, False, False] == [t.changed for t in found]
    assert [False, True, False, False, True] == [t.alarm for t in found]


def test_a_new_day_begins_anew_before_the_open() -> None:
    """Yesterday's level is gone by morning, and that is told."""
    crash = begin(at("14:00", date(2026, 3, 3)), ThrottleLevel.CRITICAL)
    morning = turn(crash, Row("08:30", -9.0))
    assert (NORMAL, DAY, True) == (morning.state.level, morning.state.day, morning.changed)
    assert () == morning.checks
    assert [WARNING] == levels([Row("09:05", -2.1)], crash)


@pytest.mark.parametrize("clock", ["00:00", "08:59:59", "15:30", "23:59"])
def test_outside_the_session_nothing_is_judged(clock: str) -> None:
    """Before the open and from the close on, no figure moves the level."""
    state = turn(begin(at("00:00")), Row("10:00", -2.1)).state
    found = turn(state, Row(clock, -9.0, 90.0))
    assert (state, False, False) == (found.state, found.changed, found.alarm)


def test_a_holiday_changes_nothing() -> None:
    """On a closed weekday yesterday's state stands, however old and bad the figures."""
    state = begin(at("14:00", date(2026, 2, 27)), ThrottleLevel.DANGER)
    holiday = at("11:00", date(2026, 3, 2))
    reading = MacroSnapshot(at=holiday - timedelta(days=3), kospi_change_pct=-9.0)
    found = step(state, reading, now=holiday, session=None, policy=POLICY)
    assert (state, False, False) == (found.state, found.changed, found.alarm)


def test_a_late_session_moves_everything_with_it() -> None:
    """With the open at ten o'clock the first ten minutes begin there."""
    assert SESSION is not None
    late = replace(SESSION, open=at("10:00"), close=at("16:30"))
    state = begin(at("08:00"))
    for clock, level in (("09:30", NORMAL), ("10:10", NORMAL), ("10:11", WARNING)):
        found = step(state, None, now=at(clock), session=late, policy=POLICY)
        assert level == found.state.level


def test_each_step_says_what_decided() -> None:
    """The answers name the line crossed, the age, and how long better readings have lasted."""
    found = turns([Row("10:00", -3.2, 36.0), Row("10:05", -1.5, 20.0)])[-1]
    said = {c.rule: (c.value, c.limit, c.passed) for c in found.checks}
    assert said.keys() <= MACRO_RULES.keys()
    assert (-1.5, -1.0, False) == said["macro.kospi"]
    assert (20.0, 30.0, True) == said["macro.vix"]
    assert (0.0, 600.0, True) == said["macro.snapshot_age"]
    assert (0.0, 1200.0, False) == said["macro.recovery"]


def test_an_unknown_figure_is_shown_as_unknown() -> None:
    """A figure nobody told is None in the answers, not a calm number."""
    said = {c.rule: c.value for c in turns([Row("09:05", silent=True)])[-1].checks}
    assert (None, None, 300.0) == tuple(
        said[r] for r in ("macro.kospi", "macro.vix", "macro.snapshot_age")
    )


minutes_before = st.none() | st.integers(0, 30)
figure = st.none() | st.floats(-8, 3).map(lambda v: round(v, 1))
fear = st.none() | st.floats(10, 50).map(lambda v: round(v, 1))
a_row = st.tuples(st.integers(1, 15), figure, fear, minutes_before)
a_day = st.lists(a_row, max_size=25)


def _told(day: Told) -> list[Row]:
    minute, rows = 9 * 60, []
    for wait, kospi, vix, council in day:
        minute += wait
        ran = "" if council is None else _clock(minute - council)
        rows.append(Row(_clock(minute), kospi, vix, council=ran))
    return rows


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _place(level: ThrottleLevel) -> int:
    return LEVELS.index(level)


@given(day=a_day.map(lambda day: [(*row[:3], None) for row in day]))
def test_no_day_leads_back_to_normal_without_a_council(
    day: Told,
) -> None:
    """Levels fall one at a time and never to NORMAL."""
    before = ThrottleLevel.NORMAL
    for found in turns(_told(day)):
        now = found.state.level
        assert _place(before) - _place(now) <= 1
        assert now is not ThrottleLevel.NORMAL or before is ThrottleLevel.NORMAL
        before = now


@given(day=a_day, worse=st.lists(st.floats(0, 4), min_size=25, max_size=25))
def test_worse_readings_never_give_a_better_level(day: Told, worse: list[float]) -> None:
    """Pushing each figure of a day the wrong way leaves every level as bad or worse."""
    rows = _told(day)
    pushed = [
        replace(
            row,
            kospi=None if row.kospi is None else row.kospi - by,
            vix=None if row.vix is None else row.vix + 3 * by,
        )
        for row, by in zip(rows, worse, strict=False)
    ]
    for mild, bad in zip(turns(rows), turns(pushed), strict=True):
        assert _place(mild.state.level) <= _place(bad.state.level)


@given(day=a_day)
def test_every_state_survives_its_text(
    day: Told,
) -> None:
    """Whatever a day leads to is read back as it was written."""
    for found in turns(_told(day)):
        assert found.state == read_throttle(throttle_text(found.state))


@given(day=a_day)
def test_silence_is_always_a_warning(
    day: Told,
) -> None:
    """Once KOSPI has not been heard of for ten minutes the level is WARNING or worse."""
    heard = OPENS
    for row, found in zip(_told(day), turns(_told(day)), strict=True):
        heard = at(row.clock) if row.kospi is not None else heard
        if at(row.clock) - heard > STALE:
            assert found.state.stale
            assert _place(found.state.level) >= _place(ThrottleLevel.WARNING)


def test_the_lines_are_settings() -> None:
    """A moved line is the one that counts."""
    moved = replace(POLICY, caution_kospi_pct=-0.5, caution_vix=25.0)
    assert CAUTION == turn(begin(OPENS), Row("09:05", -0.5), moved).state.level
    assert CAUTION == turn(begin(OPENS), Row("09:05", 0.0, 25.0), moved).state.level
