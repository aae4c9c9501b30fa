"""How alike a stock and the holdings move, and what that does to a size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.risk.auto_cases import POLICY, correlation, held

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.risk import correlations
from jennie_cli.engine.risk.factors import all_known, correlation_factor, most_alike_ratio


def walks(rows: int, stocks: int, seed: int = 7) -> FloatArray:
    """Return seeded closes, (rows, stocks)."""
    moves = np.random.default_rng(seed).normal(0.0, 0.02, (rows, stocks))
    return np.asarray(10_000.0 * np.exp(moves.cumsum(axis=0)))


def by_hand(a: FloatArray, b: FloatArray) -> float:
    """Return Pearson's r of the log returns of two columns without gaps."""
    return float(np.corrcoef(np.diff(np.log(a)), np.diff(np.log(b)))[0, 1])


def test_all_holdings_are_compared_at_once_over_sixty_returns() -> None:
    """Each figure is Pearson's r of the last sixty daily log returns."""
    closes = walks(100, 6)
    said = correlations(closes[:, 1:], closes[:, 0])
    wanted = [by_hand(closes[-61:, 0], closes[-61:, n]) for n in range(1, 6)]
    assert wanted == pytest.approx(said.tolist(), abs=1e-12)


def test_a_hedge_counts_as_unlike() -> None:
    """The sign is kept: what moves the other way has a negative correlation."""
    closes = walks(61, 1)
    against = 1e8 / closes
    assert [-1.0] == pytest.approx(correlations(against, closes[:, 0]).tolist())


@pytest.mark.parametrize(("rows", "known"), [(30, False), (31, True)])
def test_thirty_common_returns_are_needed(rows: int, *, known: bool) -> None:
    """Fewer say nothing, which is not the same as no correlation."""
    closes = walks(rows, 2)
    said = correlations(closes[:, 1:], closes[:, 0])
    assert known is bool(np.isfinite(said[0]))


def test_days_are_joined_by_date() -> None:
    """A day without a close takes two returns of that pair out and shifts none."""
    closes = walks(61, 3)
    closes[20, 1] = np.nan
    said = correlations(closes[:, 1:], closes[:, 0])
    returns = np.diff(np.log(closes), axis=0)
    kept = np.isfinite(returns[:, 1])
    assert 58 == kept.sum()
    assert np.corrcoef(returns[kept, 0], returns[kept, 1])[0, 1] == pytest.approx(said[0])
    assert by_hand(closes[:, 0], closes[:, 2]) == pytest.approx(said[1])


def test_a_price_that_never_moved_is_unknown() -> None:
    """A halted stock has no correlation, and neither has one without a valid price."""
    closes = walks(61, 3)
    closes[:, 1], closes[:, 2] = 5_000.0, 0.0
    assert np.isnan(correlations(closes[:, 1:], closes[:, 0])).all()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(2, 80), stocks=st.integers(0, 5))
def test_a_correlation_lies_between_minus_one_and_one(seed: int, rows: int, stocks: int) -> None:
    """Whatever the closes, each holding has one figure within the bounds or none."""
    closes = walks(rows, stocks + 1, seed)
    said = correlations(closes[:, 1:], closes[:, 0])
    assert (stocks,) == said.shape
    assert bool((np.isnan(said) | (np.abs(said) <= 1.0)).all())


@pytest.mark.parametrize(
    ("ratios", "factor"),
    [
        ((-0.9,), 1.0),
        ((0.299,), 1.0),
        ((0.3,), 0.9),
        ((0.499,), 0.9),
        ((0.5,), 0.75),
        ((0.699,), 0.75),
        ((0.7,), 0.5),
        ((0.849, 0.1), 0.5),
        ((float("nan"),), 0.75),
        ((float("nan"), 0.1), 0.75),
        ((float("nan"), 0.7), 0.5),
        ((), 1.0),
    ],
)
def test_the_most_alike_holding_decides(ratios: tuple[float, ...], factor: float) -> None:
    """The size falls in bands, and an unknown correlation counts as a middling one."""
    holdings = held(len(ratios))
    assert factor == correlation_factor(holdings, correlation(*ratios), POLICY)


def test_figures_that_do_not_belong_to_the_holdings_are_unknown() -> None:
    """Another number of figures than of holdings, or none, is not read."""
    for figures in (None, correlation(0.1), correlation(0.1, 0.2, 0.3)):
        assert None is most_alike_ratio(held(2), figures)
        assert not all_known(held(2), figures)
