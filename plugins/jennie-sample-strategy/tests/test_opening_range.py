"""Bars in, decisions out."""

import numpy as np
import pytest

from jennie_cli.api import Ask
from jennie_cli.testing import GuestExam, make_view
from jennie_sample_strategy import opening_range

CALM = [10_000.0] * 15


def bought(closes: list[float], volumes: list[float]) -> list[int]:
    """Return the bars at which every condition holds."""
    view = make_view(closes, volume=volumes)
    held = np.all([condition.passed for condition in opening_range(view)], axis=0)
    return [int(row) for row in np.flatnonzero(held[:, 0])]


@pytest.mark.parametrize(
    ("closes", "volumes", "expected"),
    [
        ([*CALM, 10_050.0], [100.0] * 15 + [200.0], [15]),
        ([*CALM, 10_050.0], [100.0] * 16, []),
        ([*CALM, 10_000.0], [100.0] * 15 + [200.0], []),
        ([*CALM[:9], 10_050.0], [100.0] * 9 + [200.0], []),
        ([*CALM * 8, 10_050.0], [100.0] * 120 + [200.0], []),
    ],
    ids=["breaks out", "without volume", "at the high", "still forming", "too late"],
)
def test_breakout(closes: list[float], volumes: list[float], expected: list[int]) -> None:
    """It buys the bar that leaves the range on volume, in the first two hours."""
    assert expected == bought(closes, volumes)


class TestOpeningRange(GuestExam):
    """It keeps to what every guest must keep to."""

    def guest(self) -> Ask:
        """Return the function under exam."""
        return opening_range
