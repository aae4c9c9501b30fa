"""The five-state detector: thresholds, hysteresis, shocks, confidence."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.model import Regime
from jennie_cli.engine.regime import CASH_FLOOR_PCT, RegimePolicy, detect, raw_state
from jennie_cli.engine.store import RegimeReading

POLICY = RegimePolicy()
LAST = date(2025, 6, 27)
CALM = 40


def read(
    breadth: Sequence[float],
    *,
    kospi: Sequence[float] | None = None,
    policy: RegimePolicy = POLICY,
    elapsed_ratio: float = 1.0,
) -> RegimeReading:
    """Return the reading after days of the given breadth points; the index is unknown or given.

    Without an index the score of a day is its breadth, so that each case states its scores.
    """
    rows = len(breadth)
    index = np.full(rows, np.nan) if kospi is None else np.asarray(kospi, dtype=float)
    return detect(
        days=[LAST - timedelta(days=rows - 1 - i) for i in range(rows)],
        index_close=np.column_stack([index, index]),
        advances=np.array([500.0 + b * 5 for b in breadth]),
        declines=np.array([500.0 - b * 5 for b in breadth]),
        turnover=np.full(rows, 1e13),
        policy=policy,
        elapsed_ratio=elapsed_ratio,
    )


@pytest.mark.parametrize(
    ("score", "state"),
    [
        (50.0, Regime.STRONG_BULL),
        (49.9, Regime.BULL),
        (15.0, Regime.BULL),
        (14.9, Regime.NEUTRAL),
        (-14.9, Regime.NEUTRAL),
        (-15.0, Regime.BEAR),
        (-49.9, Regime.BEAR),
        (-50.0, Regime.STRONG_BEAR),
    ],
)
def test_thresholds(score: float, state: Regime) -> None:
    """The bare score decides by 50, 15, -15 and -50."""
    assert state is raw_state(score, POLICY)
    assert state is read([score]).regime


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        ([0, 30], Regime.NEUTRAL),  # one evaluation is not enough
        ([0, 30, 30], Regime.BULL),
        ([0, 19.9, 19.9], Regime.NEUTRAL),  # within 5 points of the threshold
        ([0, 20, 20], Regime.BULL),
        ([0, 30, 0, 30], Regime.NEUTRAL),  # not consecutive
        ([0, 30, -30, 30], Regime.NEUTRAL),  # not the same side
        ([0, 90, 90], Regime.BULL),  # one step at a time
        ([0, 90, 90, 90], Regime.BULL),
        ([0, 90, 90, 90, 90], Regime.STRONG_BULL),
        ([30, 12, 12], Regime.BULL),  # 15 - 5 is not reached
        ([30, 10, 10], Regime.NEUTRAL),
        ([0, -20, -20], Regime.BEAR),
        ([0, -19, -19], Regime.NEUTRAL),
        ([-60, -40, -40, 0], Regime.BEAR),
    ],
)
def test_steps_need_five_points_and_two_evaluations(scores: list[float], state: Regime) -> None:
    """A state is left one step at a time, each confirmed twice beyond the hysteresis."""
    assert state is read(scores).regime


def test_day_without_score_neither_confirms_nor_resets() -> None:
    """An evaluation that could not be made is not an evaluation."""
    assert read([0, 30, float("nan"), 30]).regime is Regime.BULL


def test_kospi_fall_of_three_percent_acts_at_once() -> None:
    """The worse state holds on the day itself; a fall of 2.9 % waits for its confirmation."""
    calm = [100.0] * CALM
    shock = read([0.0] * CALM + [-90.0], kospi=[*calm, 97.0])
    assert (Regime.STRONG_BEAR, Regime.NEUTRAL) == (shock.regime, shock.previous)
    assert read([0.0] * CALM + [-90.0], kospi=[*calm, 97.1]).regime is Regime.NEUTRAL


def test_reading_names_the_state_before_and_the_day_of_change() -> None:
    """Previous and changed_on describe the last change, and are empty without one."""
    reading = read([0, 30, 30, 25, 25])
    assert (Regime.NEUTRAL, LAST - timedelta(days=2)) == (reading.previous, reading.changed_on)
    assert (None, None) == (read([0, 0]).previous, read([0, 0]).changed_on)


def test_confidence_is_weight_times_distance() -> None:
    """Breadth alone weighs 0.3; 7.5 points from a threshold is half of full confidence."""
    assert pytest.approx(0.3 * 0.5) == read([22.5]).confidence_ratio
    assert pytest.approx(0.3) == read([0.0]).confidence_ratio
    assert pytest.approx(0.0) == read([15.0]).confidence_ratio


def test_no_input_is_neutral_without_confidence() -> None:
    """Nothing known: NEUTRAL, no score, confidence 0, components None."""
    reading = read([float("nan")] * 3)
    assert (Regime.NEUTRAL, None, 0.0) == (
        reading.regime,
        reading.score_points,
        reading.confidence_ratio,
    )
    assert reading.components["trend"] is None
    assert reading.shadow is None
    assert read([]).regime is Regime.NEUTRAL


def test_components_hold_the_figures_people_read() -> None:
    """The newest day's distance from MA20, share of risen issues and turnover ratio."""
    reading = read([16.0] * (CALM + 1), kospi=[*[100.0] * CALM, 103.1])
    figures = (reading.components[n] for n in ("ma20_gap_pct", "advance_pct", "turnover_ratio"))
    assert [pytest.approx(3.1), pytest.approx(58.0), pytest.approx(1.0)] == list(figures)


def test_turnover_of_a_running_session_is_scaled_up() -> None:
    """The same won at half of the session is twice the pace."""
    reading = read([0.0] * (CALM + 1), kospi=[*[100.0] * CALM, 101.0], elapsed_ratio=0.5)
    assert reading.components["turnover_ratio"] == pytest.approx(2.0)


def test_sideways_is_read_as_neutral() -> None:
    """The older name of the state is accepted."""
    assert Regime("SIDEWAYS") is Regime.NEUTRAL


def test_every_regime_has_a_cash_floor() -> None:
    """Cash kept rises from 5 % in a strong bull to 25 % in a bear."""
    assert [5.0, 10.0, 15.0, 25.0, 25.0] == [CASH_FLOOR_PCT[r] for r in Regime]


@given(
    st.lists(st.floats(-100, 100), min_size=60, max_size=60),
    st.lists(st.floats(-100, 100), max_size=30),
)
def test_reading_rests_on_the_last_sixty_evaluations(
    scores: list[float], older: list[float]
) -> None:
    """A reading is reproducible from its own evaluations; older days do not change it."""
    assert read(scores) == read([*older, *scores])


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=60))
def test_state_never_skips_a_step_without_a_shock(scores: list[float]) -> None:
    """From one evaluation to the next the state moves by one step at most."""
    order = list(Regime)
    before, after = read(scores[:-1]).regime, read(scores).regime
    assert abs(order.index(before) - order.index(after)) <= 1
