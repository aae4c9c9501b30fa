"""What the chart of an index says: its averages, RSI, bands and MACD, and what just crossed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from jennie_cli.engine.indicators import bollinger, rolling_mean, wilder_rsi
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.indicators.wilder import forgetting_means

ROWS = 150
"""Daily rows of an index that are read."""

SPANS = (5, 20, 60, 120)
_FAST, _SLOW, _SIGNAL = 12, 26, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTechnicals:
    """An index at the close of `day`, in points, None where the rows are too few.

    `means` are simple averages by their days; `crosses` names what went above or below what with
    the last row: golden_5_20, dead_5_20, golden_20_60, dead_20_60, macd_up, macd_down.
    """

    index: str
    day: date
    rows: int
    close: float
    means: Mapping[int, float | None]
    rsi: float | None
    upper: float | None
    lower: float | None
    macd: float | None
    signal: float | None
    crosses: tuple[str, ...] = ()


def technicals(index: str, day: date, close: FloatArray) -> IndexTechnicals:
    """Return what the last ROWS closes of an index, (days,), newest last, tell.

    MACD is 12 and 26 days with a signal of 9 (G. Appel), RSI is Wilder's of 14, bands are
    Bollinger's of 20 days and two deviations.
    """
    rows = close[-ROWS:]
    means = {span: rolling_mean(rows, span) for span in SPANS}
    bands = bollinger(rows)
    line, signal = _macd(rows)
    crosses = (
        *_crossed(means[5] - means[20], "golden_5_20", "dead_5_20"),
        *_crossed(means[20] - means[60], "golden_20_60", "dead_20_60"),
        *_crossed(line - signal, "macd_up", "macd_down"),
    )
    return IndexTechnicals(
        index=index,
        day=day,
        rows=len(rows),
        close=float(rows[-1]),
        means={span: _last(mean) for span, mean in means.items()},
        rsi=_last(wilder_rsi(rows)),
        upper=_last(bands.upper),
        lower=_last(bands.lower),
        macd=_last(line),
        signal=_last(signal),
        crosses=crosses,
    )


def _macd(close: FloatArray) -> tuple[FloatArray, FloatArray]:
    fast, count = forgetting_means(close, _FAST, 2.0 / (_FAST + 1))
    slow, _ = forgetting_means(close, _SLOW, 2.0 / (_SLOW + 1))
    line = np.where(count >= _SLOW, fast - slow, np.nan)
    signal, told = forgetting_means(line, _SIGNAL, 2.0 / (_SIGNAL + 1))
    return line, np.where(told >= _SIGNAL, signal, np.nan)


def _crossed(gap: FloatArray, up: str, down: str) -> tuple[str, ...]:
    """Return which way a gap changed its sign with the last row; unknown rows cross nothing."""
    before, now = (gap[-2], gap[-1]) if len(gap) > 1 else (np.nan, np.nan)
    if before <= 0.0 < now:
        return (up,)
    return (down,) if now < 0.0 <= before else ()


def _last(values: FloatArray) -> float | None:
    return float(values[-1]) if np.isfinite(values[-1]) else None
