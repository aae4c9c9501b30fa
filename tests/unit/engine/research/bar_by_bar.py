"""The kernel's rules once more, one stock and one bar at a time, as a trader would tell them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.research import NO_ROW, Ending
from jennie_cli.engine.research.path import Prices

Told = tuple[int, int, float, int, float, Ending]


def told(
    bars: Prices,
    enter: NDArray[np.bool_],
    leave: NDArray[np.bool_],
    *,
    stop_pct: float,
    slippage_bp: float,
) -> list[Told]:
    """Return (stock, entry row, entry price, exit row, exit price, ending) of every trade."""
    stocks = range(bars.close.shape[1])
    return [
        trade
        for stock in stocks
        for trade in _of_stock(bars, enter, leave, stock, rates=(stop_pct, slippage_bp / 10_000))
    ]


def _of_stock(
    bars: Prices,
    enter: NDArray[np.bool_],
    leave: NDArray[np.bool_],
    stock: int,
    *,
    rates: tuple[float, float],
) -> Iterator[Told]:
    stop_pct, slip = rates
    order, entry, price = "", NO_ROW, 0.0
    for row in range(len(bars.close)):
        bar = [float(side[row, stock]) for side in (bars.open, bars.low, bars.high, bars.close)]
        if np.isnan(bar).any():
            continue
        if order == "buy":
            entry, price = row, bar[0] * (1 + slip)
        if order == "sell":
            yield stock, entry, price, row, bar[0] * (1 - slip), Ending.SIGNAL
            entry = NO_ROW
        order, stop = "", price * (1 - stop_pct / 100)
        for point in bar:
            if entry != NO_ROW and stop_pct < 100 and point <= stop:
                yield stock, entry, price, row, min(point, stop) * (1 - slip), Ending.STOP
                entry = NO_ROW
        if entry != NO_ROW and leave[row, stock]:
            order = "sell"
        if entry == NO_ROW and enter[row, stock] and not leave[row, stock]:
            order = "buy"
    if entry != NO_ROW:
        yield stock, entry, price, NO_ROW, np.nan, Ending.STILL_OPEN
