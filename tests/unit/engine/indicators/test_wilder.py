"""Wilder's RSI against his recursion, its edges, and the same bits on a cut array."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.indicators.sessions import random_session, wilder

from jennie_cli.engine.indicators import wilder_rsi
from jennie_cli.engine.indicators.wilder import forgetting_means, next_mean


@given(st.integers(0, 10_000), st.integers(15, 80))
@settings(max_examples=40)
def test_rsi_is_the_recursion(seed: int, rows: int) -> None:
    """Every row is what Wilder's recursion from the first close gives."""
    close = random_session(seed, stocks=1).close[:rows]
    change = np.diff(close[:, 0])
    up, down = wilder(np.maximum(change, 0).tolist()), wilder(np.maximum(-change, 0).tolist())
    expected = 100 * up / (up + down) if up + down else 50.0
    assert pytest.approx(expected, rel=1e-12) == wilder_rsi(close)[-1, 0]


@pytest.mark.parametrize(
    ("closes", "step", "expected"),
    [(14, 5.0, np.nan), (15, 5.0, 100.0), (15, -5.0, 0.0), (15, 0.0, 50.0), (60, 0.0, 50.0)],
)
def test_rsi_edges(closes: int, step: float, expected: float) -> None:
    """Unknown below 15 closes, 100 with gains only, 0 with losses only, 50 without a move."""
    close = 1_000.0 + step * np.arange(closes, dtype=np.float64)[:, None]
    assert np.array_equal([expected], wilder_rsi(close)[-1], equal_nan=True)


def test_rsi_begins_where_a_stock_does() -> None:
    """Rows before a stock's first and after its last bar are unknown and weigh nothing."""
    close = random_session(3, stocks=1).close
    frame = np.vstack([np.full((9, 1), np.nan), close, np.full((4, 1), np.nan)])
    assert np.array_equal(wilder_rsi(close), wilder_rsi(frame)[9:-4], equal_nan=True)
    assert np.isnan(wilder_rsi(frame)[-4:]).all()


@given(st.integers(0, 10_000), st.integers(1, 80))
@settings(max_examples=40)
def test_a_row_more_is_the_next_mean(seed: int, rows: int) -> None:
    """Going on by one row gives what the whole array gives."""
    values = random_session(seed, rows=rows + 1, stocks=1).high
    before, count = forgetting_means(values[:-1], 14, 1 / 14)
    whole, _ = forgetting_means(values, 14, 1 / 14)
    onward = next_mean(before[-1], count[-1], values[-1], 14, 1 / 14)
    assert pytest.approx(whole[-1, 0], rel=1e-12) == onward[0]
