"""A limit above a signal never pays more than the premium: it is rounded down to the tick."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.model import Market
from jennie_cli.engine.venue import price_limits, round_down, tick_size

DAY = date(2026, 6, 16)


@pytest.mark.parametrize(("signal", "limit"), [(19_960, 20_000), (1_995, 2_000)])
def test_a_premium_of_three_tenths_of_a_percent_is_rounded_down(signal: int, limit: int) -> None:
    """20,019.88 has the tick 50 of its own band and 2,000.985 that of 5."""
    assert limit == round_down(signal * 1003 // 1000, market=Market.KOSPI, on=DAY)


@given(st.integers(1_000, 900_000), st.sampled_from(Market))
def test_rounding_never_crosses_premium_or_price_limit(signal: int, market: Market) -> None:
    """For any signal the price is a valid tick, not above the premium nor the upper limit."""
    base = round_down(signal, market=market, on=DAY)
    upper = price_limits(base, market=market, on=DAY).upper
    price = round_down(min(signal * 1003 // 1000, upper), market=market, on=DAY)
    assert 0 == price % tick_size(price, market=market, on=DAY)
    assert base <= price <= min(signal * 1003 // 1000, upper)
