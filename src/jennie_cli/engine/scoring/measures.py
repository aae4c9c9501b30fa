"""What every scorer shares: validity, chart phase, inputs of risk tags and recon signals."""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.indicators import Bands, bollinger, drawdown_pct, rolling_mean
from jennie_cli.engine.scoring.phase import WIDTH_ROWS, ChartPhase, chart_phase
from jennie_cli.engine.scoring.supply import flow_reversal
from jennie_cli.engine.scoring.technical import rsi_rows, volume_ratio
from jennie_cli.engine.scoring.window import DEPTH, Window
from jennie_cli.engine.store.panels import BoolArray, FloatArray

LEAST_ROWS = 30
"""Rows below which a stock gets no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Shared figures of a window. `bands` and `rsi14` end with the last day of the window and
    reach 60 and 3 rows back; everything else holds the scored days only.
    """

    bands: Bands
    rsi14: FloatArray
    phase: ChartPhase
    valid: BoolArray
    flow_reversal: FloatArray
    drawdown_20d_pct: FloatArray
    volume_ratio: FloatArray
    golden_cross: BoolArray
    ma20_rising: BoolArray


def measure(window: Window) -> Measures:
    """Return the shared figures of the scored days."""
    bands = bollinger(window.tail(window.close, WIDTH_ROWS + 19))
    rsi14 = rsi_rows(window, 2)
    ma5 = rolling_mean(window.tail(window.close, 6), 5)
    crossed = (window.take(ma5) > window.take(bands.middle)) & (
        window.take(ma5, 1) <= window.take(bands.middle, 1)
    )
    drawdown = drawdown_pct(window.tail(window.close, 20), window.tail(window.high, 20), 20)
    return Measures(
        bands=bands,
        rsi14=rsi14,
        phase=chart_phase(window, bands, rsi14),
        valid=_valid(window),
        flow_reversal=flow_reversal(window),
        drawdown_20d_pct=window.take(drawdown),
        volume_ratio=volume_ratio(window, 5, 20),
        golden_cross=crossed,
        ma20_rising=window.take(bands.middle) > window.take(bands.middle, 5),
    )


def _valid(window: Window) -> BoolArray:
    """Tell where a stock has a close today and enough rows up to it."""
    known = ~np.isnan(window.close)
    rows = np.zeros(window.take(known).shape, dtype=np.int16)
    for lag in range(DEPTH):
        rows += window.take(known, lag)
    return window.take(known) & (rows >= LEAST_ROWS)
