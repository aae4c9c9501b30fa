"""RSI and ADX against figures worked out by hand and by the recursion they shorten."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jennie_cli.engine.indicators import WILDER_ROWS, adx, momentum, rsi

Array = NDArray[np.float64]


def walk(seed: int, rows: int = 220) -> tuple[Array, Array]:
    """Return highs and lows of a random walk of one stock."""
    rng = np.random.default_rng(seed)
    close = 10_000.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02, (rows, 1)), axis=0))
    return close * (1.0 + rng.uniform(0, 0.02, close.shape)), close * (
        1.0 - rng.uniform(0, 0.02, close.shape)
    )


def recursion(values: list[float], n: int = 14) -> list[float]:
    """Return Wilder's running mean, which never forgets."""
    out = [sum(values[:n]) / n]
    for value in values[n:]:
        out.append(out[-1] + (value - out[-1]) / n)
    return out


def test_rsi_by_hand() -> None:
    """Nine gains of 10 and five losses of 6 make 75."""
    close = np.cumsum([1_000.0, *[10.0] * 9, *[-6.0] * 5])[:, None]
    got = rsi(close)
    assert pytest.approx(75.0) == got[-1, 0]
    assert np.isnan(got[:-1]).all()


@pytest.mark.parametrize(("step", "expected"), [(5.0, 100.0), (-5.0, 0.0), (0.0, np.nan)])
def test_rsi_of_one_way(step: float, expected: float) -> None:
    """Only gains give 100, only losses 0, no move at all is unknown."""
    close = 1_000.0 + step * np.arange(20.0)[:, None]
    assert expected == pytest.approx(rsi(close)[-1, 0], nan_ok=True)


def test_wilder_mean_forgets_after_its_rows() -> None:
    """A value older than the rows of the mean has no weight left."""
    values = np.ones((WILDER_ROWS + 1, 1))
    values[0] = 1e9
    assert pytest.approx(1.0) == momentum._wilder(values, 14)[-1, 0]


@given(st.integers(1, WILDER_ROWS))
def test_wilder_mean_of_a_young_stock(rows: int) -> None:
    """Unknown rows carry no weight, and fewer than n known ones give nothing."""
    values = np.full((WILDER_ROWS, 2), np.nan)
    values[-rows:, 0] = np.arange(rows, dtype=np.float64)
    values[:, 1] = 7.0
    got = momentum._wilder(values, 14)[-1]
    weights = (1.0 - 1.0 / 14) ** np.arange(rows)[::-1]
    expected = np.average(np.arange(rows), weights=weights) if rows >= 14 else np.nan
    assert expected == pytest.approx(got[0], nan_ok=True)
    assert pytest.approx(7.0) == got[1]


@pytest.mark.parametrize("seed", range(5))
def test_adx_is_close_to_the_recursion(seed: int) -> None:
    """The cut mean moves ADX by less than one point against Wilder's endless one."""
    high, low = walk(seed)
    up, down = np.diff(high[:, 0]), -np.diff(low[:, 0])
    span = high[1:, 0] - low[1:, 0]
    plus = recursion(list(np.where((up > down) & (up > 0), up, 0.0)))
    minus = recursion(list(np.where((down > up) & (down > 0), down, 0.0)))
    ranges = recursion(list(span))
    dx = [
        100 * abs(p / r - m / r) / (p / r + m / r)
        for p, m, r in zip(plus, minus, ranges, strict=True)
    ]
    assert recursion(dx)[-1] == pytest.approx(adx(high, low)[-1, 0], abs=1.0)


def test_adx_of_a_straight_line() -> None:
    """A line that only rises has an ADX of 100, a motionless one of 0."""
    line = 100.0 + np.arange(140.0)[:, None]
    assert pytest.approx(100.0) == adx(line, line)[-1, 0]
    assert adx(np.full((140, 1), 5.0), np.full((140, 1), 5.0))[-1, 0] == 0.0


def test_adx_of_a_short_array() -> None:
    """An array shorter than ADX needs gives nothing."""
    line = np.arange(100.0)[:, None]
    assert np.isnan(adx(line, line)).all()
