"""The walk on which engines are timed makes the trades that all of them make."""

import pytest
from benchmarks.backtest_sma import kernel
from benchmarks.backtest_walk import MANY, ONE, Size, walk


@pytest.mark.parametrize("size", [ONE, MANY], ids=["one", "many"])
def test_trades_of_the_walk(size: Size) -> None:
    """A stock of 100,000 bars makes 1,122 trades, a hundred of 20,000 make 22,413."""
    assert size.trades == kernel(*walk(size))().trades


def test_stops_do_not_change_how_often_is_traded() -> None:
    """With swings that meet some stops the averages still cross as often."""
    assert ONE.trades == kernel(*walk(ONE, 3e-3))().trades
