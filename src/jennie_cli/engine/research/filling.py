"""The one fill policy of the past: what an order that meets a point of the price path is filled at.

* An order given at the close of a bar meets the open of the stock's next bar.
* A stop meets the first point of the path at or below it, from the entry's own bar on, and is
  filled there or at its own price, whichever is worse: a fall through it is not filled at it.
* On that path the low comes before the high, so the stop of a bar comes before its profit.
* A profit level is crossed on the way up to the high, so it is filled where it was crossed: at the
  level, or at the low of the bar where that lies above it.
* Slippage is taken from every fill. It may carry a fill out of its bar, for a cost that vanishes
  in a quiet bar would be none; it never carries one out of the day's price limits, where the
  exchange takes no order.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Market, SecurityKind
from jennie_cli.engine.research.policy import FillPolicy
from jennie_cli.engine.venue import ceil_prices, floor_prices

IntArray = NDArray[np.int64]

_WHOLE_BP = 10_000.0
_DUST = 1e-6


def paid(points: FloatArray, policy: FillPolicy) -> FloatArray:
    """Return what a buyer pays a share at points of the path, before any tick; any shape."""
    return points * (1.0 + policy.slippage_bp / _WHOLE_BP)


def received(points: FloatArray, policy: FillPolicy) -> FloatArray:
    """Return what a seller gets a share at points of the path, before any tick; any shape."""
    return points * (1.0 - policy.slippage_bp / _WHOLE_BP)


def stop_reached(path: FloatArray, stops: FloatArray) -> FloatArray:
    """Return where a stop is filled on each bar, before slippage; NaN where it is not reached.

    `path` is (rows, 4, stocks), `stops` broadcasts to (rows, stocks): the worse of the stop and
    the first point at or below it.
    """
    met = path <= np.expand_dims(stops, -2)
    first = np.expand_dims(met.argmax(axis=-2), -2)
    point = np.take_along_axis(path, first, axis=-2).squeeze(-2)
    return np.where(met.any(axis=-2), np.minimum(point, stops), np.nan)


def profit_reached(before: float, point: float, level: float) -> float:
    """Return where a sale at a profit is filled on the way from one point up to the next.

    `level` is the price that calls for it, NaN where no price does; the sale then gets the point
    before.
    """
    return min(point, before if np.isnan(level) else max(before, level))


def buy_prices(
    points: FloatArray,
    policy: FillPolicy,
    *,
    upper: FloatArray,
    market: Market,
    on: date,
    kind: SecurityKind = SecurityKind.COMMON,
) -> IntArray:
    """Return the won a buyer of one board pays a share: slippage, then up to the tick.

    `upper` is the upper limit of the day, inf where there is none. Points must be known.
    """
    won = np.ceil(np.minimum(paid(points, policy), upper) - _DUST).astype(np.int64)
    return ceil_prices(won, market=market, on=on, kind=kind)


def sell_prices(
    points: FloatArray,
    policy: FillPolicy,
    *,
    lower: FloatArray,
    market: Market,
    on: date,
    kind: SecurityKind = SecurityKind.COMMON,
) -> IntArray:
    """Return the won a seller of one board gets a share: slippage, then down to the tick.

    `lower` is the lower limit of the day, 0 where there is none. Points must be known.
    """
    won = np.floor(np.maximum(received(points, policy), lower) + _DUST).astype(np.int64)
    return floor_prices(won, market=market, on=on, kind=kind)
