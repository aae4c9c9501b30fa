"""Tax and commission by date."""

from datetime import date

import pytest

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue import (
    broker_fee,
    broker_fee_bp,
    default_calendar,
    sell_tax,
    sell_tax_bp,
)


@pytest.mark.parametrize("market", list(Market))
@pytest.mark.parametrize(
    ("on", "tax_bp"),
    [
        (date(2011, 1, 3), 30),
        (date(2019, 5, 29), 30),
        (date(2019, 5, 30), 25),
        (date(2020, 12, 28), 25),
        (date(2020, 12, 29), 23),
        (date(2022, 6, 30), 23),
        (date(2023, 6, 30), 20),
        (date(2024, 6, 28), 18),
        (date(2024, 12, 26), 18),
        (date(2024, 12, 27), 15),
        (date(2025, 6, 30), 15),
        (date(2026, 1, 2), 20),
    ],
)
def test_the_sell_tax_of_a_trade_date(market: Market, on: date, tax_bp: int) -> None:
    """Both boards pay the same total, by the rate of the settlement day."""
    assert tax_bp == sell_tax_bp(market, on)


@pytest.mark.parametrize("year", [2021, 2023, 2024, 2025, 2026])
def test_a_new_year_rate_starts_with_the_first_trade_that_settles_in_that_year(year: int) -> None:
    """The rate changes on the trade date whose second next trading day is the year's first."""
    calendar = default_calendar()
    first = calendar.next_day(date(year - 1, 12, 31))
    change = calendar.offset(first, -2)
    rate = sell_tax_bp(Market.KOSPI, date(year, 6, 1))
    assert rate == sell_tax_bp(Market.KOSPI, change)
    assert rate != sell_tax_bp(Market.KOSPI, calendar.previous_day(change))


@pytest.mark.parametrize("kind", [SecurityKind.ETF, SecurityKind.ETN])
def test_funds_pay_no_sell_tax(kind: SecurityKind) -> None:
    """ETF and ETN are exempt."""
    assert 0 == sell_tax_bp(Market.KOSPI, date(2026, 11, 20), kind=kind)


def test_the_tax_is_cut_to_whole_won() -> None:
    """0.20 % of 12,345 won is 24 won."""
    assert 24 == sell_tax(12_345, market=Market.KOSDAQ, on=date(2026, 11, 20))


def test_a_tax_before_the_record_is_refused() -> None:
    """What is not on record is not guessed."""
    with pytest.raises(InputError, match="not on record"):
        sell_tax_bp(Market.KOSPI, date(2009, 12, 30))


@pytest.mark.parametrize(("amount", "fee"), [(995_000, 140), (498_000, 70), (0, 0)])
def test_the_commission_is_what_the_broker_was_seen_to_charge(amount: int, fee: int) -> None:
    """The published tariff gives the fees recorded from a paper account."""
    assert fee == broker_fee(amount, fee_bp=broker_fee_bp())


def test_funds_have_a_tariff_of_their_own() -> None:
    """An ETF order costs 0.0146527 %."""
    assert 1_465 == broker_fee(10_000_000, fee_bp=broker_fee_bp(SecurityKind.ETF))


def test_half_a_won_of_the_fee_is_rounded_up() -> None:
    """2.5 won is 3, where the even neighbour would be 2."""
    assert 3 == broker_fee(25_000, fee_bp=1.0)
