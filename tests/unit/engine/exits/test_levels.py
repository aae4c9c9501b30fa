"""The protective level: just above it nothing sells out of caution, at or under it all is sold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.cases import CALM, CODE, POLICY, book, buy, decide, moment, past

from jennie_cli.engine.exits import ExitPolicy, protective_level
from jennie_cli.engine.model import Regime

CAUTIOUS = {
    "HARD_STOP",
    "PROFIT_FLOOR",
    "PROFIT_LOCK_2",
    "PROFIT_LOCK_1",
    "BREAKEVEN_STOP",
    "ATR_STOP",
    "FIXED_STOP",
    "TRAILING_STOP",
}


@pytest.mark.parametrize(
    ("high", "price", "atr", "expected"),
    [
        (10_000, 10_000, 120.0, 9_760.0),
        (10_000, 10_000, np.nan, 9_600.0),
        (10_000, 10_000, 400.0, 9_400.0),
        (10_180, 10_100, 120.0, 10_050.0),
        (10_300, 10_200, 120.0, 10_150.0),
        (10_600, 10_550, 120.0, 10_150.0),
        (10_700, 10_650, 120.0, 10_325.5),
        (10_700, 10_200, 120.0, 10_150.0),
        (10_700, np.nan, 120.0, 10_150.0),
        (11_500, 11_300, 120.0, 11_097.5),
        (11_500, 11_050, 120.0, 11_097.5),
        (11_500, 10_200, 120.0, 11_000.0),
    ],
)
def test_the_highest_level_that_is_live(
    high: int, price: float, atr: float, expected: float
) -> None:
    """Stops first, then the locks as the high arms them, then trailing while it can sell."""
    held = book(high=high, atr=atr)
    assert [expected] == protective_level(held, np.array([price]), moment(), POLICY).tolist()


def test_the_level_of_recon_and_of_the_macro_factor() -> None:
    """RECON is protected at -2.5 %, others a macro factor of 1.5 lower than else."""
    price = np.array([10_000.0])
    recon, plain = book(buy(recon=True), atr=400.0), book(atr=400.0)
    wide = moment(stop=1.5)
    levels = [protective_level(b, price, wide, POLICY).tolist() for b in (recon, plain)]
    assert [[9_750.0], [9_100.0]] == levels


def test_heat_of_a_portfolio() -> None:
    """Two positions of 100 shares risk what lies between price and level."""
    held = book(buy(), buy(code="900020"), atr=120.0)
    held = replace(held, past=past(CALM).take(np.array([0, -1])))
    held = replace(held, past=replace(held.past, atr=np.array([120.0, np.nan])))
    price = np.array([10_000.0, 10_100.0])
    now = replace(moment(), liquidate=np.zeros(2, dtype=np.bool_))
    level = protective_level(held, price, now, POLICY)
    assert (24_000 + 50_000) == (np.maximum(0.0, price - level) * held.qty).sum()


@settings(max_examples=60)
@given(
    gain=st.integers(-900, 2_500),
    back=st.integers(0, 1_500),
    atr=st.sampled_from([40.0, 120.0, 300.0, np.nan]),
    stop=st.sampled_from([0.9, 1.0, 1.3]),
    regime=st.sampled_from(list(Regime)),
    lock_1=st.booleans(),
    recon=st.booleans(),
    topping=st.sampled_from([0.0, 1.0]),
)
def test_level_and_chain_agree(
    gain: int, back: int, atr: float, stop: float, regime: Regime, **case: float
) -> None:
    """A price is under its own protective level exactly when a cautious rule sells it."""
    policy = ExitPolicy(profit_lock_1=bool(case["lock_1"]))
    high = max(10_000, 10_000 + gain)
    price = max(10_000 + gain - back, 7_000)
    days = past(CALM, topping=case["topping"])
    held = book(buy(recon=bool(case["recon"])), high=high, atr=atr, days=days, policy=policy)
    then = moment(regime=regime, stop=stop)
    level = float(protective_level(held, np.array([float(price)]), then, policy)[0])
    if abs(level - price) > 1e-6:
        reason, _, _ = decide(held, price, policy, regime=regime, stop=stop)
        assert (price < level) == (reason in CAUTIOUS)
    assert CODE == held.codes[0]
