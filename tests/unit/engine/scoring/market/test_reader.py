"""The whole view: axes, benchmark, point in time."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.scoring.market import little_market as little

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.scoring import ScoringPolicy, score_v2
from jennie_cli.engine.scoring.market import MarketView, read_market
from jennie_cli.engine.store import Dataset, MemoryFacts

NOBODY = np.zeros(len(little.CODES), dtype=bool)
ARRAYS = (
    "per",
    "pbr",
    "roe_pct",
    "eps_growth_pct",
    "roe_quarters_pct",
    "per_quarters",
    "sentiment",
    "sentiment_change_points",
    "news_count",
    "index_close",
)


def full_market() -> MemoryFacts:
    """Return a flat market with caps, indices, flows, accounts and headlines."""
    facts = little.flat_market()
    code = little.CODES[0]
    quarters = [
        little.quarter_row(
            code,
            f"{y}Q{q}",
            date(y, 3 * q, 1) + timedelta(days=80),
            net_income=10.0 + q,
            equity=400.0,
        )
        for y in (2023, 2024)
        for q in (1, 2, 3, 4)
    ]
    facts.write(
        [
            little.batch(
                Dataset.MARKET_CAPS,
                [little.cap_row(c, little.LAST, 20_000_000_000) for c in little.CODES],
            ),
            little.batch(Dataset.INDEX_DAILY, little.index_rows("KOSPI", [3000.0] * 170)),
            little.batch(Dataset.FINANCIALS_QUARTERLY, quarters),
            little.batch(
                Dataset.FUNDAMENTALS_ANNUAL,
                [
                    little.year_row(
                        little.CODES[1], 2024, date(2025, 3, 20), net_income=2e9, roe=8.0
                    )
                ],
            ),
            little.batch(
                Dataset.HEADLINES,
                [
                    little.headline_row(code, little.AS_OF - timedelta(days=d), 60.0, d)
                    for d in (1, 9)
                ],
            ),
        ]
    )
    return facts


def same(one: MarketView, two: MarketView) -> bool:
    """Say whether two views hold the same figures."""
    a, b = one.score_inputs(NOBODY), two.score_inputs(NOBODY)
    equal = all(np.array_equal(getattr(a, n), getattr(b, n), equal_nan=True) for n in ARRAYS)
    bars = np.array_equal(one.bars.close, two.bars.close, equal_nan=True)
    caps = np.array_equal(one.market_cap, two.market_cap, equal_nan=True)
    tape = np.array_equal(one.advances, two.advances, equal_nan=True)
    flows = np.array_equal(one.flows.foreign, two.flows.foreign, equal_nan=True)
    return equal and bars and caps and tape and flows and one.stocks == two.stocks


def test_axes_agree() -> None:
    """Stocks, board and every array follow the codes and days of the panel."""
    view = read_market(full_market(), as_of=little.AS_OF, days=120, score_days=3)
    assert little.CODES == view.bars.codes == tuple(s.code for s in view.stocks)
    assert [0, 0, 1, 1] == view.board.tolist()
    assert (122, [119, 120, 121]) == (len(view.bars.days), view.at.tolist())
    inputs = view.score_inputs(NOBODY)
    assert (3, 4) == inputs.per.shape == inputs.sentiment.shape == inputs.knife.shape
    assert (3, 4, 4) == inputs.roe_quarters_pct.shape == inputs.per_quarters.shape
    assert (122, 2) == view.index_close.shape


def test_shorter_store_gives_what_there_is() -> None:
    """Fewer rows than asked are all rows, and at most as many scored days."""
    view = read_market(little.flat_market(rows=2), as_of=little.AS_OF, days=160, score_days=5)
    assert (2, [0, 1]) == (len(view.bars.days), view.at.tolist())


def test_empty_store_says_what_to_do() -> None:
    """Without bars there is no market to read."""
    with pytest.raises(InputError, match="No daily bars") as caught:
        read_market(MemoryFacts(), as_of=little.AS_OF)
    assert "data import" in caught.value.hint


def test_stock_outside_the_master_is_named_and_left_out() -> None:
    """A code nobody knows is not scored but reported."""
    facts = little.flat_market()
    facts.write([little.batch(Dataset.DAILY_BARS, little.bar_rows("999990", [500.0] * 5))])
    view = read_market(facts, as_of=little.AS_OF)
    assert little.CODES == view.bars.codes
    assert ("999990", "stock_master") in view.data_missing


def test_missing_data_sets_are_named() -> None:
    """A data set that gives nothing for the newest day is reported as a whole."""
    view = read_market(little.flat_market(), as_of=little.AS_OF)
    whole = {what for code, what in view.data_missing if code == "*"}
    assert {"financials_quarterly", "index_daily", "flows_stock", "headlines"} == whole


def test_kosdaq_stock_is_measured_against_kosdaq() -> None:
    """A stock that moved like KOSDAQ has no relative momentum, a KOSPI stock with it has."""
    rise = list(np.linspace(10_000, 13_000, 170).astype(int))
    facts = MemoryFacts()
    bars = [r for code in little.CODES for r in little.bar_rows(code, rise)]
    facts.write(
        [
            little.batch(Dataset.STOCK_MASTER, little.master_rows()),
            little.batch(Dataset.DAILY_BARS, bars),
            little.batch(Dataset.INDEX_DAILY, little.index_rows("KOSDAQ", rise)),
        ]
    )
    facts.write([little.batch(Dataset.INDEX_DAILY, little.index_rows("KOSPI", [3000.0] * 170))])
    view = read_market(facts, as_of=little.AS_OF)
    part = score_v2(view.score_inputs(NOBODY), ScoringPolicy()).parts["momentum"]
    measured = part["six_month_relative"].input[0]
    gain = (rise[-1] / rise[-120] - 1) * 100
    assert np.allclose([gain, gain, 0.0, 0.0], measured)


def test_published_breadth_and_value_come_before_counted_ones() -> None:
    """Where the publisher spoke for both markets its figures stand, else the bars are counted."""
    closes = [[100.0] * 169 + [c] for c in (110, 120, 130, 90)]
    facts = MemoryFacts()
    bars = [
        r for code, c in zip(little.CODES, closes, strict=True) for r in little.bar_rows(code, c)
    ]
    facts.write(
        [
            little.batch(Dataset.STOCK_MASTER, little.master_rows()),
            little.batch(Dataset.DAILY_BARS, bars),
        ]
    )
    counted = read_market(facts, as_of=little.AS_OF)
    assert (3.0, 1.0, 0.0) == (counted.advances[-1], counted.declines[-1], counted.advances[-2])
    assert counted.turnover[-1] == 1000 * (110 + 120 + 130 + 90)
    told = [
        {"market": m, "date": little.LAST, "up": u, "down": 7.0, "known_at": 0}
        for m, u in (("KOSPI", 400.0), ("KOSDAQ", 900.0))
    ]
    values = [
        r
        for code in ("KOSPI", "KOSDAQ")
        for r in little.index_rows(code, [3000.0] * 170, value=5e12)
    ]
    facts.write(
        [little.batch(Dataset.MARKET_BREADTH, told), little.batch(Dataset.INDEX_DAILY, values)]
    )
    view = read_market(facts, as_of=little.AS_OF)
    assert (1300.0, 14.0, 1e13) == (view.advances[-1], view.declines[-1], view.turnover[-1])


def test_years_agree_with_days() -> None:
    """A row scored inside a long read has the figures of a read as of that day."""
    facts = full_market()
    whole = read_market(facts, as_of=little.AS_OF, days=30, score_days=60)
    for back in (1, 25, 59):
        day = whole.bars.days[-1 - back]
        then = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=KST)
        one = read_market(facts, as_of=then, days=30).score_inputs(NOBODY)
        many = whole.score_inputs(NOBODY)
        for name in set(ARRAYS) - {"index_close"}:
            row = getattr(many, name)[-1 - back]
            assert np.array_equal(row, getattr(one, name)[0], equal_nan=True), name


def test_future_quarter_changes_nothing() -> None:
    """Accounts published tomorrow do not reach today's score."""
    facts = full_market()
    before = read_market(facts, as_of=little.AS_OF)
    tomorrow = little.quarter_row(
        little.CODES[0], "2025Q1", little.LAST + timedelta(days=1), net_income=999.0, equity=1.0
    )
    facts.write([little.batch(Dataset.FINANCIALS_QUARTERLY, [tomorrow])])
    assert same(before, read_market(facts, as_of=little.AS_OF))
    after = read_market(facts, as_of=little.AS_OF + timedelta(days=2))
    assert not same(before, after)


def future_row(dataset: Dataset, code: str, figure: float, later: int) -> dict[str, Any]:
    """Return a row about any day, published `later` seconds after the view."""
    rows: dict[Dataset, dict[str, Any]] = {
        Dataset.FINANCIALS_QUARTERLY: little.quarter_row(
            code, "2025Q1", little.LAST, net_income=figure, equity=figure, eps=figure, roe=figure
        ),
        Dataset.FUNDAMENTALS_ANNUAL: little.year_row(
            code, 2025, little.LAST, net_income=figure, roe=figure
        ),
        Dataset.MARKET_CAPS: little.cap_row(code, little.LAST - timedelta(days=1), 10**12),
        Dataset.HEADLINES: little.headline_row(code, little.AS_OF, figure % 100, 77),
        Dataset.MARKET_BREADTH: {"market": "KOSPI", "date": little.LAST, "up": 1.0, "down": 2.0},
        Dataset.INDEX_DAILY: {"index_code": "KOSDAQ", "date": little.LAST, "close": figure},
        Dataset.FLOWS_STOCK: {"code": code, "date": little.LAST, "foreign_net": figure},
        Dataset.DAILY_BARS: little.bar_rows(code, [figure], little.LAST + timedelta(days=3))[0],
    }
    return {**rows[dataset], "known_at": int(little.AS_OF.timestamp()) + later}


@settings(max_examples=40)
@given(
    st.sampled_from(
        [
            Dataset.FINANCIALS_QUARTERLY,
            Dataset.FUNDAMENTALS_ANNUAL,
            Dataset.MARKET_CAPS,
            Dataset.HEADLINES,
            Dataset.MARKET_BREADTH,
            Dataset.INDEX_DAILY,
            Dataset.FLOWS_STOCK,
            Dataset.DAILY_BARS,
        ]
    ),
    st.sampled_from(little.CODES),
    st.floats(1, 1e6),
    st.integers(1, 10**7),
)
def test_nothing_published_later_is_seen(
    dataset: Dataset, code: str, figure: float, later: int
) -> None:
    """A row of any data set that became known after the view was asked for changes nothing."""
    facts = full_market()
    before = read_market(facts, as_of=little.AS_OF, score_days=2)
    facts.write([little.batch(dataset, [future_row(dataset, code, figure, later)])])
    assert same(before, read_market(facts, as_of=little.AS_OF, score_days=2))
