"""The one percentile: nearest rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from jennie_cli.engine.indicators import in_top_share, nearest_rank, nearest_rank_index


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [(14, 0.25, 2), (14, 0.75, 10), (1, 0.25, 0), (1, 0.75, 0), (4, 0.25, 0), (4, 0.75, 3)],
)
def test_index(n: int, share: float, expected: int) -> None:
    """The quarter points of 14 groups are the places 2 and 10."""
    assert expected == nearest_rank_index(n, share)


def test_index_does_not_depend_on_binary_fractions() -> None:
    """A share that has no exact binary form still finds its own place."""
    assert [28, 58, 80] == [nearest_rank_index(100, s) for s in (0.29, 0.58, 1.0 - 0.2)]


def test_nothing_has_no_percentile() -> None:
    """A percentile of no values is refused."""
    with pytest.raises(ValueError, match="at least one"):
        nearest_rank(np.array([np.nan]), 0.5)


@given(
    hnp.arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 9).map(float)),
    st.floats(0.0, 1.0),
)
def test_percentile_is_a_value(values: NDArray[np.float64], share: float) -> None:
    """A nearest rank is one of the values and unknown ones do not count."""
    with_gaps = np.concatenate([values, [np.nan]])
    got = nearest_rank(with_gaps, share)
    assert np.sort(values)[nearest_rank_index(len(values), share)] == got


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.just(2)),
        elements=st.one_of(st.integers(0, 30).map(float), st.just(np.nan)),
    ),
    st.integers(1, 20),
)
def test_top_share(values: NDArray[np.float64], n: int) -> None:
    """A row is in the top fifth when it reaches the 80th percentile of its own last n rows."""
    got = in_top_share(values, n, 0.2)
    for row, stock in np.ndindex(values.shape):
        window = values[max(row - n + 1, 0) : row + 1, stock]
        whole = len(window) == n and not np.isnan(window).any()
        expected = whole and bool(window[-1] >= nearest_rank(window, 0.8))
        assert expected == got[row, stock]
