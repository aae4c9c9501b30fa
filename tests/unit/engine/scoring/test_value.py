"""The golden values of value, from multiples."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import points, scored


@pytest.mark.parametrize(("pbr", "expected"), [(0.3, 5), (1.0, 4), (2.0, 2), (3.0, 0), (9.0, 0)])
def test_pbr(pbr: float, expected: float) -> None:
    """Price to book scores 5 at half the book value and 0 at three times it."""
    assert expected == pytest.approx(points("value", "pbr", slow={"pbr": pbr}))


@pytest.mark.parametrize("pbr", [np.nan, 0.0, -1.0])
def test_pbr_needs_a_book(pbr: float) -> None:
    """Without a positive book value price to book is missing at its neutral 2.5 points."""
    part = scored(slow={"pbr": pbr}).parts["value"]["pbr"]
    assert (True, 2.5) == (part.missing[0, 0], part.points[0, 0])


@pytest.mark.parametrize(("per", "expected"), [(4, 5), (10, 4), (20, 2), (30, 0), (60, 0)])
def test_per(per: float, expected: float) -> None:
    """Price to earnings scores 5 at 5 times and 0 at 30."""
    assert expected == pytest.approx(points("value", "per", slow={"per": per}))


@pytest.mark.parametrize(
    ("per", "missing", "expected"), [(np.nan, True, 2.5), (-8.0, False, 0.0), (0.0, False, 0.0)]
)
def test_loss_is_not_unknown(per: float, missing: bool, expected: float) -> None:
    """An unknown PER scores the middle, a loss scores nothing."""
    part = scored(slow={"per": per}).parts["value"]["per"]
    assert (missing, expected) == (part.missing[0, 0], part.points[0, 0])


@pytest.mark.parametrize(
    ("discount", "expected"), [(0.1, 1.67), (0.2, 3.34), (0.3, 5), (-0.2, 0), (0.0, 0)]
)
def test_per_against_its_past(discount: float, expected: float) -> None:
    """The newest PER is compared with the mean of the earlier positive ones."""
    quarters = np.array([8.0, -5.0, 12.0, 10.0 * (1.0 - discount)])
    got = points("value", "per_vs_history", slow={"per_quarters": quarters})
    assert expected == pytest.approx(got, abs=5e-4)


def test_two_multiples_are_no_history() -> None:
    """Fewer than three positive quarters leave the comparison missing at 2.5 points."""
    quarters = np.array([np.nan, -4.0, 10.0, 5.0])
    part = scored(slow={"per_quarters": quarters}).parts["value"]["per_vs_history"]
    assert (True, 2.5) == (part.missing[0, 0], part.points[0, 0])


@pytest.mark.parametrize(
    ("peg", "expected"),
    [(0.3, 5), (0.5, 5), (0.75, 4), (1, 3), (1.5, 2), (2, 1), (3, 0.5), (4, 0), (9, 0)],
)
def test_peg(peg: float, expected: float) -> None:
    """PER over growth falls from 5 points at a half to none at four."""
    got = points("value", "peg", slow={"per": 20.0 * peg, "eps_growth_pct": 20.0})
    assert expected == pytest.approx(got)


def test_peg_of_no_growth() -> None:
    """Growth below 1 % counts as 1 %."""
    assert points("value", "peg", slow={"per": 2.0, "eps_growth_pct": -50.0}) == 1.0


@pytest.mark.parametrize("accounts", [{"per": 10.0}, {"per": -3.0, "eps_growth_pct": 5.0}])
def test_peg_needs_profit_and_growth(accounts: dict[str, float]) -> None:
    """Without a profit or without a growth figure PEG is missing at 2.5 points."""
    part = scored(slow=accounts).parts["value"]["peg"]
    assert (True, 2.5) == (part.missing[0, 0], part.points[0, 0])


def test_full_value_is_reachable() -> None:
    """A cheap stock that was dearer and grows earns all 20 points."""
    accounts = {
        "pbr": 0.4,
        "per": 5.0,
        "eps_growth_pct": 20.0,
        "per_quarters": np.array([10.0, 10.0, 10.0, 5.0]),
    }
    assert pytest.approx(20.0) == scored(slow=accounts).factors["value"][0, 0]
