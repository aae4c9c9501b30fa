"""Bars in, decisions out."""

import pytest

from jennie_cli.api import Ask
from jennie_cli.testing import GuestExam, make_view
from jennie_sample_strategy import wide_bar


@pytest.mark.parametrize(
    ("close", "passes"), [(10_299.0, True), (10_300.0, True), (10_301.0, False)]
)
def test_span(close: float, passes: bool) -> None:
    """A minute may span 3 % of its low, and not a won more."""
    (condition,) = wide_bar(make_view([10_000.0, close]))
    assert passes == condition.passed[-1, 0]


class TestWideBar(GuestExam):
    """It keeps to what every guest must keep to."""

    def guest(self) -> Ask:
        """Return the function under exam."""
        return wide_bar
