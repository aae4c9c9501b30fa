"""The orders of everybody else: a book that follows the tape and is made only when looked at.

It is a function of (seed, code, prints traded so far). After a print whose buyer took the price,
that price is the best ask; after a seller's, the best bid; after an auction one step lies on
either side. Ten steps of the grid follow on both sides, inside the daily limits. At the upper limit
nobody sells and the best bid is the limit, at the lower one it is the other way round.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Side
from jennie_cli.engine.venue import PriceLimits
from jennie_cli.simulator.exchange.chance import root, shares
from jennie_cli.simulator.tapes import BUY, SELL, Ints, Listing
from jennie_cli.simulator.tapes.grid import Grid, grid_of

LEVELS = 10
_NO_LIMITS = PriceLimits(lower=1, upper=1 << 40)
_PRINTS_A_LEVEL = 20
_STEADY_PRINTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where the book stands: the last price (won), who took it, and how many prints there were."""

    price: int
    aggressor: int
    index: int


class Background:
    """The displayed orders of one stock's tape."""

    def __init__(self, listing: Listing, on: date, *, seed: int, qty: Ints) -> None:
        """`qty` are the tape's shares a print; the depth of the book is measured by them."""
        self.grid: Grid = grid_of(listing, on)
        self.limits = listing.limits(on) or _NO_LIMITS
        self.limited = listing.limits(on) is not None
        self.base_price = listing.base_price
        self._code = listing.code
        self._seed = seed
        self._qty = qty
        self._shown: tuple[Mark, dict[Side, dict[int, int]]] | None = None

    def prices(self, mark: Mark, side: Side) -> list[int]:
        """Return the prices of one side of the book, best first, at most ten."""
        step = self.grid.below if side is Side.BUY else self.grid.above
        taker = self._taker(mark.price, mark.aggressor)
        price = mark.price if taker == (SELL if side is Side.BUY else BUY) else step(mark.price)
        found: list[int] = []
        while len(found) < LEVELS and self._inside(price):
            found.append(price)
            price = step(price)
        return found

    def levels(self, mark: Mark, side: Side) -> dict[int, int]:
        """Return price -> shares of one side of the book, best first."""
        if self._shown is None or self._shown[0] != mark:
            self._shown = (mark, self._both(mark))
        return dict(self._shown[1][side])

    def _both(self, mark: Mark) -> dict[Side, dict[int, int]]:
        """Return both sides: who looks at one looks at the other, and one reckoning costs half."""
        prices = {side: self.prices(mark, side) for side in Side}
        joined = np.array([price for of_side in prices.values() for price in of_side], np.int64)
        buys = np.repeat([side is Side.BUY for side in prices], [len(p) for p in prices.values()])
        shown = iter(self._shares(joined, np.array([mark.index]), buys).tolist())
        return {side: dict(zip(told, shown, strict=False)) for side, told in prices.items()}

    def shares_at(self, mark: Mark, side: Side, price: int) -> int:
        """Return the shares waiting at a price of one side, 0 where it is better than the best."""
        best = next(iter(self.prices(mark, side)), None)
        if best is None or (price > best if side is Side.BUY else price < best):
            return 0
        buys = np.array([side is Side.BUY])
        return int(self._shares(np.array([price]), np.array([mark.index]), buys)[0])

    def touch(self, price: Ints, aggressor: Ints, index: Ints, side: Side) -> tuple[Ints, Ints]:
        """Return (best price, shares) of one side after each print, zeros where it is empty."""
        buys = side is Side.BUY
        stepped = self.grid.all_below(price) if buys else self.grid.all_above(price)
        best = np.where(self.takers(price, aggressor) == (SELL if buys else BUY), price, stepped)
        empty = (best < self.limits.lower) | (best > self.limits.upper)
        shown = self._shares(best, index, np.array([buys]))
        return np.where(empty, 0, best), np.where(empty, 0, shown)

    def takers(self, price: Ints, aggressor: Ints) -> Ints:
        """Return who took each price: at a daily limit it can only be who gives way to the queue
        there.
        """
        if not self.limited:
            return aggressor
        lowest = np.where(price <= self.limits.lower, BUY, aggressor)
        return np.where(price >= self.limits.upper, SELL, lowest)

    def _inside(self, price: int) -> bool:
        return self.limits.lower <= price <= self.limits.upper

    def _taker(self, price: int, aggressor: int) -> int:
        """Return `takers` of one price."""
        if self.limited and price >= self.limits.upper:
            return SELL
        return BUY if self.limited and price <= self.limits.lower else aggressor

    def _shares(self, prices: Ints, index: Ints, buys: NDArray[np.bool_]) -> Ints:
        """Return the shares at prices; a level keeps its size for a while, each its own while."""
        offset = (shares(self._root, prices, buys) * _STEADY_PRINTS).astype(np.int64)
        chance = shares(self._root, prices, buys, (index + offset) // _STEADY_PRINTS)
        return np.asarray(1 + np.floor((0.3 + 1.7 * chance**2) * self._level), dtype=np.int64)

    @cached_property
    def _level(self) -> float:
        usual = float(np.median(self._qty)) if len(self._qty) else 10.0
        return usual * _PRINTS_A_LEVEL

    @cached_property
    def _root(self) -> int:
        return root(self._seed, self._code)
