"""Fees and taxes as KIS computes them."""

from datetime import date

import pytest

from jennie_cli.engine.model import Market, SecurityKind, Stock
from jennie_cli.engine.portfolio import Costs

_ETF = Stock(code="069500", name="KODEX 200", market=Market.KOSPI, kind=SecurityKind.ETF)
_KOSDAQ = Stock(code="035720", name="", market=Market.KOSDAQ)
_COSTS = Costs(listing={s.code: s for s in (_ETF, _KOSDAQ)}.get)
_DAY = date(2026, 3, 3)


@pytest.mark.parametrize(("amount", "fee"), [(995_000, 140), (498_000, 70), (500_000_000, 70_264)])
def test_the_fee_is_the_nearest_won_halves_up(amount: int, fee: int) -> None:
    """140 on 995,000 and 70 on 498,000 are what the paper account charges."""
    assert fee == _COSTS.fee("005930", amount)


@pytest.mark.parametrize(
    ("code", "day", "tax"),
    [
        ("035720", _DAY, 1_999),
        ("005930", _DAY, 1_999),
        ("005930", date(2025, 3, 4), 1_499),
        ("069500", _DAY, 0),
    ],
)
def test_the_tax_is_cut_to_the_won_by_kind_and_day(code: str, day: date, tax: int) -> None:
    """0.20 % in 2026, 0.15 % in 2025; funds pay none; an unknown code pays in full."""
    assert tax == _COSTS.tax(code, 999_999, day)


def test_a_fund_pays_its_own_fee() -> None:
    """The tariff knows a second rate."""
    assert (1_405, 1_465) == (_COSTS.fee("x", 10_000_000), _COSTS.fee("069500", 10_000_000))
