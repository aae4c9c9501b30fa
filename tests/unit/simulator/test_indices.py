"""Indices, breadth and market flows are sums of what the stocks did."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.simulator.conftest import Made

from jennie_cli.engine.store import Dataset
from jennie_cli.simulator.extremes import YearExtremes

BOARDS = ("KOSPI", "KOSDAQ")


def counted(made: Made, board: str) -> NDArray[np.bool_]:
    kinds = np.isin(made.master("kind"), ["COMMON", "PREFERRED", "REIT"])
    leaving = made.master("status") == "LIQUIDATION"
    there = np.isfinite(made.grids["close"][-2:]).all(axis=0)
    return np.asarray((made.master("market") == board) & kinds & there & ~leaving)


def test_an_index_moves_with_the_value_of_its_stocks(made: Made) -> None:
    """The newest change of each index is the change of the summed market value."""
    closes = made.columns(Dataset.INDEX_DAILY)["close"].reshape(-1, 2)
    for i, board in enumerate(BOARDS):
        mine = counted(made, board)
        worth = (made.grids["close"][-2:, mine] * made.master("shares")[mine]).sum(axis=1)
        assert abs(closes[-1, i] / closes[-2, i] - worth[1] / worth[0]) < 1e-5


def test_an_index_day_encloses_its_open_and_close(made: Made) -> None:
    """Index lows and highs bound opens and closes."""
    day = made.columns(Dataset.INDEX_DAILY)
    assert (day["low"] <= np.minimum(day["open"], day["close"])).all()
    assert (day["high"] >= np.maximum(day["open"], day["close"])).all()


def test_breadth_counts_the_bars(made: Made) -> None:
    """Up, flat and down of the newest day are counts over the bars."""
    breadth = made.columns(Dataset.MARKET_BREADTH)
    for i, board in enumerate(BOARDS):
        mine = counted(made, board)
        before, now = made.grids["close"][-2, mine], made.grids["close"][-1, mine]
        expected = [(now > before).sum(), (now == before).sum(), (now < before).sum()]
        assert expected == [breadth[n][len(breadth["up"]) - 2 + i] for n in ("up", "flat", "down")]


def test_market_flows_sum_to_nothing(made: Made) -> None:
    """What some investors buy, others sell; the kinds of institution add up."""
    flows = made.columns(Dataset.FLOWS_MARKET)
    kinds = ("securities", "insurance", "trust", "bank", "other_fin", "pension")
    assert np.allclose(sum(flows[k] for k in kinds), flows["inst"])
    sides = ("indiv", "foreign", "inst", "other_corp")
    assert np.allclose(sum(flows[s] for s in sides), 0.0)


def test_caps_are_price_times_shares(made: Made) -> None:
    """Every market cap is close times shares, and the newest day has them all."""
    caps = made.columns(Dataset.MARKET_CAPS)
    assert np.array_equal(caps["close"] * caps["shares"], caps["market_cap"])
    assert np.isfinite(made.grids["close"][-1]).sum() == (caps["date"] == made.days[-1]).sum()


@given(
    closes=st.lists(st.integers(1, 9), min_size=1, max_size=40),
    rows=st.integers(2, 12),
    young=st.integers(1, 4),
)
def test_year_extremes_equal_a_plain_search(closes: list[int], rows: int, young: int) -> None:
    """Folding by blocks finds the same highs and lows as looking at every row."""
    year = YearExtremes(1, rows, young=young)
    live = np.array([True])
    for i, close in enumerate(closes):
        window = closes[max(0, i - rows) : i]
        high, low = year.broken(np.array([close]))
        old = i >= young
        assert (old and close > max(window)) == high[0]
        assert (old and close < min(window)) == low[0]
        year.add(np.array([close]), live)
