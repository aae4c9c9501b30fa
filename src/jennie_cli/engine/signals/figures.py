"""What gates and strategies read off the bars, computed once a call."""

from dataclasses import dataclass, fields

import numpy as np

from jennie_cli.engine.indicators import SessionBars, session_vwap, volume_ratio, wilder_rsi
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.signals.inputs import Flags
from jennie_cli.engine.signals.timing import engulfed, five_minute, wick_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures after each completed bar, all (rows, stocks) and NaN where unknown.

    `bars` counts the completed bars of the session, NaN where there is none. `price` (the close)
    and `vwap` are won. `wick_ratio` is the upper wick of the last complete five-minute bar in
    bodies, 0 without a body; `engulfed` is 1 where that bar swallows the one before it, 0 where
    it does not.
    """

    bars: FloatArray
    price: FloatArray
    rsi: FloatArray
    volume_ratio: FloatArray
    vwap: FloatArray
    wick_ratio: FloatArray
    engulfed: FloatArray

    @property
    def known(self) -> Flags:
        """Where there is a bar."""
        return ~np.isnan(self.bars)

    def latest(self) -> "Figures":
        """Return the figures after each stock's last bar, (1, stocks)."""
        rows = np.maximum(self.known.sum(axis=0) - 1, 0)[None, :]
        return Figures(
            **{
                f.name: np.take_along_axis(getattr(self, f.name), rows, axis=0)
                for f in fields(self)
            }
        )


def figures_of(bars: SessionBars) -> Figures:
    """Return the figures of a session, or of a session so far."""
    count = np.arange(1.0, bars.shape[0] + 1)[:, None]
    last, before = five_minute(bars)
    return Figures(
        bars=np.where(bars.known, count, np.nan),
        price=bars.close,
        rsi=wilder_rsi(bars.close),
        volume_ratio=volume_ratio(bars),
        vwap=session_vwap(bars),
        wick_ratio=wick_ratio(last),
        engulfed=engulfed(last, before),
    )
