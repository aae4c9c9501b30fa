"""The way a price took inside a bar."""

import numpy as np

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.research import PATH, price_path
from jennie_cli.engine.research.path import Prices


def test_low_comes_before_high() -> None:
    """Each bar is four points: open, low, high, close."""
    bars = Prices(
        open=np.array([[1.0, 10.0]]),
        high=np.array([[4.0, 40.0]]),
        low=np.array([[0.5, 5.0]]),
        close=np.array([[2.0, 20.0]]),
    )
    assert ("open", "low", "high", "close") == PATH
    expected = [[[1.0, 10.0], [0.5, 5.0], [4.0, 40.0], [2.0, 20.0]]]
    np.testing.assert_array_equal(expected, price_path(bars))


def test_a_bar_with_an_unknown_price_has_no_path() -> None:
    """One unknown price makes the whole bar unknown, and no other bar."""
    whole = np.full((2, 2), 100.0)
    hole = whole.copy()
    hole[1, 0] = np.nan
    path = price_path(Prices(open=whole, high=hole, low=whole, close=whole))
    assert np.isnan(path[1, :, 0]).all()
    assert 4 == np.isnan(path).sum()


def test_bars_of_a_session_have_a_path() -> None:
    """The bars of the live loop are read as they are."""
    prices = np.array([[100.0], [101.0]])
    bars = SessionBars(
        minute=np.array([[540], [541]], dtype=np.int32),
        open=prices,
        high=prices + 2,
        low=prices - 2,
        close=prices + 1,
        volume=prices,
        after_gap=np.zeros((2, 1), dtype=np.bool_),
    )
    assert [101.0, 99.0, 103.0, 102.0] == price_path(bars)[1, :, 0].tolist()
