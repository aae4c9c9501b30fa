"""The golden values of momentum, from price and index frames."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import PRICE, Array, flat, points, scored, with_rows


def index_that_moved(pct: float, rows: int) -> Array:
    """Return both indices, KOSPI having moved since close[-rows], KOSDAQ not at all."""
    kospi = with_rows(flat(value=2_500.0), {-rows: 2_500.0 / (1.0 + pct / 100.0)})
    return np.hstack([kospi, flat(value=800.0)])


@pytest.mark.parametrize("index_pct", [0.0, 7.0])
@pytest.mark.parametrize(
    ("excess_pct", "expected"),
    [(-30, 0.01), (-10, 1.67), (0, 2.5), (12, 3.496), (30, 4.99), (40, 5.0)],
)
def test_six_month(excess_pct: float, expected: float, index_pct: float) -> None:
    """Six months score the 120-row return beyond the index of the stock's market."""
    then = PRICE / (1.0 + (excess_pct + index_pct) / 100.0)
    got = points(
        "momentum",
        "six_month_relative",
        close=with_rows(flat(), {-120: then}),
        index=index_that_moved(index_pct, 120),
    )
    assert expected == pytest.approx(got, abs=5e-4)


@pytest.mark.parametrize(("excess_pct", "expected"), [(-10, 0), (-4, 1.5), (6, 4.0), (10, 5.0)])
def test_one_month(excess_pct: float, expected: float) -> None:
    """One month scores the 20-row return beyond the index."""
    then = PRICE / (1.0 + (excess_pct - 3.0) / 100.0)
    got = points(
        "momentum",
        "one_month",
        close=with_rows(flat(), {-20: then}),
        index=index_that_moved(-3.0, 20),
    )
    assert expected == pytest.approx(got, abs=5e-4)


def test_no_index_is_absolute() -> None:
    """Without an index close on one of the two days the bare return counts."""
    close = with_rows(flat(), {-120: PRICE / 1.12})
    index = index_that_moved(50.0, 120)
    index[-1] = np.nan
    assert pytest.approx(3.496) == points(
        "momentum", "six_month_relative", close=close, index=index
    )


def test_kosdaq_is_measured_on_kosdaq() -> None:
    """A KOSDAQ stock is compared with the KOSDAQ index and a KOSPI stock with KOSPI."""
    close = np.hstack([with_rows(flat(), {-120: PRICE / 1.12})] * 2)
    table = scored(close=close, index=index_that_moved(12.0, 120), board=[0, 1])
    assert [2.5, 3.496] == pytest.approx(
        table.parts["momentum"]["six_month_relative"].points[0].tolist()
    )


@pytest.mark.parametrize(
    ("bounce_pct", "expected"), [(4.9, 0), (7, 2), (10, 5), (30, 5), (40, 2.5), (50, 0)]
)
def test_bottom_bounce(bounce_pct: float, expected: float) -> None:
    """The bounce is taken from the lowest low of 20 rows."""
    low = with_rows(flat(), {-20: PRICE / (1.0 + bounce_pct / 100.0), -21: 1.0})
    assert expected == pytest.approx(points("momentum", "bottom_bounce", low=low), abs=5e-4)


def test_bottom_bounce_window_ends() -> None:
    """A low 21 rows back is no longer the bottom."""
    assert points("momentum", "bottom_bounce", low=with_rows(flat(), {-21: PRICE / 1.2})) == 0.0


WAVE = PRICE + 100.0 * np.tile([1.0, -1.0], 80)[:, None]


@pytest.mark.parametrize(
    ("last", "low", "expected"),
    [
        (PRICE + 500.0, WAVE, 5.0),
        (PRICE + 150.0, WAVE, 2.5),
        (PRICE - 50.0, WAVE, 0.0),
        (PRICE + 500.0, with_rows(WAVE, {-40: PRICE * 0.8}), 1.5),
        (PRICE + 150.0, with_rows(WAVE, {-40: PRICE * 0.8}), 0.0),
        (PRICE + 500.0, with_rows(WAVE, {-41: PRICE * 0.8}), 5.0),
    ],
)
def test_base_breakout(last: float, low: Array, expected: float) -> None:
    """A base is a 40-row range of 15 % at most; the bands stand as of yesterday."""
    close = with_rows(WAVE, {-1: last})
    got = points("momentum", "base_breakout", close=close, high=close, low=np.minimum(low, close))
    assert expected == got


def test_bands_end_yesterday() -> None:
    """The day of the breakout does not widen the bands it has to leave."""
    close = with_rows(WAVE, {-1: PRICE + 210.0})
    assert (close[-20:].mean() + 2.0 * close[-20:].std(ddof=1)) > close[-1]
    assert points("momentum", "base_breakout", close=close) == 5.0


def test_forty_rows_make_a_base() -> None:
    """Below 40 rows the base is unknown and scores 0."""
    close = WAVE[:39].copy()
    close[-1] += 900.0
    table = scored(close=close)
    assert table.parts["momentum"]["base_breakout"].missing[0, 0]
    assert table.parts["momentum"]["base_breakout"].points[0, 0] == 0.0


def test_full_momentum_is_reachable() -> None:
    """A breakout from a deep but narrow base against a falling index earns all 20 points."""
    close = with_rows(WAVE, {-1: PRICE * 1.10, -20: PRICE})
    low = with_rows(np.minimum(close, WAVE), {-10: PRICE * 0.97})
    index = np.hstack([with_rows(flat(value=100.0), {-120: 140.0, -20: 120.0})] * 2)
    table = scored(close=close, low=low, index=index)
    assert pytest.approx(20.0) == table.factors["momentum"][0, 0]
