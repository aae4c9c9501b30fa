"""Falls, the Sharpe ratio, and means with intervals that know what a day is."""

from itertools import product
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.measures import (
    FEWEST_DAYS,
    FEWEST_SESSIONS,
    IntArray,
    Interval,
    Mean,
    clustered_means,
    deepest_fall,
    fall_pct,
    longest_under,
    sharpe_ratio,
)

CURVES = st.lists(st.integers(1, 10_000), min_size=1, max_size=30).map(
    lambda levels: np.array(levels, dtype=np.float64)
)
SAMPLES = st.lists(
    st.tuples(st.integers(-3_000, 3_000), st.integers(1, 12), st.integers(0, 2)),
    min_size=1,
    max_size=60,
)


def columns(rows: list[tuple[int, int, int]]) -> tuple[FloatArray, IntArray, IntArray]:
    """Return values in hundredths of a percent, their days and their groups."""
    table = np.array(rows, dtype=np.int64)
    return table[:, 0] / 100.0, table[:, 1], table[:, 2]


def one(values: FloatArray, days: IntArray) -> Mean:
    """Return the mean of a single group."""
    (mean,) = clustered_means(values, days, np.zeros(len(values), dtype=np.int64), 1)
    return mean


def width(mean: Mean) -> float:
    """Return how wide an interval is."""
    assert mean.interval is not None
    return mean.interval.high_pct - mean.interval.low_pct


@given(SAMPLES)
def test_the_mean_is_the_mean_and_lies_in_its_interval(rows: list[tuple[int, int, int]]) -> None:
    """Each group has its own mean over its own days, and no interval that leaves the mean out."""
    for group, mean in enumerate(clustered_means(*columns(rows), 3)):
        mine = [value / 100.0 for value, _, of in rows if of == group]
        days = {day for _, day, of in rows if of == group}
        assert (len(mine), len(days)) == (mean.count, mean.days)
        assert (len(days) >= FEWEST_DAYS) == (mean.interval is not None)
        assert mean.mean_pct == (pytest.approx(fmean(mine), abs=1e-9) if mine else None)
        if mean.interval is not None and mean.mean_pct is not None:
            assert mean.interval.low_pct <= mean.mean_pct + 1e-9
            assert mean.mean_pct <= mean.interval.high_pct + 1e-9


@given(SAMPLES, st.integers(0, 1_000))
def test_the_order_of_the_values_changes_nothing(
    rows: list[tuple[int, int, int]], seed: int
) -> None:
    """Shuffled values give the same means and intervals to the last bit."""
    values, days, groups = columns(rows)
    mixed = np.random.default_rng(seed).permutation(len(rows))
    shuffled = clustered_means(values[mixed], days[mixed], groups[mixed], 3)
    assert clustered_means(values, days, groups, 3) == shuffled


@given(SAMPLES)
def test_twice_the_values_have_twice_the_interval(rows: list[tuple[int, int, int]]) -> None:
    """Mean and interval are in the unit of the values."""
    values, days, groups = columns(rows)
    for once, twice in zip(
        clustered_means(values, days, groups, 3),
        clustered_means(values * 2, days, groups, 3),
        strict=True,
    ):
        assert (once.mean_pct is None) == (twice.mean_pct is None)
        if once.mean_pct is not None:
            assert once.mean_pct * 2 == twice.mean_pct
        if once.interval is not None:
            low, high = once.interval.low_pct * 2, once.interval.high_pct * 2
            assert Interval(low_pct=low, high_pct=high) == twice.interval


def test_trades_of_one_day_are_one_witness() -> None:
    """The same trades ten times over on each day make nothing surer; on new days they do."""
    values = np.array([1.0, -2.0, 3.0, 0.5, -1.0, 2.0, 4.0, -3.0])
    days = np.arange(len(values))
    single = one(values, days)
    crowded = one(np.tile(values, 10), np.tile(days, 10))
    assert (single.mean_pct, 80, 8) == (crowded.mean_pct, crowded.count, crowded.days)
    assert width(single) == pytest.approx(width(crowded))
    spread = one(np.tile(values, 10), np.arange(80))
    assert width(spread) < width(single) / 2


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of 300 pasts with days that differ, 95 in 100 intervals hold the true mean, give or take."""
    rng = np.random.default_rng(7)
    days = np.repeat(np.arange(40), 6)
    held = 0
    for _ in range(300):
        values = 0.4 + rng.normal(0, 2.0, 40)[days] + rng.normal(0, 1.0, len(days))
        interval = one(values, days).interval
        assert interval is not None
        held += interval.low_pct <= 0.4 <= interval.high_pct
    assert 0.90 <= held / 300 <= 0.98


def test_the_interval_cuts_the_outer_twentieth_of_all_draws() -> None:
    """Its ends lie where those of all 46,656 draws of six days lie, give or take a hundredth."""
    sums, counts = np.array([1.0, -2.6, 3.3, 0.5, 14.0, -4.2]), np.array([1, 2, 3, 1, 2, 2])
    values, days = np.repeat(sums / counts, counts), np.repeat(np.arange(6), counts)
    every = np.array(list(product(range(6), repeat=6)))
    means = np.sort(sums[every].sum(axis=1) / counts[every].sum(axis=1))
    interval = one(values, days).interval
    assert interval is not None
    assert 0.015 <= (means < interval.low_pct).mean() <= 0.035
    assert 0.015 <= (means > interval.high_pct).mean() <= 0.035


def test_four_days_give_no_interval_and_five_do() -> None:
    """A mean of fewer than five days stands alone, however many trades it has."""
    values = np.arange(100, dtype=np.float64)
    assert one(values, np.arange(100) % 4).interval is None
    assert one(values, np.arange(100) % 5).interval is not None


def test_days_that_are_alike_leave_no_doubt() -> None:
    """Where every day tells the same the interval has no width."""
    assert Interval(low_pct=0.1, high_pct=0.1) == one(np.full(30, 0.1), np.arange(30) % 6).interval


def test_what_is_unknown_is_left_out() -> None:
    """A value that nobody knows counts neither as a value nor as a day."""
    mean = one(np.array([1.0, np.nan, 3.0]), np.array([1, 2, 3]))
    assert Mean(count=2, days=2, mean_pct=2.0, interval=None) == mean
    unknown = one(np.array([np.nan]), np.array([1]))
    assert Mean(count=0, days=0, mean_pct=None, interval=None) == unknown


@given(CURVES)
def test_the_deepest_fall_is_the_worst_of_all_pairs(levels: FloatArray) -> None:
    """No earlier and later level lie further apart in percent than the fall that is told."""
    fall = deepest_fall(levels)
    every = [
        (later - earlier) / earlier * 100.0
        for at, earlier in enumerate(levels)
        for later in levels[at:]
    ]
    if fall is None:
        assert 0.0 == min(every)
        return
    assert min(every) == pytest.approx(fall_pct(levels)[fall.bottom])
    high, low = levels[fall.peak], levels[fall.bottom]
    assert min(every) == pytest.approx((low - high) / high * 100.0)
    between = levels[fall.peak + 1 : fall.recovered]
    assert (between < high).all()
    assert fall.recovered is None or levels[fall.recovered] >= high


FALLS = [
    # levels, (peak, bottom, recovered), most levels under a high
    ([100, 110, 99, 110, 120], (1, 2, 3), 1),
    ([100, 90, 95, 99], (0, 1, None), 3),
    ([100, 110, 110, 88, 100, 90], (2, 3, None), 3),
    ([100, 50, 100, 50], (0, 1, 2), 1),
    ([100, 99, 100, 90, 80, 101], (2, 4, 5), 2),
]


@pytest.mark.parametrize(("levels", "fall", "under"), FALLS)
def test_where_a_fall_begins_and_ends(
    levels: list[float], fall: tuple[int, int, int | None], under: int
) -> None:
    """It begins where its high was reached last and ends where that is reached again."""
    found = deepest_fall(np.array(levels, dtype=np.float64))
    assert found is not None
    assert fall == (found.peak, found.bottom, found.recovered)
    assert under == longest_under(np.array(levels, dtype=np.float64))


def test_a_curve_that_never_fell() -> None:
    """Without a fall there is none to tell, and no time below a high."""
    levels = np.array([100.0, 100.0, 101.0])
    assert deepest_fall(levels) is None
    assert 0 == longest_under(levels)


def test_sharpe_ratio_by_hand() -> None:
    """The ratio is that of the excess over 3.5 % a year, times the root of 252."""
    growth = [0.01, -0.004, 0.002, 0.0, 0.006] * 4
    levels = np.array([1e9, *(1 + g for g in growth)]).cumprod()
    excess = [g - 0.035 / 252 for g in growth]
    assert pytest.approx(fmean(excess) / stdev(excess) * 252**0.5) == sharpe_ratio(levels)
    assert pytest.approx(sharpe_ratio(levels)) == sharpe_ratio(levels * 7)


@pytest.mark.parametrize(
    ("levels", "known"),
    [
        (np.linspace(100.0, 120.0, FEWEST_SESSIONS), False),
        (np.linspace(100.0, 120.0, FEWEST_SESSIONS + 1), True),
        (np.full(60, 100.0), False),
        (np.cumprod(np.full(60, 1.001)), False),
        (np.array([100.0] * 30 + [0.0] * 30), False),
    ],
)
def test_a_sharpe_ratio_needs_something_to_go_by(levels: FloatArray, known: bool) -> None:
    """Fewer than 20 sessions, no deviation or a lost capital give no ratio."""
    assert known == (sharpe_ratio(levels) is not None)
