"""The throttle over a whole day of minutes says what stepping through them says, row by row."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.macro.days import DAY, OPENS, POLICY, SESSION, at

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.macro import LEVELS, begin, step, throttle_levels
from jennie_cli.engine.macro.throttle import LevelArray, MinuteArray
from jennie_cli.engine.model import MacroSnapshot

assert SESSION is not None
OPEN_MINUTE = 9 * 60
Day = tuple[MinuteArray, FloatArray, FloatArray]
Judge = Callable[[MinuteArray, FloatArray, FloatArray], LevelArray]


def day(seed: int, rows: int = 60) -> Day:
    """Return a walk of KOSPI and VIX over rising minutes, with holes."""
    rng = np.random.default_rng(seed)
    minute = OPEN_MINUTE + np.cumsum(rng.integers(1, 8, rows)).astype(np.int32)
    kospi = np.cumsum(rng.normal(-0.05, 0.6, rows))
    vix = 30 + np.cumsum(rng.normal(0, 1.5, rows))
    kospi[rng.random(rows) < 0.3] = np.nan
    vix[rng.random(rows) < 0.7] = np.nan
    return minute, kospi, vix


def judge(
    minute: MinuteArray, kospi: FloatArray, vix: FloatArray, councils: Sequence[datetime] = ()
) -> LevelArray:
    """Return the levels of a day."""
    assert SESSION is not None
    return throttle_levels(minute, kospi, vix, session=SESSION, policy=POLICY, councils=councils)


def stepped(whole: Day, councils: Sequence[datetime]) -> list[str]:
    """Return the levels as a session finds them, asking for the newest snapshot each time."""
    state, newest, found = begin(OPENS), MacroSnapshot(at=at("00:00")), []
    for minute, kospi, vix in zip(*(a.tolist() for a in whole), strict=True):
        now = at("00:00") + timedelta(minutes=minute)
        newest = MacroSnapshot(
            at=newest.at if np.isnan(kospi) else now,
            kospi_change_pct=newest.kospi_change_pct if np.isnan(kospi) else kospi,
            vix_points=newest.vix_points if np.isnan(vix) else vix,
        )
        ran = [c for c in councils if c <= now]
        turn = step(
            state,
            newest,
            now=now,
            session=SESSION,
            policy=POLICY,
            council_at=ran[-1] if ran else None,
        )
        state = turn.state
        found.append(state.level.value)
    return found


def prefix_holds(judge: Judge, whole: Day, cut: int) -> bool:
    """Tell whether a day cut after a row gives what the whole day gives up to there."""
    minute, kospi, vix = whole
    return np.array_equal(judge(minute[:cut], kospi[:cut], vix[:cut]), judge(*whole)[:cut])


@given(seed=st.integers(0, 10_000), council=st.integers(0, 300))
@settings(max_examples=30)
def test_one_call_is_stepping(seed: int, council: int) -> None:
    """Every minute of the array form has the level that stepping reaches there."""
    whole, councils = day(seed), [OPENS + timedelta(minutes=council)]
    found = [LEVELS[n].value for n in judge(*whole, councils).tolist()]
    assert stepped(whole, councils) == found


@given(seed=st.integers(0, 10_000), cut=st.integers(0, 60))
@settings(max_examples=30)
def test_a_row_rests_on_earlier_rows_only(seed: int, cut: int) -> None:
    """A day cut anywhere gives the same levels up to the cut."""
    assert prefix_holds(judge, day(seed), cut)


def test_a_planted_look_ahead_is_found() -> None:
    """A judge that reads the next minute's KOSPI does not survive the cuts."""

    def ahead(minute: MinuteArray, kospi: FloatArray, vix: FloatArray) -> LevelArray:
        return judge(minute, np.append(kospi[1:], kospi[-1:]), vix)

    assert not all(prefix_holds(ahead, day(seed), cut) for seed in range(5) for cut in range(60))


def test_the_walks_reach_every_level() -> None:
    """The days of these tests are bad enough to mean something."""
    seen = {n for seed in range(20) for n in judge(*day(seed)).tolist()}
    assert set(range(len(LEVELS))) == seen


@pytest.mark.parametrize("rows", [0, 1])
def test_a_day_of_no_minute_or_one(rows: int) -> None:
    """A day may be empty, or hold one minute."""
    assert rows == len(judge(*day(0, rows)))


def test_minutes_belong_to_the_day_of_the_session() -> None:
    """The first minutes are those after the open of that day, not of another."""
    minute = np.array([OPEN_MINUTE + 5], dtype=np.int32)
    assert DAY == OPENS.date()
    assert [2] == judge(minute, np.array([-2.1]), np.array([np.nan])).tolist()
