"""How many shares a sum of cash pays for, the fee included."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.venue import broker_fee
from jennie_cli.simulator.brokerage.records import affordable

FEE_BP = 1.40527


@given(cash=st.integers(0, 200_000_000), unit=st.integers(1, 900_000))
@settings(max_examples=80, deadline=None)
def test_affordable_is_the_most_that_cash_covers(cash: int, unit: int) -> None:
    """The answer is covered with its fee, one share more is not."""
    qty = affordable(cash, unit, fee_bp=FEE_BP)
    assert qty * unit + broker_fee(qty * unit, fee_bp=FEE_BP) <= cash
    assert (qty + 1) * unit + broker_fee((qty + 1) * unit, fee_bp=FEE_BP) > cash
