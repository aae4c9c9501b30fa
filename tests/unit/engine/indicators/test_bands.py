"""Bollinger bands and the distance from a high."""

import numpy as np
import pytest

from jennie_cli.engine.indicators import bollinger, drawdown_pct


def test_bands() -> None:
    """The bands stand two sample deviations around the mean of 20 rows."""
    close = np.arange(1_000.0, 1_040.0)[:, None]
    bands, newest = bollinger(close), close[-20:, 0]
    sigma = newest.std(ddof=1)
    assert newest.mean() + 2.0 * sigma == pytest.approx(bands.upper[-1, 0])
    assert newest.mean() - 2.0 * sigma == pytest.approx(bands.lower[-1, 0])
    assert 400.0 * sigma / newest.mean() == pytest.approx(bands.width_pct[-1, 0])
    assert np.isnan(bands.middle[18, 0])


def test_drawdown() -> None:
    """The drawdown is measured from the highest high of the rows, not from closes."""
    close = np.full((5, 1), 90.0)
    high = np.array([[200.0], [100.0], [95.0], [95.0], [95.0]])
    assert pytest.approx(-10.0) == drawdown_pct(close, high, 4)[-1, 0]
