"""The predecessor's detector, by the exact rules of section 10.2."""

import numpy as np
import pytest

from jennie_cli.engine.model import Regime
from jennie_cli.engine.regime import predecessor
from jennie_cli.engine.store.panels import FloatArray


def flat(rows: int, *tail: float) -> FloatArray:
    return np.array([100.0] * (rows - len(tail)) + list(tail))


@pytest.mark.parametrize(
    ("price", "state"),
    [
        # d = r1 = r5 = 4: strong 50 + 50 = 100, bull 30 + 40 + 8 = 78
        (104.0, Regime.STRONG_BULL),
        # 1.5 %: strong 37.5 + 18.75 = 56.25, bull 30 + 15 + 3 = 48, sideways 30
        (101.5, Regime.STRONG_BULL),
        # 0.4 %: strong 15, bull 34.8, sideways 30 + 30 + 40 = 100
        (100.4, Regime.NEUTRAL),
        # -0.4 %: bear 40 + 4 + 0.8 = 44.8, sideways 100
        (99.6, Regime.NEUTRAL),
        # -1.5 %: bear 40 + 15 + 3 = 58, sideways 30
        (98.5, Regime.BEAR),
        (90.0, Regime.BEAR),
    ],
)
def test_highest_score_wins(price: float, state: Regime) -> None:
    """States compete by score on a flat past of 60 closes."""
    assert state is predecessor(flat(60), price)


def test_slow_rise_is_a_bull() -> None:
    """MA20 +3.3 %, r5 +1.6 %, r1 +0.1 %: bull 30 + 15.6 + 6.6 beats strong 21.9."""
    assert predecessor(flat(60, 102.4, 102.4, 102.4, 102.4, 103.9), 104.0) is Regime.BULL


def test_below_ten_closes_it_says_sideways() -> None:
    """Nine closes are too few, whatever the price; ten make a strong 80 and a bull 80.75."""
    assert predecessor(flat(9), 150.0) is Regime.NEUTRAL
    assert predecessor(flat(10), 150.0) is Regime.BULL


def test_fewer_than_twenty_closes_use_the_ma10_limits() -> None:
    """+1.4 %: in MA10 mode bull 35.5 beats strong 33.6; from 20 closes on strong 52.5 wins."""
    assert predecessor(flat(19), 101.4) is Regime.BULL
    assert predecessor(flat(20), 101.4) is Regime.STRONG_BULL


def test_equal_scores_go_to_the_stronger_bull() -> None:
    """+16 % reaches the maximum of both bull states; the first of the order wins."""
    assert predecessor(flat(60), 116.0) is Regime.STRONG_BULL


def test_failed_price_does_not_turn_the_market_bearish() -> None:
    """With a failed live price BEAR is believed only after a bearish state."""
    closes = flat(60)
    bull, bear = Regime.BULL, Regime.BEAR
    assert predecessor(closes, 90.0, previous=bull, price_failed=True) is bull
    assert predecessor(closes, 90.0, previous=bear, price_failed=True) is bear
    assert predecessor(closes, 90.0, price_failed=True) is bear
    assert predecessor(closes, 90.0, previous=Regime.BULL) is Regime.BEAR


def test_unknown_price_is_no_opinion() -> None:
    """Without a price there is nothing to compare with."""
    assert predecessor(flat(60), float("nan")) is None
