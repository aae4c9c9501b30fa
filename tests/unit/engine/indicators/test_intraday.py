"""Figures of a session: by hand, and none that looks one bar ahead."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.engine.indicators.sessions import random_session, session

from jennie_cli.engine.indicators import (
    SessionBars,
    rolling_mean,
    session_vwap,
    volume_ratio,
    wilder_rsi,
)

Array = NDArray[np.float64]
Figure = Callable[[SessionBars], Array]
FIGURES: dict[str, Figure] = {
    "vwap": session_vwap,
    "volume ratio": volume_ratio,
    "rsi": lambda bars: wilder_rsi(bars.close),
    "ma5": lambda bars: rolling_mean(bars.close, 5),
    "ma20": lambda bars: rolling_mean(bars.close, 20),
}


def looks_ahead(figure: Figure, bars: SessionBars, minute: int) -> bool:
    """Whether a session cut before a minute gives other bits than the whole one up to there."""
    cut = bars.until(minute)
    there = cut.known
    return not np.array_equal(
        figure(cut)[there], figure(bars)[: cut.shape[0]][there], equal_nan=True
    )


@pytest.mark.parametrize("name", FIGURES)
@given(seed=st.integers(0, 10_000), minute=st.integers(540, 700))
@settings(max_examples=25)
def test_no_figure_looks_ahead(name: str, seed: int, minute: int) -> None:
    """A session cut anywhere gives the same figures up to there, to the last bit."""
    assert not looks_ahead(FIGURES[name], random_session(seed), minute)


@pytest.mark.parametrize("name", FIGURES)
def test_a_planted_look_ahead_is_found(name: str) -> None:
    """A figure that reads the next bar does not pass for one that does not."""

    def planted(bars: SessionBars) -> Array:
        return np.vstack([FIGURES[name](bars)[1:], np.full((1, bars.shape[1]), np.nan)])

    assert looks_ahead(planted, random_session(1), 600)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_a_value_only_where_there_is_a_bar(name: str) -> None:
    """A stock with fewer bars is unknown below them; no bars at all give no rows."""
    bars = random_session(5)
    assert np.isnan(FIGURES[name](bars)[~bars.known]).all()
    empty = bars.until(0)
    assert (0, 5) == FIGURES[name](empty).shape


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_vwap_is_worth_over_shares(seed: int) -> None:
    """Typical price times shares over shares, bar by bar; the first price before any volume."""
    bars = random_session(seed, stocks=1)
    worth = shares = 0.0
    for row, got in enumerate(session_vwap(bars)[:, 0]):
        typical = (bars.high[row, 0] + bars.low[row, 0] + bars.close[row, 0]) / 3
        worth += typical * bars.volume[row, 0]
        shares += bars.volume[row, 0]
        assert pytest.approx(worth / shares if shares else bars.open[0, 0], rel=1e-12) == got


def test_vwap_by_hand() -> None:
    """100 shares at 10,000 and 300 at 10,400 make 10,300; until then it is the first price."""
    got = session_vwap(session([9_900, 10_000, 10_400], [0, 100, 300]))
    assert [9_900, 10_000, 10_300] == got[:, 0].tolist()


def test_volume_ratio_leaves_the_bar_itself_out() -> None:
    """Five bars of 100 and one of 210 make 2.1; the sixth is the first that is known."""
    got = volume_ratio(session([1_000] * 7, [100, 100, 100, 100, 100, 210, 59]))
    assert np.array_equal([np.nan] * 5 + [2.1, 0.5], np.round(got[:, 0], 2), equal_nan=True)


def test_volume_ratio_without_volume_is_unknown() -> None:
    """Bars without volume give no mean to compare with."""
    assert np.isnan(volume_ratio(session([1_000] * 6, [0, 0, 0, 0, 0, 100]))).all()
