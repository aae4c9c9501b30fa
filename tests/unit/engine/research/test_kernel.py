"""Signals and a stop over many stocks against the same rules told bar by bar."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.engine.research.bar_by_bar import told

from jennie_cli.engine.research import NO_ROW, Ending, FillPolicy, Trades, trade_signals
from jennie_cli.engine.research.path import Prices

Flags = NDArray[np.bool_]
NO_SLIP = FillPolicy(slippage_bp=0.0)


def made(
    rows: int, stocks: int, seed: int, *, gaps: float, swing: float = 0.01
) -> tuple[Prices, Flags, Flags]:
    """Return seeded bars, a part of them missing, with signals as dense as the seed says."""
    rng = np.random.default_rng(seed)
    shape = (rows, stocks)
    close = 10_000 * np.exp(np.cumsum(rng.normal(0, swing, shape), axis=0))
    opened = close * np.exp(rng.normal(0, swing, shape))
    high = np.maximum(opened, close) * (1 + rng.exponential(swing / 2, shape))
    low = np.minimum(opened, close) * (1 - rng.exponential(swing / 2, shape))
    missing = rng.random(shape) < gaps
    for prices in (opened, high, low, close):
        prices[missing] = np.nan
    enter, leave = (rng.random(shape) < rng.choice([0.0, 0.05, 0.5, 1.0]) for _ in range(2))
    bars = Prices(open=opened, high=high, low=low, close=close)
    return bars, enter & ~missing, leave & ~missing


def listed(trades: Trades) -> list[tuple[Any, ...]]:
    """Return trades as rows of plain values."""
    names = ("stock", "entry_row", "entry_price", "exit_row", "exit_price", "ending")
    return list(zip(*(getattr(trades, name).tolist() for name in names), strict=True))


def bars_of(*rows: tuple[float, float, float, float]) -> Prices:
    """Return one stock's bars from rows of open, high, low, close."""
    columns = np.array(rows, dtype=np.float64).T[:, :, None]
    return Prices(open=columns[0], high=columns[1], low=columns[2], close=columns[3])


def flags(*rows: int, of: int) -> Flags:
    """Return one stock's signal that stands on some rows."""
    out = np.zeros((of, 1), dtype=np.bool_)
    out[list(rows)] = True
    return out


@given(
    st.tuples(st.integers(1, 120), st.integers(1, 4), st.integers(0, 2**32)),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([0.5, 2.0, 5.0, 100.0]),
    st.sampled_from([0.0, 10.0]),
)
def test_against_bar_by_bar(
    past: tuple[int, int, int], gaps: float, stop_pct: float, slippage_bp: float
) -> None:
    """All stocks at once make the trades that one bar after the other makes, to the last bit."""
    bars, enter, leave = made(*past, gaps=gaps)
    fills = FillPolicy(slippage_bp=slippage_bp)
    got = trade_signals(bars, enter=enter, leave=leave, stop_pct=stop_pct, fills=fills)
    expected = told(bars, enter, leave, stop_pct=stop_pct, slippage_bp=slippage_bp)
    np.testing.assert_array_equal(
        np.array(expected, dtype=np.float64).reshape(-1, 6),
        np.array(listed(got), dtype=np.float64).reshape(-1, 6),
    )


def test_a_stop_far_behind_its_entry() -> None:
    """A stop is found however many bars after the entry it is met."""
    bars, enter, leave = made(6_000, 3, 1, gaps=0.0, swing=0.001)
    enter[:], leave[:] = True, False
    got = trade_signals(bars, enter=enter, leave=leave, stop_pct=4.0, fills=NO_SLIP)
    expected = told(bars, enter, leave, stop_pct=4.0, slippage_bp=0.0)
    held = got.exit_row[got.ending == Ending.STOP] - got.entry_row[got.ending == Ending.STOP]
    assert held.max() > 1_100
    assert [tuple(trade) for trade in expected if trade[5] != Ending.STILL_OPEN] == [
        trade for trade in listed(got) if trade[5] != Ending.STILL_OPEN
    ]


def unforeseen(run: Callable[..., Trades], rows: int, seed: int, cut: int) -> bool:
    """Tell whether a past cut after some rows makes the trades of the whole up to there."""
    bars, enter, leave = made(rows, 3, seed, gaps=0.1)
    early = Prices(**{f.name: getattr(bars, f.name)[:cut] for f in fields(Prices)})
    settings: dict[str, Any] = {"stop_pct": 2.0, "fills": NO_SLIP}
    whole = listed(run(bars, enter=enter, leave=leave, **settings))
    part = listed(run(early, enter=enter[:cut], leave=leave[:cut], **settings))
    expected = [
        trade if trade[3] < cut else (*trade[:3], NO_ROW, np.nan, Ending.STILL_OPEN)
        for trade in whole
        if trade[1] < cut
    ]
    return np.array_equal(
        np.array(expected, dtype=np.float64), np.array(part, dtype=np.float64), equal_nan=True
    )


@given(st.integers(2, 80), st.integers(0, 2**32), st.data())
def test_no_trade_knows_what_comes_later(rows: int, seed: int, data: st.DataObject) -> None:
    """A past cut after any bar holds the same trades up to there, the last one perhaps open."""
    assert unforeseen(trade_signals, rows, seed, data.draw(st.integers(1, rows)))


def test_a_look_one_bar_ahead_is_found() -> None:
    """A stop that sees the low of the next bar does not pass the same question."""

    def ahead(bars: Prices, **settings: Any) -> Trades:
        low = bars.low.copy()
        low[:-1] = np.fmin(low[:-1], low[1:]) + 0.0 * low[:-1]
        return trade_signals(replace(bars, low=low), **settings)

    cuts = range(1, 80)
    assert all(unforeseen(trade_signals, 80, 3, cut) for cut in cuts)
    assert not all(unforeseen(ahead, 80, 3, cut) for cut in cuts)


def test_signal_fills_at_the_next_open() -> None:
    """Enter and leave act at the open of the bar after the one that gave them."""
    bars = bars_of((100, 101, 99, 100), (110, 112, 109, 111), (120, 121, 119, 120))
    got = trade_signals(
        bars, enter=flags(0, of=3), leave=flags(1, of=3), stop_pct=3.0, fills=NO_SLIP
    )
    assert [(0, 1, 110.0, 2, 120.0, Ending.SIGNAL)] == listed(got)


def test_a_signal_on_the_last_bar_does_nothing() -> None:
    """Without a next bar nothing is bought, and what is held stays open."""
    bars = bars_of((100, 101, 99, 100), (110, 112, 109, 111))
    never = flags(of=2)
    assert (
        listed(trade_signals(bars, enter=flags(1, of=2), leave=never, stop_pct=3.0, fills=NO_SLIP))
        == []
    )
    got = trade_signals(
        bars, enter=flags(0, of=2), leave=flags(1, of=2), stop_pct=3.0, fills=NO_SLIP
    )
    assert [NO_ROW] == got.exit_row.tolist()
    assert [Ending.STILL_OPEN] == got.ending.tolist()
    assert np.isnan(got.exit_price).all()
    assert np.isnan(got.growth_factor).all()


STOPS = [
    ("low touches the stop: sold at the low", (100, 101, 97, 99), 97.0),
    ("low falls through: sold where it fell to", (100, 101, 95, 100), 95.0),
    ("opens below the stop: sold at the open", (96, 101, 90, 100), 96.0),
    ("low one step above the stop: held", (100, 101, 97.001, 99), None),
]


@pytest.mark.parametrize(("bar", "sold"), [row[1:] for row in STOPS], ids=[row[0] for row in STOPS])
def test_stop(bar: tuple[float, float, float, float], sold: float | None) -> None:
    """A stop of 3 % under an entry at 100 is filled at the worse of itself and the point met."""
    bars = bars_of((100, 100, 100, 100), (100, 100, 100, 100), bar)
    got = trade_signals(bars, enter=flags(0, of=3), leave=flags(of=3), stop_pct=3.0, fills=NO_SLIP)
    expected = (NO_ROW, Ending.STILL_OPEN) if sold is None else (2, Ending.STOP)
    assert expected == (got.exit_row[0], got.ending[0])
    np.testing.assert_equal(np.nan if sold is None else sold, got.exit_price[0])


def test_stop_on_the_entry_bar() -> None:
    """The bar of the entry itself can stop it, for its low comes after its open."""
    bars = bars_of((100, 100, 100, 100), (100, 130, 96, 130))
    got = trade_signals(bars, enter=flags(0, of=2), leave=flags(of=2), stop_pct=3.0, fills=NO_SLIP)
    assert [(0, 1, 100.0, 1, 96.0, Ending.STOP)] == listed(got)


def test_an_order_to_leave_meets_the_open_before_the_stop() -> None:
    """Sold at the open, a stock is no longer there when the bar falls to the stop."""
    bars = bars_of((100, 100, 100, 100), (100, 100, 100, 100), (99, 99, 90, 90))
    got = trade_signals(
        bars, enter=flags(0, of=3), leave=flags(1, of=3), stop_pct=3.0, fills=NO_SLIP
    )
    assert [(0, 1, 100.0, 2, 99.0, Ending.SIGNAL)] == listed(got)


def test_the_bar_of_a_stop_may_enter_again() -> None:
    """After a stop the close of the same bar counts as one without shares."""
    bars = bars_of(*[(100.0, 100.0, 100.0, 100.0)] * 2, (100, 100, 90, 95), (95, 95, 95, 95))
    got = trade_signals(
        bars, enter=flags(0, 2, of=4), leave=flags(of=4), stop_pct=3.0, fills=NO_SLIP
    )
    assert [1, 3] == got.entry_row.tolist()


def test_costs_and_slippage() -> None:
    """Slippage moves both prices against the trader, costs come on top, a tax by its own day."""
    bars = bars_of((100, 100, 100, 100), (100, 100, 100, 100), (110, 110, 110, 110))
    tax = np.array([[99.0], [99.0], [25.0]])
    got = trade_signals(
        bars,
        enter=flags(0, of=3),
        leave=flags(1, of=3),
        stop_pct=100.0,
        fills=FillPolicy(slippage_bp=100.0),
        buy_bp=10.0,
        sell_bp=tax,
    )
    assert 101.0 == got.entry_price[0]
    assert pytest.approx(108.9) == got.exit_price[0]
    assert pytest.approx(101.0 * 1.001) == got.cost[0]
    assert pytest.approx(108.9 * 0.9975) == got.proceeds[0]
    assert pytest.approx(108.9 * 0.9975 / (101.0 * 1.001)) == got.growth_factor[0]


def test_a_signal_without_a_bar_is_refused() -> None:
    """A signal on a row without prices is a mistake of the caller, not something to skip."""
    bars = bars_of((100, 100, 100, 100), (np.nan, 100, 100, 100))
    with pytest.raises(ValueError, match="without a bar"):
        trade_signals(bars, enter=flags(1, of=2), leave=flags(of=2), stop_pct=3.0, fills=NO_SLIP)


@given(st.integers(1, 60), st.integers(1, 3), st.integers(0, 2**32))
def test_equity(rows: int, stocks: int, seed: int) -> None:
    """A purse lies still without a trade and is marked at every close while one is open."""
    bars, enter, leave = made(rows, stocks, seed, gaps=0.0)
    got = trade_signals(
        bars, enter=enter, leave=leave, stop_pct=2.0, fills=FillPolicy(), buy_bp=1.5, sell_bp=20.0
    )
    purse = np.ones((rows, stocks))
    for stock, entry, leaves, cost, proceeds in zip(
        *(getattr(got, n).tolist() for n in ("stock", "entry_row", "exit_row", "cost", "proceeds")),
        strict=True,
    ):
        money = purse[entry - 1, stock]
        purse[entry:, stock] = money / cost * bars.close[entry:, stock]
        if leaves != NO_ROW:
            purse[leaves:, stock] = money / cost * proceeds
    np.testing.assert_allclose(purse, got.equity(bars.close), rtol=1e-9)
