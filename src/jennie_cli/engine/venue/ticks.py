"""Price steps (호가단위) by board and date, for one price or for arrays.

The price itself decides its step. Every step of a table divides the next one and every band edge
is a multiple of both steps that meet there, so rounding never lands off a step.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.venue.dated import Timeline, table

IntArray = NDArray[np.int64]

FUNDS = (SecurityKind.ETF, SecurityKind.ETN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickTable:
    """`steps[i]` won holds from `edges[i]` won up to the next edge."""

    edges: tuple[int, ...]
    steps: tuple[int, ...]

    def step(self, price: int) -> int:
        """Return the step of one price in won; ValueError below 1 won."""
        if price < 1:
            raise ValueError(f"a price of {price} won has no tick")
        return self.steps[bisect_right(self.edges, price) - 1]

    def each(self, prices: IntArray) -> IntArray:
        """Return the step of every price in won; ValueError below 0."""
        if prices.size and int(prices.min()) < 0:
            raise ValueError("a negative price has no tick")
        places = np.searchsorted(np.asarray(self.edges), prices, side="right") - 1
        return np.asarray(self.steps, dtype=np.int64)[places]


def tick_table(market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON) -> TickTable:
    """Return the table in force on a day; InputError before the first one on record."""
    board = "FUND" if kind in FUNDS else market.value
    return _tables()[board].on(on)


def tick_size(
    price: int, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> int:
    """Return the price step in won at `price`; ValueError below 1 won."""
    return tick_table(market, on, kind).step(price)


def round_down(
    price: int, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> int:
    """Return the highest valid price not above `price`, in won (0 if there is none)."""
    return price - price % tick_size(price, market=market, on=on, kind=kind)


def round_up(
    price: int, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> int:
    """Return the lowest valid price not below `price`, in won."""
    return price + -price % tick_size(price, market=market, on=on, kind=kind)


def tick_sizes(
    prices: IntArray, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> IntArray:
    """Return the price step at every price; any shape, won; ValueError below 0."""
    return tick_table(market, on, kind).each(prices)


def floor_prices(
    prices: IntArray, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> IntArray:
    """Return `round_down` of every price; any shape; 0, the mark of a halt, stays 0."""
    return prices - prices % tick_sizes(prices, market=market, on=on, kind=kind)


def ceil_prices(
    prices: IntArray, *, market: Market, on: date, kind: SecurityKind = SecurityKind.COMMON
) -> IntArray:
    """Return `round_up` of every price; any shape; 0, the mark of a halt, stays 0."""
    return prices + -prices % tick_sizes(prices, market=market, on=on, kind=kind)


@cache
def _tables() -> dict[str, Timeline[TickTable]]:
    rows = table("prices.toml")["ticks"]
    return {
        board: Timeline.of(
            f"the tick table of {board}",
            (
                (row["since"], TickTable(edges=tuple(row["edges"]), steps=tuple(row["steps"])))
                for row in rows
                if board in row["boards"]
            ),
        )
        for board in ("KOSPI", "KOSDAQ", "FUND")
    }
