"""Chart phase (Weinstein stage) and exhaustion: where in its life a move stands.

Formulas: section 5.1 of the scout specification, with ADX on ascending rows and a real rollover.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import WILDER_ROWS, Bands, adx, in_top_share, rolling_mean
from jennie_cli.engine.model import Phase
from jennie_cli.engine.scoring.window import Window
from jennie_cli.engine.store.panels import BoolArray, FloatArray

PHASES = tuple(Phase)
UPTREND, DOWNTREND = PHASES.index(Phase.UPTREND), PHASES.index(Phase.DOWNTREND)
DISTRIBUTION, ACCUMULATION = PHASES.index(Phase.DISTRIBUTION), PHASES.index(Phase.ACCUMULATION)
EXHAUSTED_FROM = 50.0
FALL_POINTS = 1e-6  # an ADX that stands still differs by rounding only
WIDTH_ROWS = 60
ADX_ROWS = 5 + 2 * WILDER_ROWS
"""Rows that ADX of 5 rows ago still reads: a Wilder mean of Wilder means of daily changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPhase:
    """Stage as an index into Phase, and exhaustion 0..85, NaN where the stage is unknown."""

    stage: NDArray[np.int8]
    exhaustion: FloatArray

    @property
    def exhausted(self) -> BoolArray:
        """Tell where exhaustion overrides the stage."""
        return self.exhaustion >= EXHAUSTED_FROM

    @property
    def blocked(self) -> BoolArray:
        """Tell where a downtrend forces the total to 0."""
        return np.equal(self.stage, DOWNTREND)

    def of_stage(self, values: dict[Phase, float], exhausted: float, other: float) -> FloatArray:
        """Return a figure by stage, `exhausted` where that overrides it, `other` elsewhere."""
        by_stage = np.array([values.get(phase, other) for phase in PHASES])
        return np.where(self.exhausted & ~self.blocked, exhausted, by_stage[self.stage])


def chart_phase(window: Window, bands: Bands, rsi14: FloatArray) -> ChartPhase:
    """Return the phase of the scored days; `bands` of 60 rows and `rsi14` of 3 end with them."""
    close, ma20 = window.take(window.close), window.take(bands.middle)
    ma60, ma120 = _average(window, 60), _average(window, 120)
    slope60, slope120 = _slope_pct(window, ma60), _slope_pct(window, ma120)
    m60, m120 = window.take(ma60), window.take(ma120)
    known = np.isfinite(slope120)
    stage = np.select(
        [
            (close > ma20) & (ma20 > m60) & (m60 > m120) & (slope120 > 0.5),
            (close < ma20) & (ma20 < m60) & (m60 < m120) & (slope120 < -0.5),
            (close < ma20) & (slope60 > 0.0) & (slope120 > 0.0),
            (close > ma20) & (m60 < m120) & known,
        ],
        [UPTREND, DOWNTREND, DISTRIBUTION, ACCUMULATION],
    ).astype(np.int8)
    tired = _tired_trend(window) + _stretch(window, bands) + _fading_rsi(window, rsi14)
    wide = window.take(in_top_share(bands.width_pct, WIDTH_ROWS, 0.2))
    tired += 20.0 * ((stage == DISTRIBUTION) & wide)
    return ChartPhase(stage=stage, exhaustion=np.where(known, tired, np.nan))


def _average(window: Window, rows: int) -> FloatArray:
    return rolling_mean(window.tail(window.close, rows + 5), rows)


def _slope_pct(window: Window, average: FloatArray) -> FloatArray:
    return (window.take(average) / window.take(average, 5) - 1.0) * 100.0


def _tired_trend(window: Window) -> FloatArray:
    """Return 20 where ADX was above 40 within 5 rows and has fallen, else 10 above 25."""
    strength = adx(window.tail(window.high, ADX_ROWS), window.tail(window.low, ADX_ROWS))
    now = window.take(strength)
    peak = np.max([window.take(strength, lag) for lag in range(1, 6)], axis=0)
    fallen = now < peak - FALL_POINTS
    return np.select([(peak > 40.0) & fallen, now > 25.0], [20.0, 10.0])


def _stretch(window: Window, bands: Bands) -> FloatArray:
    """Return 25, 15 or 5 for a close more than 2.5, 2 or 1.5 deviations above its average."""
    above = window.take(window.close) - window.take(bands.middle)
    sigma = window.take(bands.sigma)
    return np.select(
        [above > 2.5 * sigma, above > 2.0 * sigma, above > 1.5 * sigma], [25.0, 15.0, 5.0]
    )


def _fading_rsi(window: Window, rsi14: FloatArray) -> FloatArray:
    """Return 20 or 10 for an RSI still high that fell by more than 5 or 3 within 2 rows."""
    now = window.take(rsi14)
    fall = window.take(rsi14, 2) - now
    return np.select([(now > 60.0) & (fall > 5.0), (now > 50.0) & (fall > 3.0)], [20.0, 10.0])
