"""Where an order meets the market of a past session."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.exits import day_second
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.research.filling import buy_prices, profit_reached, sell_prices
from jennie_cli.engine.research.path import PATH
from jennie_cli.engine.research.walk_entries import Cell
from jennie_cli.engine.research.walk_exits import PROFITS
from jennie_cli.engine.research.walk_moments import POINT_SECONDS
from jennie_cli.engine.research.walk_stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When an order is over, and the won a share it is filled at; None where it lapses.

    `asked` is won that the open of the bar would have cost.
    """

    second: float
    asked: int
    price: int | None


def meeting(stage: Stage, cell: Cell, limit: int) -> Meeting | None:
    """Return how an order of won `limit`, given at the end of a bar, meets the stock's next one.

    None where continuous trading has no bar any more: the order stays open until the close.
    """
    bars, column = stage.past.bars, cell[1]
    row = cell[0] + 1
    if row >= bars.shape[0] or not bars.known[row, column]:
        return None
    start = float(bars.minute[row, column]) * 60.0
    if start >= day_second(stage.past.hours.closing_auction_start):
        return None
    path = np.array([getattr(bars, point)[row, column] for point in PATH])
    asked = _asked(stage, column, path)
    met = asked <= limit
    if not met.any():
        return Meeting(second=start + POINT_SECONDS[-1], asked=int(asked[0]), price=None)
    first = int(met.argmax())
    price = limit if first else int(asked[0])
    return Meeting(second=start + POINT_SECONDS[first], asked=int(asked[0]), price=price)


def _asked(stage: Stage, column: int, path: np.ndarray) -> np.ndarray:
    """Return what a buyer pays a share at each point of a bar's path."""
    upper = stage.past.candidates.upper_limit[column]
    stock = stage.stocks[column]
    return buy_prices(
        path,
        stage.policies.fills,
        upper=np.array(np.inf if np.isnan(upper) else upper),
        market=stock.market,
        on=stage.past.day,
        kind=stock.kind,
    )


def profit_point(
    price: FloatArray, moment: int, reason: ExitReason, level: Callable[[], float]
) -> float:
    """Return the point in won at which a sale is filled; `price` are a stock's, (moments,).

    A sale for a profit at a high is filled on the way up to it, where it crosses `level`.
    """
    if reason not in PROFITS or moment % len(PATH) != PATH.index("high"):
        return float(price[moment])
    return profit_reached(float(price[moment - 1]), float(price[moment]), level())


def sale_price(stage: Stage, column: int, point: float) -> int:
    """Return the won a share that a seller gets at a point of the path."""
    stock, lower = stage.stocks[column], stage.lower_limit[column]
    (price,) = sell_prices(
        np.array([point]),
        stage.policies.fills,
        lower=np.array(0.0 if np.isnan(lower) else lower),
        market=stock.market,
        on=stage.past.day,
        kind=stock.kind,
    )
    return int(price)
