"""Prices obey the exchange; returns look like those of a stock market."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.simulator.conftest import Made

from jennie_cli.engine.model import Market
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.venue import floor_prices, limit_prices

pytestmark = pytest.mark.slow

FULL_YEAR = 250
LIQUIDATION_DAYS = 7


def steady(made: Made) -> NDArray[np.float64]:
    """Return the returns of stocks that traded on every day."""
    whole = np.isfinite(made.grids["close"]).all(axis=0) & (made.grids["open"] > 0).all(axis=0)
    kinds = made.master("kind") == "COMMON"
    return made.returns()[:, whole & kinds]


def standard(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((returns - returns.mean(axis=0)) / returns.std(axis=0))


def test_about_2600_common_stocks_trade_on_both_boards(made: Made) -> None:
    """The newest day has as many common stocks as the real market, about a third on KOSPI."""
    there = np.isfinite(made.grids["close"][-1]) & (made.master("kind") == "COMMON")
    kospi = (made.master("market") == "KOSPI") & there
    assert 2_500 < there.sum() < 2_750
    assert 780 < kospi.sum() < 920


def test_every_price_is_a_valid_tick(made: Made) -> None:
    """Each price of a stock that never split stands on the tick of its board and day."""
    kept = ~made.split()
    for market in Market:
        mine = kept & (made.master("market") == market.value)
        for name in ("open", "high", "low", "close"):
            for day in range(0, len(made.days), 13):
                price = made.grids[name][day, mine]
                whole = price[np.isfinite(price)].astype(np.int64)
                assert np.array_equal(floor_prices(whole, market=market, on=made.days[day]), whole)


def test_low_and_high_enclose_open_and_close(made: Made) -> None:
    """On a day with trading low <= open, close <= high."""
    g = made.grids
    traded = g["open"] > 0
    assert (g["low"] <= np.minimum(g["open"], g["close"]))[traded].all()
    assert (g["high"] >= np.maximum(g["open"], g["close"]))[traded].all()


def test_no_price_leaves_the_daily_limits(made: Made) -> None:
    """Highs and lows stay inside the limits, but for liquidation trading, which has none."""
    last = [d is None for d in made.master("delisted_on")]
    kept = ~made.split() & np.array(last)
    for market in Market:
        mine = kept & (made.master("market") == market.value)
        for day in range(1, len(made.days), 7):
            base = made.grids["close"][day - 1, mine]
            high, low = made.grids["high"][day, mine], made.grids["low"][day, mine]
            ok = np.isfinite(base) & (high > 0)
            lower, upper = limit_prices(base[ok].astype(np.int64), market=market, on=made.days[day])
            assert (low[ok] >= lower).all()
            assert (high[ok] <= upper).all()


def test_some_days_end_at_a_limit(made: Made) -> None:
    """Limit-up and limit-down days occur, the former more often."""
    returns = made.returns()
    up, down = (returns > 0.285).sum(), (returns < -0.285).sum()
    assert up > down > 100


def test_returns_have_fat_tails(made: Made) -> None:
    """The middle stock's kurtosis is far above the normal 3."""
    z = standard(steady(made))
    assert float(np.median((z**4).mean(axis=0))) > 5.0


def test_volatility_comes_in_clusters(made: Made) -> None:
    """A large move is followed by large moves more often than not."""
    size = standard(np.abs(steady(made)))
    assert float(np.median((size[1:] * size[:-1]).mean(axis=0))) > 0.05


def test_stocks_share_the_market(made: Made) -> None:
    """The middle stock moves with the mean of all, as real ones do."""
    returns = steady(made)
    market = standard(returns.mean(axis=1, keepdims=True))
    assert 0.2 < float(np.median((standard(returns) * market).mean(axis=0))) < 0.6


def test_stocks_of_one_sector_move_together(made: Made) -> None:
    """Two stocks of a fine sector correlate more than two of different ones."""
    whole = np.isfinite(made.grids["close"]).all(axis=0) & (made.grids["open"] > 0).all(axis=0)
    mine = whole & (made.master("kind") == "COMMON") & (made.master("market") == "KOSPI")
    fine = made.master("sector_fine")[mine]
    z = standard(made.returns()[:, mine])
    together = z.T @ z / len(z)
    same = fine[:, None] == fine[None, :]
    other = ~same
    np.fill_diagonal(same, val=False)
    assert together[same].mean() > together[other].mean() + 0.03


def test_a_halt_keeps_the_close_and_trades_nothing(made: Made) -> None:
    """A halted day has zero open, high, low and volume and carries the close."""
    g = made.grids
    halted = g["open"][1:] == 0
    kept = np.isfinite(g["close"][:-1]) & halted
    assert kept.sum() > 1_000
    assert (g["high"][1:][halted] == 0).all()
    assert (g["low"][1:][halted] == 0).all()
    assert (g["volume"][1:][halted] == 0).all()
    assert np.array_equal(g["close"][1:][kept], g["close"][:-1][kept])


def test_the_halted_of_the_newest_day_are_marked(made: Made) -> None:
    """The master says HALTED of exactly those that do not trade now."""
    still = made.grids["open"][-1] == 0
    assert np.array_equal(made.master("status") == "HALTED", still)


def test_a_listing_and_a_delisting_bound_the_bars(made: Made) -> None:
    """Bars begin on the listing day and end before the delisting day."""
    listed, delisted = made.master("listed_on"), made.master("delisted_on")
    here = np.isfinite(made.grids["close"])
    first = [made.days[i] for i in here.argmax(axis=0)]
    last = [made.days[len(made.days) - 1 - i] for i in here[::-1].argmax(axis=0)]
    newcomers = [i for i, d in enumerate(listed) if d >= made.days[0]]
    gone = [i for i, d in enumerate(delisted) if d is not None]
    assert len(newcomers) > 50
    assert len(gone) > 30
    assert all(first[i] == listed[i] for i in newcomers)
    assert all(last[i] < delisted[i] for i in gone)


def test_a_delisted_stock_falls_in_liquidation(made: Made) -> None:
    """The last seven days of a delisted stock cost most of its value."""
    gone = [i for i, d in enumerate(made.master("delisted_on")) if d is not None]
    for i in gone:
        closes = made.grids["close"][:, i]
        alive = closes[np.isfinite(closes)]
        assert alive[-1] < alive[-LIQUIDATION_DAYS - 1] * 0.7


def test_every_designation_occurs(made: Made) -> None:
    """The newest day knows stocks under each designation."""
    seen = set(made.master("status"))
    assert {"NORMAL", "HALTED", "ADMINISTRATIVE", "LIQUIDATION", "OVERHEATED"} <= seen
    assert {"WARNING", "RISK"} & seen


def test_small_and_cheap_stocks_exist(made: Made) -> None:
    """Prices under 1,000 won and caps under 50 billion won are as usual as they really are."""
    close = made.grids["close"][-1]
    caps = made.columns(Dataset.MARKET_CAPS)
    newest = caps["date"] == made.days[-1]
    assert 0.02 < float(np.mean(close[np.isfinite(close)] < 1_000)) < 0.20
    assert 0.10 < float(np.mean(caps["market_cap"][newest] < 50_000_000_000)) < 0.45
