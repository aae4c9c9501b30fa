"""What a session has heard of prices, laid out by stocks held, so that one call judges it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits import ExitPrices
from jennie_cli.engine.feed import Tick
from jennie_cli.engine.indicators.rolling import FloatArray

NOT_TOLD = -1
"""The order of what is no tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Regular ticks of the stocks held, (rows, positions): row n of a column is its n-th tick.

    `price` is won and `second` that of the tick since midnight KST, NaN below the last one;
    `order` says where the tick stands among all that were told.
    """

    price: FloatArray
    second: FloatArray
    order: NDArray[np.int64]


class LastPrices:
    """The newest prices of a day by code: of ticks, of auctions under way, and mere marks."""

    def __init__(self, midnight: datetime, lower_limits: Mapping[str, int]) -> None:
        """Begin with no price; `lower_limits` are won by code."""
        self._midnight = midnight
        self._lower = {code: float(won) for code, won in lower_limits.items()}
        self._ticks: dict[str, tuple[float, float]] = {}
        self._expected: dict[str, tuple[float, float]] = {}
        self._marks: dict[str, float] = {}

    def hear(self, ticks: Sequence[Tick], codes: Sequence[str]) -> Heard | None:
        """Take ticks in the order in which they came; return those of `codes`, None without any."""
        own: dict[str, list[tuple[float, float, int]]] = {code: [] for code in codes}
        for order, tick in enumerate(ticks):
            if tick.regular:
                told = (float(tick.price), self.second(tick.at))
                self._ticks[tick.code], self._marks[tick.code] = told, told[0]
                if tick.code in own:
                    own[tick.code].append((*told, order))
        rows = max(map(len, own.values()), default=0)
        if not rows:
            return None
        laid = np.full((3, rows, len(codes)), np.nan)
        for column, of_stock in enumerate(own.values()):
            if of_stock:
                laid[:, : len(of_stock), column] = np.array(of_stock).T
        order_of = np.where(np.isnan(laid[2]), NOT_TOLD, laid[2]).astype(np.int64)
        return Heard(price=laid[0], second=laid[1], order=order_of)

    def second(self, at: datetime) -> float:
        """Return the seconds from midnight KST of the day to a moment."""
        return (at - self._midnight).total_seconds()

    def mark(self, code: str, price: int) -> None:
        """Take a price in won that no trade of the moment has made."""
        self._marks[code] = float(price)

    def expect(self, code: str, price: int, at: datetime) -> None:
        """Take the price in won at which a running auction would trade."""
        self._expected[code] = (float(price), self.second(at))

    def cover(self, code: str, lower_limit: int | None) -> None:
        """Take the lower limit of a stock in won, None without one."""
        self._lower[code] = np.nan if lower_limit is None else float(lower_limit)

    def marks(self, codes: Sequence[str]) -> FloatArray:
        """Return the last price of each stock in won, NaN where unknown."""
        return np.array([self._marks.get(code, np.nan) for code in codes], dtype=np.float64)

    def of(self, codes: Sequence[str], *, halted: NDArray[np.bool_]) -> ExitPrices:
        """Return what is known of stocks now, (stocks,)."""
        price, second = _pairs(self._ticks, codes)
        expected, expected_second = _pairs(self._expected, codes)
        return ExitPrices(
            price=price,
            second=second,
            expected=expected,
            expected_second=expected_second,
            lower_limit=np.array([self._lower.get(code, np.nan) for code in codes], np.float64),
            halted=halted,
        )


def _pairs(told: Mapping[str, tuple[float, float]], codes: Sequence[str]) -> FloatArray:
    """Return prices and their seconds, (2, stocks)."""
    nothing = (np.nan, np.nan)
    pairs = np.array([told.get(code, nothing) for code in codes], dtype=np.float64)
    return pairs.reshape(-1, 2).T
