"""Falling knives and hot sectors, from price frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.sectors import (
    SectorPolicy,
    Trend,
    day_change_pct,
    fine_trends,
    hot_members,
    knife_members,
    period_return_pct,
)
from jennie_cli.engine.store.panels import FloatArray

POLICY = SectorPolicy()
ROWS = 25


def path(*tail: float, start: float = 1000.0) -> FloatArray:
    """Return ROWS closes that stand still and end with these day changes in percent."""
    steps = np.concatenate([np.zeros(ROWS - 1 - len(tail)), np.asarray(tail, dtype=float)])
    return start * np.cumprod(np.concatenate([[1.0], 1.0 + steps / 100.0]))


def frame(*paths: FloatArray) -> FloatArray:
    return np.column_stack(paths)


def trend_of(close: FloatArray, fine: list[str], name: str, **extra: object) -> Trend:
    caps = np.arange(len(fine), 0.0, -1.0)
    trends = fine_trends(close=close, fine=fine, market_cap=caps, policy=POLICY, **extra)  # type: ignore[arg-type]
    return next(t.trend for t in trends if t.fine == name)


def test_steady_fall_is_a_falling_knife() -> None:
    """Five days of -1.5 % are a fall beyond 3 % with MA5 under MA20."""
    close = frame(path(-1.5, -1.5, -1.5, -1.5, -1.5), path(0, 0, 0, 0, 0))
    assert trend_of(close, ["조선", "은행"], "조선") is Trend.FALLING_KNIFE
    assert trend_of(close, ["조선", "은행"], "은행") is Trend.NEUTRAL


def test_one_bad_day_after_a_rise_is_only_weak() -> None:
    """A checked sector whose five-day change is above -3 % is WEAK."""
    assert trend_of(frame(path(2, 2, 2, 2, -2)), ["조선"], "조선") is Trend.WEAK


def test_fall_from_a_spike_is_weak_while_ma5_stands_above_ma20() -> None:
    """Both conditions are needed: here the fall is deep but the fast mean is still higher."""
    assert trend_of(frame(path(29, 0, -1, -1, -1, -1.2)), ["조선"], "조선") is Trend.WEAK


def test_slow_day_is_not_checked() -> None:
    """A mean day change of -1.0 % is not below -1.0 %."""
    assert trend_of(frame(path(-5, -5, -5, -5, -0.9)), ["조선"], "조선") is Trend.NEUTRAL


def test_one_expensive_share_does_not_decide() -> None:
    """Members weigh the same, whatever their price."""
    fall, still = path(-2, -2, -2, -2, -2), path(0, 0, 0, 0, 0, start=1_000_000.0)
    assert trend_of(frame(still, *[fall] * 4), ["철강"] * 5, "철강") is Trend.FALLING_KNIFE


def test_capital_reduction_of_a_member_is_no_fall() -> None:
    """A member with an impossible day inside the window does not stand for its sector."""
    close = frame(path(-70, 0, 0, 0, -1.2), path(0, 0, 0, 0, -1.2), path(0, 0, 0, 0, -1.2))
    assert trend_of(close, ["화학"] * 3, "화학") is Trend.WEAK


def test_only_the_five_largest_members_stand_for_the_sector() -> None:
    """Five calm giants keep a sector of falling small caps from being a knife."""
    calm, fall = path(0, 0, 0, 0, -0.5), path(-4, -4, -4, -4, -4)
    close = frame(*[calm] * 5, *[fall] * 5)
    assert trend_of(close, ["철강"] * 10, "철강") is Trend.WEAK


def test_at_most_the_five_worst_sectors_are_checked() -> None:
    """Of six falling sectors the mildest stays NEUTRAL."""
    falls = [path(-2, -2, -2, -2, -2 - i / 10) for i in range(6)]
    fine = [f"업종{i}" for i in range(6)]
    caps = np.ones(6)
    trends = fine_trends(close=frame(*falls), fine=fine, market_cap=caps, policy=POLICY)
    assert [Trend.NEUTRAL, *[Trend.FALLING_KNIFE] * 5] == [t.trend for t in trends]
    assert [False, *[True] * 5] == knife_members(trends, fine).tolist()


def test_impossible_day_change_is_left_out_of_the_average() -> None:
    """A move beyond 30 % is a change of capital; the other members decide."""
    close = frame(path(-60), path(1), path(1))
    trends = fine_trends(close=close, fine=["화학"] * 3, market_cap=np.ones(3), policy=POLICY)
    assert pytest.approx(1.0) == trends[0].day_change_pct
    assert (3, 2) == (trends[0].stocks, trends[0].ranked)


def test_all_zero_changes_before_the_opening_fall_back_to_closes() -> None:
    """At 08:30 every live change is 0.00 %, so last close against the one before counts."""
    close = frame(path(-2), path(3))
    before = day_change_pct(close, POLICY, np.zeros(2))
    assert np.allclose([-2.0, 3.0], before)
    assert [0.0, -1.0] == day_change_pct(close, POLICY, np.array([0.0, -1.0])).tolist()


def test_short_history_is_never_a_knife() -> None:
    """Below 20 closes nothing is claimed."""
    close = frame(path(-3, -3, -3, -3, -3))[-19:]
    assert trend_of(close, ["조선"], "조선") is Trend.WEAK


def test_sector_of_newcomers_is_never_a_knife() -> None:
    """Where no member has 20 closes yet there is no path to judge."""
    close = frame(path(-3, -3, -3, -3, -3))
    close[:10] = np.nan
    assert trend_of(close, ["조선"], "조선") is Trend.WEAK


def test_other_is_neither_knife_nor_hot() -> None:
    """What no map knows is no sector."""
    close = frame(*[path(-3, -3, -3, -3, -3)] * 3)
    trends = fine_trends(close=close, fine=["기타"] * 3, market_cap=np.ones(3), policy=POLICY)
    assert trends[0].trend is Trend.NEUTRAL
    hot = hot_members(trends, ["기타"] * 3, np.ones(3), sectors=3, names=5, policy=POLICY)
    assert [] == hot.tolist()


def test_hot_members_are_the_largest_of_the_best_sectors() -> None:
    """The best five-day sector comes first, its names by size; small sectors are not ranked."""
    close = frame(*[path(1, 1, 1, 1, 1)] * 4, *[path(3, 3, 3, 3, 3)] * 3, path(9, 9, 9, 9, 9))
    fine = ["은행"] * 4 + ["조선"] * 3 + ["담배"]
    caps = np.array([1.0, 4.0, 3.0, 2.0, 5.0, np.nan, 7.0, 9.0])
    trends = fine_trends(close=close, fine=fine, market_cap=caps, policy=POLICY)
    hot = hot_members(trends, fine, caps, sectors=2, names=3, policy=POLICY)
    assert [6, 4, 5, 1, 2, 3] == hot.tolist()
    counted = np.array([True] * 4 + [False] * 4)
    only = fine_trends(close=close, fine=fine, market_cap=caps, policy=POLICY, counted=counted)
    hot = hot_members(only, fine, caps, sectors=2, names=1, policy=POLICY, counted=counted)
    assert [1] == hot.tolist()


@given(
    order=st.permutations(range(6)),
    steps=st.lists(st.lists(st.floats(-5, 5), min_size=5, max_size=5), min_size=6, max_size=6),
)
def test_trends_do_not_depend_on_the_order_of_stocks(
    order: list[int], steps: list[list[float]]
) -> None:
    """A permutation of the stocks changes no sector's trend."""
    close = frame(*[path(*s) for s in steps])
    fine = ["조선", "조선", "조선", "은행", "은행", "은행"]
    caps = np.arange(6.0)
    one = fine_trends(close=close, fine=fine, market_cap=caps, policy=POLICY)
    two = fine_trends(
        close=close[:, order], fine=[fine[i] for i in order], market_cap=caps[order], policy=POLICY
    )
    assert [(t.fine, t.trend) for t in one] == [(t.fine, t.trend) for t in two]


def test_period_return_needs_all_closes() -> None:
    """A return over more sessions than there are is unknown."""
    close = frame(path(1, 1))
    assert pytest.approx(2.01) == period_return_pct(close, 5, POLICY)[0]
    assert np.isnan(period_return_pct(close, ROWS, POLICY)[0])
