"""Rolling figures against the same figures taken row by row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from jennie_cli.engine.indicators import (
    change_pct,
    rolling_max,
    rolling_mean,
    rolling_min,
    rolling_std,
    rolling_std_known,
    rolling_sum,
)

Array = NDArray[np.float64]
Rolled = Callable[[Array, int], Array]
PRICES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.integers(1, 3)),
    elements=st.one_of(st.integers(1, 10**6).map(float), st.just(np.nan)),
)


@given(PRICES, st.integers(2, 25))
def test_against_each_window(values: Array, n: int) -> None:
    """Every row reads its own last n rows, and is unknown where one of them is."""
    pairs: list[tuple[Rolled, Callable[..., Any]]] = [
        (rolling_sum, np.sum),
        (rolling_mean, np.mean),
        (rolling_max, np.max),
        (rolling_min, np.min),
        (rolling_std, lambda window, axis: np.std(window, axis=axis, ddof=1)),
    ]
    for rolled, plain in pairs:
        got = rolled(values, n)
        assert got.shape == values.shape
        assert np.isnan(got[: n - 1]).all()
        for row in range(n - 1, len(values)):
            expected = plain(values[row - n + 1 : row + 1], axis=0)
            np.testing.assert_allclose(got[row], expected, rtol=1e-12, atol=1e-6)


@given(PRICES, st.integers(2, 25), st.integers(2, 25))
def test_known_deviation(values: Array, n: int, least: int) -> None:
    """The deviation of the known rows is unknown below the least number of them."""
    got = rolling_std_known(values, n, min_rows=least)
    for row in range(n - 1, len(values)):
        for stock in range(values.shape[1]):
            window = values[row - n + 1 : row + 1, stock]
            known = window[~np.isnan(window)]
            enough = len(known) >= least
            expected = known.std(ddof=1) if enough else np.nan
            assert expected == pytest.approx(got[row, stock], rel=1e-9, abs=1e-6, nan_ok=True)


def test_motionless_price_has_no_deviation() -> None:
    """A price in whole won that stands still has a deviation of exactly 0."""
    assert rolling_std(np.full((30, 1), 12_345.0), 20)[-1, 0] == 0.0


@given(PRICES, st.integers(1, 50))
def test_change(values: Array, n: int) -> None:
    """A change is taken against n rows before."""
    got = change_pct(values, n)
    assert np.isnan(got[:n]).all()
    np.testing.assert_allclose(got[n:], (values[n:] / values[:-n] - 1.0) * 100.0)
