"""Whole-market arrays, day by stock, oldest day first: what scoring and research read."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPanel:
    """Daily bars. All arrays have shape (days, codes).

    Prices are KRW, volumes shares. Before a stock's first row and after its last one every field
    is NaN. A day without trading inside its life (a halt) carries the last close in all four
    prices, has volume 0 and `halted` True, so "N rows back" always means N trading days.
    `as_of` is what the panel was asked with; flows read on its axes keep to it as well.
    """

    days: tuple[date, ...]
    codes: tuple[str, ...]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    halted: BoolArray
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPanel:
    """Investor flows on the same axes as a DailyPanel. Shape (days, codes), NaN = unpublished.

    Net buying is in shares (positive = net buy); `foreign_pct` is percent of listed shares.
    """

    days: tuple[date, ...]
    codes: tuple[str, ...]
    foreign: FloatArray
    institution: FloatArray
    individual: FloatArray
    foreign_pct: FloatArray
