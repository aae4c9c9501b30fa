"""What gates and strategies read off the bars, computed once a call."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import (
    NO_BAR,
    SessionBars,
    session_vwap,
    volume_ratio,
    wilder_rsi,
)
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.signals.inputs import Flags
from jennie_cli.engine.signals.timing import MINUTES, engulfed, five_minute, wick_ratio

_UNKNOWN = {"f": np.nan, "i": NO_BAR, "b": False}


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


Held = TypeVar("Held", SessionBars, Figures)


def figures_of(bars: SessionBars) -> Figures:
    """Return the figures of a session, or of a session so far."""
    last, before = five_minute(bars)
    return _figures(bars, wick_ratio(last), engulfed(last, before))


def latest_figures(bars: SessionBars) -> Figures:
    """Return the figures of a session so far, with the five-minute shapes of each stock's last bar
    alone: what is told is `figures_of`, to the bit.
    """
    # the bar that runs, the last complete one and the one before it
    last, before = five_minute(last_rows(bars, bars.count, 3 * MINUTES))
    at_last = np.arange(bars.shape[0])[:, None] == bars.count - 1
    wick, found = (
        np.where(at_last, shape[-1], np.nan) for shape in (wick_ratio(last), engulfed(last, before))
    )
    return _figures(bars, wick, found)


def last_rows(source: Held, count: NDArray[np.int64], rows: int) -> Held:
    """Return each stock's last rows, of `count` that it has, with unknown ones above if fewer."""
    places = count - rows + np.arange(rows)[:, None]
    missing, cells = places < 0, (np.maximum(places, 0), np.arange(len(count)))

    def of(values: NDArray[Any]) -> NDArray[Any]:
        unknown = _UNKNOWN[values.dtype.kind]
        if not len(values):
            return np.full(places.shape, unknown, values.dtype)
        there: NDArray[Any] = values[cells]
        there[missing] = unknown
        return there

    return type(source)(**{f.name: of(getattr(source, f.name)) for f in fields(source)})


def _figures(bars: SessionBars, wick: FloatArray, swallowed: FloatArray) -> Figures:
    count = np.arange(1.0, bars.shape[0] + 1)[:, None]
    return Figures(
        bars=np.where(bars.known, count, np.nan),
        price=bars.close,
        rsi=wilder_rsi(bars.close),
        volume_ratio=volume_ratio(bars),
        vwap=session_vwap(bars),
        wick_ratio=wick,
        engulfed=swallowed,
    )
