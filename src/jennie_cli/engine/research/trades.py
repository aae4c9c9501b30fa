"""Trades of a past, as arrays, and what they made of the money put into them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray

IntArray = NDArray[np.int64]

NO_ROW = -1


class Ending(IntEnum):
    """How a trade ended."""

    SIGNAL = 0
    STOP = 1
    STILL_OPEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trades:
    """Long trades, one place each, by stock and within a stock by time; arrays are (trades,).

    Rows are those of the bars in which the orders were filled. Prices are won a share after
    slippage; `cost` is what a share cost with the fees of buying, `proceeds` what it left after
    the costs of selling. A trade that is still open has no exit row, price or proceeds (NO_ROW,
    NaN). `ending` holds numbers of Ending.
    """

    stock: IntArray
    entry_row: IntArray
    entry_price: FloatArray
    exit_row: IntArray
    exit_price: FloatArray
    cost: FloatArray
    proceeds: FloatArray
    ending: NDArray[np.int8]

    @property
    def growth_factor(self) -> FloatArray:
        """What each trade made of one won, costs included; NaN while it is open."""
        return self.proceeds / self.cost

    def equity(self, close: FloatArray) -> FloatArray:
        """Return the worth of each stock's own purse at every close, (rows, stocks).

        A purse starts with 1.0 and puts all it holds into each trade of its stock, fractions of a
        share included. Held shares count at the close, without the costs of selling them: NaN
        where that close is unknown.
        """
        rows, stocks = close.shape
        money = self._money_before()
        starts = self.stock * rows + self.entry_row
        out = np.where(self.exit_row == NO_ROW, rows, self.exit_row)
        ends = self.stock * rows + out
        worth = self._cash(money, ends, rows=rows, stocks=stocks)
        held = ends - starts
        # the places of every held bar: 0, 1, 2 ... from the start of each trade
        offsets = np.arange(held.sum()) - np.repeat(held.cumsum() - held, held)
        places = np.repeat(starts, held) + offsets
        shares = np.repeat(money / self.cost, held)
        stock, row = np.repeat(self.stock, held), np.repeat(self.entry_row, held) + offsets
        worth[places] = shares * close[row, stock]
        return worth.reshape(stocks, rows).T

    def _money_before(self) -> FloatArray:
        """Return what the purse of the stock held as each trade began."""
        growth = np.where(self.ending == Ending.STILL_OPEN, 1.0, self.growth_factor)
        logs = np.log(growth)
        before = np.cumsum(logs) - logs
        first = np.searchsorted(self.stock, self.stock)
        return np.asarray(np.exp(before - before[first]))

    def _cash(self, money: FloatArray, ends: IntArray, *, rows: int, stocks: int) -> FloatArray:
        """Return the purse at every place as if all of it lay still, stock after stock."""
        over = self.ending != Ending.STILL_OPEN
        levels = np.concatenate([np.ones(stocks), (money * self.growth_factor)[over]])
        begins = np.concatenate([np.arange(stocks) * rows, ends[over]])
        order = np.argsort(begins, kind="stable")
        lengths = np.diff(begins[order], append=stocks * rows)
        return np.repeat(levels[order], lengths)
