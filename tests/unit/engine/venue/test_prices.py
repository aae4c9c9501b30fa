"""Tick and limit arithmetic: the published tables, then every price from 1 to 2,000,000 won."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue import (
    PriceLimits,
    ceil_prices,
    floor_prices,
    limit_prices,
    price_limits,
    round_down,
    round_up,
    tick_size,
    tick_sizes,
)

TODAY = date(2026, 11, 20)
TOP = 2_000_000
EVERY_PRICE = np.arange(1, TOP + 1, dtype=np.int64)
PERIODS = [
    pytest.param(market, on, id=f"{market}-{on}")
    for market in Market
    for on in (date(2010, 6, 1), date(2014, 6, 2), date(2020, 3, 2), TODAY)
]


@pytest.mark.parametrize(
    ("price", "market", "on", "tick"),
    [
        (1_999, Market.KOSPI, TODAY, 1),
        (2_000, Market.KOSPI, TODAY, 5),
        (4_995, Market.KOSDAQ, TODAY, 5),
        (5_000, Market.KOSDAQ, TODAY, 10),
        (20_000, Market.KOSPI, TODAY, 50),
        (50_000, Market.KOSDAQ, TODAY, 100),
        (200_000, Market.KOSPI, TODAY, 500),
        (500_000, Market.KOSDAQ, TODAY, 1_000),
        (1_500, Market.KOSPI, date(2023, 1, 24), 5),
        (1_500, Market.KOSPI, date(2023, 1, 25), 1),
        (150_000, Market.KOSPI, date(2023, 1, 24), 500),
        (150_000, Market.KOSDAQ, date(2023, 1, 24), 100),
        (700_000, Market.KOSDAQ, date(2023, 1, 24), 100),
        (999, Market.KOSDAQ, date(2010, 10, 1), 5),
        (999, Market.KOSDAQ, date(2010, 10, 4), 1),
    ],
)
def test_the_tick_of(price: int, market: Market, on: date, tick: int) -> None:
    """The tables of 2010-10 and 2023-01 hold from their day; a band starts at its edge."""
    assert tick == tick_size(price, market=market, on=on)


@pytest.mark.parametrize(
    ("price", "on", "tick"),
    [
        (1_500, date(2023, 12, 15), 5),
        (1_500, date(2023, 12, 18), 1),
        (2_000, TODAY, 5),
        (900_000, TODAY, 5),
    ],
)
def test_funds_have_a_table_of_their_own(price: int, on: date, tick: int) -> None:
    """ETF and ETN step by 5 won, since 2023-12-18 by 1 won below 2,000."""
    assert [tick, tick] == [
        tick_size(price, market=Market.KOSPI, on=on, kind=kind)
        for kind in (SecurityKind.ETF, SecurityKind.ETN)
    ]


def test_rounding_at_a_band_edge() -> None:
    """The step is that of the rounded price itself, never of the band it came from."""
    assert (20_000, 2_000, 20_050, 5_000) == (
        round_down(20_019, market=Market.KOSPI, on=TODAY),
        round_down(2_000, market=Market.KOSPI, on=TODAY),
        round_up(20_001, market=Market.KOSPI, on=TODAY),
        round_up(4_996, market=Market.KOSPI, on=TODAY),
    )


@pytest.mark.parametrize(
    ("base", "on", "lower", "upper"),
    [
        (52_400, TODAY, 36_700, 68_100),
        (1_252, TODAY, 877, 1_627),
        (24_250, date(2025, 6, 24), 17_000, 31_500),
        (2_015, date(2025, 4, 4), 1_415, 2_615),
        (15_450, TODAY, 10_820, 20_050),
        (10_000, date(2015, 6, 12), 8_500, 11_500),
        (10_000, date(2015, 6, 15), 7_000, 13_000),
        (3, TODAY, 3, 3),
        (4, TODAY, 3, 5),
    ],
)
def test_the_limits_around(base: int, on: date, lower: int, upper: int) -> None:
    """The width is cut to the tick of the base price; 15 % held until 2015-06-12."""
    assert PriceLimits(lower=lower, upper=upper) == price_limits(base, market=Market.KOSPI, on=on)


@pytest.mark.parametrize(("market", "on"), PERIODS)
def test_rounding_holds_for_every_price(market: Market, on: date) -> None:
    """Rounded prices are valid, enclose the price within one tick, and rounding again is still."""
    down = floor_prices(EVERY_PRICE, market=market, on=on)
    up = ceil_prices(EVERY_PRICE, market=market, on=on)
    step = tick_sizes(EVERY_PRICE, market=market, on=on)
    whole = down[down > 0]
    assert not np.any(whole % tick_sizes(whole, market=market, on=on))
    assert not np.any(up % tick_sizes(up, market=market, on=on))
    assert np.all((down <= EVERY_PRICE) & (EVERY_PRICE <= up) & (up - down <= step))
    assert np.array_equal(down, floor_prices(down, market=market, on=on))
    assert np.array_equal(up, ceil_prices(up, market=market, on=on))


@pytest.mark.parametrize(("market", "on"), PERIODS)
def test_no_gap_lies_between_valid_prices(market: Market, on: date) -> None:
    """The next valid price after any valid price is exactly one of its ticks above."""
    step = tick_sizes(EVERY_PRICE, market=market, on=on)
    valid = EVERY_PRICE[EVERY_PRICE % step == 0]
    assert np.array_equal(np.diff(valid), tick_sizes(valid[:-1], market=market, on=on))


@pytest.mark.parametrize(("market", "on"), PERIODS)
def test_limits_hold_for_every_base_price(market: Market, on: date) -> None:
    """Limits of a valid base are valid, enclose it, and lie less than two ticks within the rate."""
    bases = EVERY_PRICE[EVERY_PRICE % tick_sizes(EVERY_PRICE, market=market, on=on) == 0]
    rate_bp = 3_000 if on >= date(2015, 6, 15) else 1_500
    lower, upper = limit_prices(bases, market=market, on=on)
    for limit in (lower, upper):
        assert not np.any(limit % tick_sizes(limit, market=market, on=on))
        assert np.all(np.abs(limit - bases) * 10_000 <= bases * rate_bp)
    assert np.all((1 <= lower) & (lower <= bases) & (bases <= upper))
    slack = 2 * tick_sizes(upper, market=market, on=on)
    assert np.all(bases * rate_bp < (upper - bases + slack) * 10_000)
    assert np.all(bases * rate_bp < (bases - lower + slack) * 10_000)


@given(st.integers(1, TOP), st.sampled_from(Market), st.dates(date(2010, 1, 1), TODAY))
def test_one_price_and_an_array_of_prices_agree(price: int, market: Market, on: date) -> None:
    """The scalar and the array functions answer from the same table, on any base price."""
    prices = np.array([price], dtype=np.int64)
    lower, upper = limit_prices(prices, market=market, on=on)
    one = price_limits(price, market=market, on=on)
    assert one.lower <= price or one.lower - price < tick_size(price, market=market, on=on)
    assert (
        tick_size(price, market=market, on=on),
        round_down(price, market=market, on=on),
        round_up(price, market=market, on=on),
        (one.lower, one.upper),
    ) == (
        int(tick_sizes(prices, market=market, on=on)[0]),
        int(floor_prices(prices, market=market, on=on)[0]),
        int(ceil_prices(prices, market=market, on=on)[0]),
        (int(lower[0]), int(upper[0])),
    )


def test_arrays_keep_their_shape_and_a_halted_zero() -> None:
    """A day by stock table stays one, and 0 stays 0."""
    prices = np.array([[0, 2_003], [1_999, 20_019]], dtype=np.int64)
    expected = [[0, 2_000], [1_999, 20_000]]
    assert expected == floor_prices(prices, market=Market.KOSPI, on=TODAY).tolist()


def test_a_price_below_one_won_is_refused() -> None:
    """Zero as an order price and negative prices are bugs, not prices."""
    with pytest.raises(ValueError, match="no tick"):
        tick_size(0, market=Market.KOSPI, on=TODAY)
    with pytest.raises(ValueError, match="no tick"):
        tick_sizes(np.array([5, -5]), market=Market.KOSPI, on=TODAY)


def test_a_day_before_the_first_table_is_refused() -> None:
    """What is not on record is not guessed."""
    with pytest.raises(InputError, match="not on record"):
        tick_size(1_000, market=Market.KOSPI, on=date(2009, 12, 30))


# A close agreeing with the raw snapshots ever after means prices were not adjusted since.
FALLS = """
with days as (select code, date, low, volume, lag(close) over (
        partition by code order by date) as base from read_parquet($daily)),
fits as (select w.code, min(w.date) as first,
        max(w.date) filter (w.close <> d.close) as last
        from read_parquet($raw) w join read_parquet($daily) d using (code, date)
        group by w.code)
select base, low from days join fits using (code)
where date > coalesce(last, first) and date >= '2023-01-25' and volume > 0
and low <= 0.72 * base and low > 0.69 * base
"""


def read(query: str, **files: Path) -> dict[str, Any]:
    """Return the columns of a query over parquet files as arrays."""
    named = {name: str(file) for name, file in files.items()}
    return duckdb.connect().execute(query, named).fetchnumpy()


@pytest.mark.data
def test_every_recorded_raw_close_is_a_valid_price(market_data: Path) -> None:
    """No traded close of the whole-market snapshots since 2020 is off the tick table of its day."""
    rows = read(
        "select market, date::varchar as date, close from read_parquet($raw) where volume > 0",
        raw=market_data / "marketcap_weekly.parquet",
    )
    places, groups = np.unique(rows["date"] + " " + rows["market"], return_inverse=True)
    off = {}
    for number, place in enumerate(places):
        day, market = str(place).split()
        closes = rows["close"][groups == number]
        steps = tick_sizes(closes, market=Market(market), on=date.fromisoformat(day))
        off[day, market] = int(np.count_nonzero(closes % steps))
    assert dict.fromkeys(off, 0) == off


@pytest.mark.data
def test_recorded_limit_days_stop_at_our_limits(market_data: Path) -> None:
    """Where cutting the width to the base's tick matters, recorded falls stop there, not below."""
    rows = read(
        FALLS,
        daily=market_data / "daily_ohlcv.parquet",
        raw=market_data / "marketcap_weekly.parquet",
    )
    base, low = rows["base"].astype(np.int64), rows["low"].astype(np.int64)
    on = date(2025, 6, 30)
    ours, _ = limit_prices(base, market=Market.KOSPI, on=on)
    uncut = ceil_prices(base - base * 3 // 10, market=Market.KOSPI, on=on)
    # a base off the tick table is a price adjusted after the last snapshot
    raw = base % tick_sizes(base, market=Market.KOSPI, on=on) == 0
    telling = raw & (ours != uncut)
    stops, passes = (int(np.count_nonzero(telling & hit)) for hit in (low == ours, low < ours))
    assert stops >= 30
    assert 0 == passes
