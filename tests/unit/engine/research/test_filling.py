"""What an order that meets a point of the path is filled at."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.model import Market
from jennie_cli.engine.research import (
    FillPolicy,
    buy_prices,
    paid,
    received,
    sell_prices,
    stop_reached,
)
from jennie_cli.engine.research.filling import profit_reached
from jennie_cli.engine.venue import round_down, round_up

BOARD: dict[str, Any] = {"market": Market.KOSPI, "on": date(2025, 6, 30)}
OPEN_ENDED: dict[str, Any] = {"upper": np.array([np.inf]), **BOARD}
FLOORLESS: dict[str, Any] = {"lower": np.array([0.0]), **BOARD}

FILLS = [
    # point, slippage bp, a buyer pays, a seller gets: ticks of 10 below 20,000, of 50 from there
    (10_000, 0, 10_000, 10_000),
    (10_000, 10, 10_010, 9_990),
    (10_010, 10, 10_030, 9_990),
    (19_990, 10, 20_050, 19_970),
    (50_000, 10, 50_100, 49_950),
]


@pytest.mark.parametrize(("point", "slippage_bp", "buyer", "seller"), FILLS)
def test_won_and_ticks(point: float, slippage_bp: float, buyer: int, seller: int) -> None:
    """Slippage goes against the side that trades, and so does rounding to the tick."""
    policy, at = FillPolicy(slippage_bp=slippage_bp), np.array([float(point)])
    assert [buyer] == buy_prices(at, policy, **OPEN_ENDED).tolist()
    assert [seller] == sell_prices(at, policy, **FLOORLESS).tolist()


@given(st.integers(1, 2_000_000), st.sampled_from([0.0, 1.0, 10.0, 500.0]))
def test_never_better_than_the_point(point: int, slippage_bp: float) -> None:
    """A fill is whole, on a tick, never better than its point and at most one tick past it."""
    policy, at = FillPolicy(slippage_bp=slippage_bp), np.array([float(point)])
    (buy,), (sell,) = (
        buy_prices(at, policy, **OPEN_ENDED).tolist(),
        sell_prices(at, policy, **FLOORLESS).tolist(),
    )
    assert sell <= received(at, policy)[0] + 1e-6
    assert paid(at, policy)[0] - 1e-6 <= buy
    assert buy == round_up(buy, **BOARD)
    assert sell == (round_down(sell, **BOARD) if sell else 0)


def test_no_fill_beyond_the_limits_of_the_day() -> None:
    """Slippage may leave the bar but not the price limits, where no order is taken."""
    policy = FillPolicy(slippage_bp=100.0)
    got = buy_prices(np.array([12_990.0, 10_000.0]), policy, upper=np.array([13_000.0]), **BOARD)
    assert [13_000, 10_100] == got.tolist()
    got = sell_prices(np.array([7_010.0, 10_000.0]), policy, lower=np.array([7_000.0]), **BOARD)
    assert [7_000, 9_900] == got.tolist()


STOPS = [
    # open, low, high, close, stop at 97 filled at
    ((100, 98, 105, 99), None),
    ((100, 97, 105, 99), 97.0),
    ((100, 96, 105, 99), 96.0),
    ((97, 90, 105, 99), 97.0),
    ((95, 90, 105, 99), 95.0),
]


@pytest.mark.parametrize(("path", "filled"), STOPS)
def test_stop_meets_the_path(path: tuple[int, ...], filled: float | None) -> None:
    """A stop is filled at the worse of itself and the first point at or below it."""
    points = np.array(path, dtype=np.float64).reshape(1, 4, 1)
    got = stop_reached(points, np.array([[97.0]]))
    np.testing.assert_array_equal([[np.nan if filled is None else filled]], got)


def test_an_unknown_bar_reaches_no_stop() -> None:
    """Where there is no bar a stop is not reached."""
    assert np.isnan(stop_reached(np.full((1, 4, 2), np.nan), np.array([97.0, 97.0]))).all()


@pytest.mark.parametrize(
    ("before", "point", "level", "filled"),
    [
        (9_900.0, 11_000.0, 10_700.0, 10_700.0),
        (10_800.0, 11_000.0, 10_700.0, 10_800.0),
        (9_900.0, 10_700.0, 10_700.0, 10_700.0),
        (9_900.0, 11_000.0, float("nan"), 9_900.0),
    ],
)
def test_a_profit_is_taken_where_the_way_up_crosses_it(
    before: float, point: float, level: float, filled: float
) -> None:
    """Not at the high, which nobody knew; from above the level, where the way begins."""
    assert filled == profit_reached(before, point, level)
