"""The venue's ticks and limits over stocks of both boards at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Market
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.engine.venue import ceil_prices, floor_prices, limit_prices, tick_sizes

IntArray = NDArray[np.int64]
BOARDS = (Market.KOSPI, Market.KOSDAQ)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceGrid:
    """The valid prices of one day around every stock's base price, (N,) KRW each."""

    board: NDArray[np.intp]
    on: date
    low: IntArray
    high: IntArray

    def near(self, price: FloatArray) -> IntArray:
        """Return the nearest valid price inside the limits."""
        whole = np.maximum(price, 1.0).astype(np.int64)
        step = _by_board(lambda p, m: tick_sizes(p, market=m, on=self.on), whole, self.board)
        # half a step above a price lies at most on the next band's edge, which both steps divide
        nearest: IntArray = (whole + step // 2) // step * step
        return np.minimum(np.maximum(nearest, self.low), self.high)

    def below(self, price: FloatArray) -> IntArray:
        """Return the highest valid price not above `price`, at most the upper limit."""
        return np.minimum(round_down(price.astype(np.int64), self.board, self.on), self.high)

    def above(self, price: FloatArray) -> IntArray:
        """Return the lowest valid price not below `price`, at least the lower limit."""
        whole = price.astype(np.int64)
        up = _by_board(lambda p, m: ceil_prices(p, market=m, on=self.on), whole, self.board)
        return np.maximum(up, self.low)


def price_grid(
    base: IntArray, board: NDArray[np.intp], on: date, *, unlimited: BoolArray
) -> PriceGrid:
    """Return the valid prices of a day; stocks marked `unlimited` have no daily limits."""
    lower, upper = np.empty_like(base), np.empty_like(base)
    for i, market in enumerate(BOARDS):
        mine = board == i
        lower[mine], upper[mine] = limit_prices(base[mine], market=market, on=on)
    return PriceGrid(
        board=board,
        on=on,
        low=np.where(unlimited, 1, lower),
        high=np.where(unlimited, np.iinfo(np.int32).max, upper),
    )


def round_down(price: IntArray, board: NDArray[np.intp], on: date) -> IntArray:
    """Return the highest valid price not above each price, at least 1 won."""
    whole = np.maximum(price, 1)
    return _by_board(lambda p, m: floor_prices(p, market=m, on=on), whole, board)


def _by_board(
    rule: Callable[[IntArray, Market], IntArray], price: IntArray, board: NDArray[np.intp]
) -> IntArray:
    done = np.empty_like(price)
    for i, market in enumerate(BOARDS):
        mine = board == i
        done[mine] = rule(price[mine], market)
    return done
