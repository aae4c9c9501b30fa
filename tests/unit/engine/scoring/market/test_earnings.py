"""Multiples, profitability and growth from quarterly and annual accounts."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.scoring.market import little_market as little

from jennie_cli.engine.scoring.market import read_market
from jennie_cli.engine.scoring.market.earnings import Earnings
from jennie_cli.engine.store import Dataset, MemoryFacts

CODE = little.CODES[0]
CAP = little.SHARES * 10_000
EOK = 100_000_000
PUBLISHED = {1: timedelta(days=45), 2: timedelta(days=45), 3: timedelta(days=45), 4: timedelta(90)}


def quarter(label: str, **figures: float) -> dict[str, Any]:
    """Return accounts published with the usual lag after the quarter's end."""
    year, number = int(label[:4]), int(label[5])
    end = date(year + number // 4, number % 4 * 3 + 1, 1) - timedelta(days=1)
    return little.quarter_row(CODE, label, end + PUBLISHED[number], **figures)


def earnings(
    *, quarters: list[dict[str, Any]] | None = None, years: list[dict[str, Any]] | None = None
) -> Earnings:
    """Return the figures on a flat market worth 100 eok a stock, closes of 10,000 won."""
    facts: MemoryFacts = little.flat_market(rows=520)
    if quarters:
        facts.write([little.batch(Dataset.FINANCIALS_QUARTERLY, quarters)])
    if years:
        facts.write([little.batch(Dataset.FUNDAMENTALS_ANNUAL, years)])
    return read_market(facts, as_of=little.AS_OF).earnings


def run_of(first: int, figures: list[dict[str, float]]) -> list[dict[str, Any]]:
    """Return consecutive quarters from the `first` of 2023 on (0 = 2023Q1)."""
    return [
        quarter(f"{2023 + (first + i) // 4}Q{(first + i) % 4 + 1}", **f)
        for i, f in enumerate(figures)
    ]


def test_quarters_give_trailing_multiples() -> None:
    """Cap 100 eok: four quarters of 2.5 eok are PER 10; equity of 80 eok is PBR 1.25."""
    e = earnings(quarters=run_of(2, [{"net_income": 2.5, "equity": 80.0}] * 7))
    figures = e.per[0, 0], e.pbr[0, 0], e.roe_pct[0, 0], e.eps_growth_pct[0, 0]
    assert np.allclose([10.0, 1.25, 12.5, 0.0], figures)
    assert np.allclose(10.0, e.per_quarters[0, :, 0])
    assert np.isnan(e.per[0, 1])


def test_published_roe_and_eps_come_before_reckoned_ones() -> None:
    """The publisher's ROE stands; EPS grows against the same quarter a year before."""
    rows = [{"eps": 200.0 + 10 * i, "roe": 5.0 + i} for i in range(8)]
    e = earnings(quarters=run_of(1, rows))
    assert [9.0, 10.0, 11.0, 12.0] == e.roe_quarters_pct[0, :, 0].tolist()
    assert pytest.approx((270 / 230 - 1) * 100) == e.eps_growth_pct[0, 0]
    assert pytest.approx(10_000 / (270 + 260 + 250 + 240)) == e.per[0, 0]


def test_past_per_uses_the_price_of_its_quarter_end() -> None:
    """Earnings stand still and the price doubles this quarter: past PER is half of today's."""
    facts = MemoryFacts()
    closes = [5_000.0] * 460 + [10_000.0] * 60
    facts.write(
        [
            little.batch(Dataset.STOCK_MASTER, little.master_rows()),
            little.batch(Dataset.DAILY_BARS, little.bar_rows(CODE, closes)),
            little.batch(
                Dataset.FINANCIALS_QUARTERLY, run_of(1, [{"net_income": 2.5, "equity": 80.0}] * 8)
            ),
        ]
    )
    e = read_market(facts, as_of=little.AS_OF).earnings
    assert np.allclose([5.0, 5.0, 5.0, 10.0], e.per_quarters[0, :, 0])


def test_a_loss_shows_as_negative_per_and_has_no_growth_base() -> None:
    """Four quarters that sum to a loss give PER below 0; growth from a loss cannot be told."""
    e = earnings(quarters=run_of(1, [{"net_income": -1.0, "equity": 80.0}] * 8))
    assert e.per[0, 0] < 0
    assert np.isnan(e.eps_growth_pct[0, 0])


def test_three_quarters_are_no_year() -> None:
    """A gap in the last four quarters leaves PER unknown instead of guessing it."""
    rows = run_of(1, [{"net_income": 2.5, "equity": 80.0}] * 8)
    e = earnings(quarters=[r for r in rows if r["quarter"] != "2024Q3"])
    assert np.isnan(e.per[0, 0])
    assert np.isfinite(e.pbr[0, 0])


def test_stale_quarters_are_not_used() -> None:
    """Accounts that ended more than five quarters ago say nothing about today."""
    e = earnings(quarters=run_of(-4, [{"net_income": 2.5, "equity": 80.0}] * 7))
    assert np.isnan(e.per[0, 0])


def test_annual_accounts_stand_in() -> None:
    """Without quarters PER, PBR and ROE are annual, growth is that of net income over a year."""
    e = earnings(
        years=[
            little.year_row(CODE, 2023, date(2024, 3, 20), net_income=4 * EOK),
            little.year_row(
                CODE, 2024, date(2025, 3, 20), net_income=5 * EOK, total_equity=50 * EOK
            ),
        ]
    )
    figures = e.per[0, 0], e.pbr[0, 0], e.roe_pct[0, 0], e.eps_growth_pct[0, 0]
    assert np.allclose([20.0, 2.0, 10.0, 25.0], figures)
    assert np.isnan(e.roe_quarters_pct).all()
    assert np.isnan(e.per_quarters).all()


def test_revenue_alone_is_no_earnings() -> None:
    """A source of quarterly revenue leaves the annual figures in charge."""
    e = earnings(
        quarters=run_of(1, [{}] * 8),
        years=[little.year_row(CODE, 2024, date(2025, 3, 20), net_income=5 * EOK)],
    )
    assert pytest.approx(CAP / (5 * EOK)) == e.per[0, 0]


def test_annual_accounts_wait_for_their_receipt() -> None:
    """The year before last stands until the report of last year is there."""
    e = earnings(
        years=[
            little.year_row(CODE, 2023, date(2024, 3, 20), net_income=4 * EOK),
            little.year_row(CODE, 2024, little.LAST + timedelta(1), net_income=5 * EOK),
        ]
    )
    assert pytest.approx(CAP / (4 * EOK)) == e.per[0, 0]
