"""Daily figures with the present price as today's close."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.engine.indicators.sessions import days_of, random_days, wilder

from jennie_cli.engine.indicators import (
    DAY_ROWS,
    DayBars,
    DaysOutOfOrder,
    Macd,
    atr,
    death_cross_pct,
    rsi_today,
    wilder_rsi,
)

Array = NDArray[np.float64]
FLAT = np.full((20, 1), 10_000.0)


def cut(bars: DayBars, first: int) -> DayBars:
    """Return the days from one on."""
    return DayBars(
        days=bars.days[first:],
        high=bars.high[first:],
        low=bars.low[first:],
        close=bars.close[first:],
    )


def macd_divergence_pct(bars: DayBars, price: Array) -> Array:
    """Return the divergence at prices of today."""
    return Macd.of(bars).divergence_pct(price)


def test_days_newest_first_are_refused() -> None:
    """Daily bars in the order in which brokers send them do not become DayBars."""
    bars = random_days(1, rows=3)
    with pytest.raises(DaysOutOfOrder, match="2026-01-07 stands before 2026-01-06"):
        replace(bars, days=bars.days[::-1])


@pytest.mark.parametrize("days", [(date(2026, 1, 5),), (date(2026, 1, 5),) * 2])
def test_each_day_stands_once(days: tuple[date, ...]) -> None:
    """A day twice, or fewer days than rows, is an error of the same kind."""
    with pytest.raises(DaysOutOfOrder, match="oldest first"):
        DayBars(days=days, high=FLAT[:2], low=FLAT[:2], close=FLAT[:2])


@given(st.integers(0, 10_000))
def test_atr_is_wilders(seed: int) -> None:
    """The true range reaches to the close before; 14 make a plain mean, then Wilder's."""
    bars = random_days(seed, rows=DAY_ROWS, stocks=1)
    high, low, close = bars.high[:, 0], bars.low[:, 0], bars.close[:, 0]
    spans = [high[1:] - low[1:], abs(high[1:] - close[:-1]), abs(low[1:] - close[:-1])]
    assert pytest.approx(wilder(np.max(spans, axis=0).tolist()), rel=1e-12) == atr(bars)[0]


@pytest.mark.parametrize(("rows", "expected"), [(0, np.nan), (14, np.nan), (15, 200.0)])
def test_atr_needs_fifteen_days(rows: int, expected: float) -> None:
    """Fewer than 15 days give no ATR."""
    bars = days_of(np.full((rows, 1), 10_000.0), spread=100.0)
    assert np.array_equal([expected], atr(bars), equal_nan=True)


@given(st.integers(0, 10_000), st.integers(13, DAY_ROWS), st.integers(10_000, 40_000))
def test_rsi_of_today_takes_the_price_as_a_close(seed: int, rows: int, price: int) -> None:
    """It is Wilder's RSI of the closes and the price; 14 closes and the price are enough."""
    bars = random_days(seed, rows=rows)
    today = np.full(4, float(price))
    expected = wilder_rsi(np.vstack([bars.close, today]))[-1]
    assert np.allclose(expected, rsi_today(bars, today), rtol=1e-10, equal_nan=True)


@given(st.integers(0, 10_000), st.integers(0, 90))
@settings(max_examples=40)
def test_more_history_changes_nothing(seed: int, more: int) -> None:
    """However many days before the newest 64 a caller holds, figures are equal to the bit."""
    bars = random_days(seed, rows=DAY_ROWS + more)
    newest, price = cut(bars, more), bars.close[-1] * 1.01
    assert np.array_equal(atr(newest), atr(bars), equal_nan=True)
    for figure in (rsi_today, death_cross_pct, macd_divergence_pct):
        assert np.array_equal(figure(newest, price), figure(bars, price), equal_nan=True)


@given(st.integers(0, 10_000), st.integers(0, 80))
@settings(max_examples=40)
def test_many_prices_of_a_day_are_one_figure_each(seed: int, rows: int) -> None:
    """A column of prices gives to the bit what each price gives alone; no days give nothing."""
    bars = random_days(seed, rows=rows)
    prices: Array = 20_000.0 + 137.0 * np.arange(12.0).reshape(3, 4)
    for figure in (rsi_today, death_cross_pct, macd_divergence_pct):
        alone = [figure(bars, price) for price in prices]
        assert np.array_equal(alone, figure(bars, prices), equal_nan=True)
        assert rows or np.isnan(alone).all()


@pytest.mark.parametrize(
    ("closes", "price", "expected"),
    [
        # 20 flat days: MA5 falls by a fifth of the price's fall, MA20 by a twentieth
        ([10_000.0] * 20, 9_800.0, 30 / 9_990 * 100),
        ([10_000.0] * 20, 10_000.0, 0.0),
        ([10_000.0] * 20, 10_200.0, -30 / 10_010 * 100),
        # MA5 lay below MA20 yesterday already
        ([10_000.0] * 19 + [9_500.0], 9_000.0, 0.0),
        ([10_000.0] * 19, 9_000.0, np.nan),
        ([np.nan] + [10_000.0] * 19, 9_000.0, np.nan),
    ],
)
def test_death_cross(closes: list[float], price: float, expected: float) -> None:
    """MA5 comes to lie below MA20 today, by so many percent, and did not yesterday."""
    got = death_cross_pct(days_of(np.array(closes)[:, None]), np.array([price]))
    assert expected == pytest.approx(got[0], nan_ok=True, abs=1e-12)


def smoothed(values: list[float], n: int) -> float:
    """Return the exponential mean of n days by its recursion."""
    mean = sum(values[:n]) / n
    for value in values[n:]:
        mean += (value - mean) * 2 / (n + 1)
    return mean


def divergence(closes: Array, price: float) -> float:
    """Return the divergence of one stock."""
    return float(macd_divergence_pct(days_of(closes[:, None]), np.array([price]))[0])


def test_macd_divergence_is_a_new_top_without_new_speed() -> None:
    """A steep rise, then a crawl to a new top: the price tops its closes, MACD does not."""
    steep = np.r_[np.full(20, 10_000.0), 10_000.0 + 300.0 * np.arange(1, 11)]
    crawl = 13_000.0 + 2.0 * np.arange(1, 6)
    closes = np.r_[steep, crawl]
    assert divergence(closes, 13_020.0) > 0.1
    assert 0.0 == divergence(closes, 13_010.0)
    assert 0.0 == divergence(closes, 15_000.0)
    assert np.isnan(divergence(closes[1:], 13_020.0))


@given(st.integers(0, 10_000), st.sampled_from([-0.001, 0.001, 0.02]))
@settings(max_examples=40)
def test_macd_is_that_of_the_recursion(seed: int, above: float) -> None:
    """The size is the distance to the highest MACD of ten days, in percent of the price."""
    closes = random_days(seed, rows=40, stocks=1).close[:, 0]
    top = closes[-10:].max()
    price = float(top * (1 + above))
    lines = [
        smoothed(row.tolist(), 12) - smoothed(row.tolist(), 26)
        for row in (np.r_[closes, price][:end] for end in range(31, 42))
    ]
    behind = max(max(lines[:-1]) - lines[-1], 0.0) / price * 100 if price > top else 0.0
    assert behind == pytest.approx(divergence(closes, price), rel=1e-9, abs=1e-12)
