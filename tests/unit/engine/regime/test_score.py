"""The regime score from index, breadth and turnover rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.regime import MarketScore, market_score
from jennie_cli.engine.store.panels import FloatArray

ROWS = 30


def closes(*tail: float) -> FloatArray:
    """Return ROWS closes of 100 that end with these values."""
    return np.array([100.0] * (ROWS - len(tail)) + list(tail))


def score(
    kospi: FloatArray,
    kosdaq: FloatArray | None = None,
    *,
    up: float = 500.0,
    down: float = 500.0,
    turnover: FloatArray | None = None,
) -> MarketScore:
    other = kospi if kosdaq is None else kosdaq
    return market_score(
        index_close=np.column_stack([kospi, other]),
        advances=np.full(ROWS, up),
        declines=np.full(ROWS, down),
        turnover=np.full(ROWS, 1e13) if turnover is None else turnover,
    )


def test_figures_compare_with_the_closes_before_the_session() -> None:
    """+2 % on a flat past is +2 % against MA20, 5 sessions and 1 session: T = 20 + 12 + 20."""
    s = score(closes(102.0))
    figures = s.gap_pct[-1, 0], s.r5_pct[-1, 0], s.r1_pct[-1, 0]
    assert np.allclose([2.0, 2.0, 2.0], figures)
    assert pytest.approx(52.0) == s.trend[-1]
    assert pytest.approx(0.6 * 52.0) == s.total[-1]


def test_trend_weighs_kospi_70_and_kosdaq_30() -> None:
    """A KOSPI of T 52 beside a KOSDAQ of T 0 gives 36.4."""
    assert pytest.approx(0.7 * 52.0) == score(closes(102.0), closes()).trend[-1]


def test_terms_are_clamped() -> None:
    """A crash gives at most -50 -30 -20 for the trend, -100 breadth and -50 turnover."""
    turnover = np.array([1e13] * (ROWS - 1) + [9e13])
    s = score(closes(80.0), up=0.0, down=900.0, turnover=turnover)
    assert (-100.0, -100.0, -50.0) == (s.trend[-1], s.breadth[-1], s.turnover[-1])
    assert pytest.approx(-95.0) == s.total[-1]


def test_turnover_takes_the_sign_of_the_trend() -> None:
    """12 % more turnover than its mean of the 20 days before supports the side it comes with."""
    turnover = np.array([1e13] * (ROWS - 1) + [1.12e13])
    assert pytest.approx(12.0) == score(closes(102.0), turnover=turnover).turnover[-1]
    assert pytest.approx(-12.0) == score(closes(98.0), turnover=turnover).turnover[-1]
    assert pytest.approx(1.12) == score(closes(98.0), turnover=turnover).turnover_ratio[-1]


def test_breadth_is_the_balance_of_moved_issues() -> None:
    """580 up and 420 down are 58 % and 16 points."""
    s = score(closes(), up=580.0, down=420.0)
    assert np.allclose([16.0, 58.0], [s.breadth[-1], s.advance_pct[-1]])


def test_missing_breadth_scales_the_rest_up() -> None:
    """Without breadth 0.6 T + 0.1 V are divided by 0.7, and the weight says 0.7."""
    s = score(closes(102.0), up=np.nan)
    assert pytest.approx((0.6 * 52.0) / 0.7) == s.total[-1]
    assert pytest.approx(0.7) == s.weight[-1]


def test_missing_kosdaq_leaves_kospi_and_lowers_the_weight() -> None:
    """KOSPI alone carries the trend; 0.3 of its 0.6 is not available."""
    s = score(closes(102.0), np.full(ROWS, np.nan))
    assert pytest.approx(52.0) == s.trend[-1]
    assert pytest.approx(0.6 * 0.7 + 0.4) == s.weight[-1]


def test_nothing_known_is_no_score() -> None:
    """Without any input the score is unknown, not zero."""
    none = np.full(ROWS, np.nan)
    s = score(none, up=np.nan, turnover=none)
    assert np.isnan(s.total[-1])
    assert s.weight[-1] == 0.0


@given(
    st.lists(st.floats(-10, 10), min_size=ROWS, max_size=ROWS),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_score_stays_within_100_points(steps: list[float], up: int, down: int) -> None:
    """Whatever the market does the total lies within -100..100."""
    path = 100.0 * np.cumprod(1 + np.array(steps, dtype=np.float64) / 100).astype(np.float64)
    total = score(path, up=float(up), down=float(down)).total
    assert np.all(np.abs(total[np.isfinite(total)]) <= 100.0 + 1e-9)


def test_later_rows_do_not_change_earlier_scores() -> None:
    """A day's score reads that day and the past only."""
    whole = score(closes(102.0, 95.0, 97.0))
    cut = market_score(
        index_close=np.column_stack([closes(102.0, 95.0, 97.0)] * 2)[:-2],
        advances=np.full(ROWS - 2, 500.0),
        declines=np.full(ROWS - 2, 500.0),
        turnover=np.full(ROWS - 2, 1e13),
    )
    assert cut.total[-1] == whole.total[-3]
