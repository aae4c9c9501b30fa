"""The one-minute bars of one session as arrays: one row a bar, one column a stock."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray

NO_BAR = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBars:
    """Completed bars of one session, each column the bars of one stock without gaps.

    All arrays are (rows, stocks). Row i of a column is the stock's own i-th bar of the session;
    columns that hold fewer are NaN below, with `minute` NO_BAR. `minute` is the start of the bar
    in minutes since midnight KST, so a gap shows as a jump; prices are won, `volume` shares.
    `after_gap` marks a bar in which ticks are known to be missing.

    What is computed from row t may read rows 0..t and nothing later, always in the same order: a
    session cut after any row gives the same figures up to there, to the last bit.
    """

    minute: NDArray[np.int32]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    after_gap: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and stocks."""
        rows, stocks = self.close.shape
        return rows, stocks

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a bar, (rows, stocks)."""
        return np.asarray(self.minute != NO_BAR)

    @property
    def count(self) -> NDArray[np.int64]:
        """The number of bars of each stock, (stocks,)."""
        return np.asarray(self.known.sum(axis=0), dtype=np.int64)

    def until(self, minute: int) -> "SessionBars":
        """Return the bars that had started before a minute of the day, as they stood then."""
        kept = self.known & (self.minute < minute)
        rows = int(kept.sum(axis=0).max(initial=0))
        cut = kept[:rows]
        return SessionBars(
            minute=np.where(cut, self.minute[:rows], np.int32(NO_BAR)),
            open=np.where(cut, self.open[:rows], np.nan),
            high=np.where(cut, self.high[:rows], np.nan),
            low=np.where(cut, self.low[:rows], np.nan),
            close=np.where(cut, self.close[:rows], np.nan),
            volume=np.where(cut, self.volume[:rows], np.nan),
            after_gap=cut & self.after_gap[:rows],
        )
