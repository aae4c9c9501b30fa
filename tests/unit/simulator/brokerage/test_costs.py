"""Fee and tax in whole won."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.simulator.brokerage.costs import fee, tax
from jennie_cli.simulator.brokerage.records import affordable

FEE_BP = 1.40527


@pytest.mark.parametrize(("amount", "expected"), [(995_000, 140), (498_000, 70), (0, 0)])
def test_the_fee_is_that_of_the_measured_account(amount: int, expected: int) -> None:
    """The two measured fees come out."""
    assert expected == fee(amount, fee_bp=FEE_BP)


def test_half_a_won_is_rounded_up() -> None:
    """2.5 won is 3, where the even neighbour would be 2."""
    assert 3 == fee(25_000, fee_bp=1.0)


def test_the_tax_is_cut() -> None:
    """20 bp of 1,499 won is 2 won."""
    assert 2 == tax(1_499, tax_bp=20)


@given(cash=st.integers(0, 200_000_000), unit=st.integers(1, 900_000))
@settings(max_examples=80, deadline=None)
def test_affordable_is_the_most_that_cash_covers(cash: int, unit: int) -> None:
    """The answer is covered with its fee, one share more is not."""
    qty = affordable(cash, unit, fee_bp=FEE_BP)
    assert qty * unit + fee(qty * unit, fee_bp=FEE_BP) <= cash
    assert (qty + 1) * unit + fee((qty + 1) * unit, fee_bp=FEE_BP) > cash
