"""The two indices, breadth and the market's investor flows, added up from the stocks."""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.bars import DayBars
from jennie_cli.simulator.cast import KOSDAQ, KOSPI
from jennie_cli.simulator.events import DayEvents
from jennie_cli.simulator.extremes import YearExtremes
from jennie_cli.simulator.flows import DayFlows
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.ticks import IntArray

_START = np.array([2_480.0, 790.0])
_YEAR_ROWS = 250
_YOUNG_ROWS = 60
_WICK = 0.30
_EOK = 1e8


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMarket:
    """One day by board (KOSPI, KOSDAQ): index points (2, 4) open high low close, shares and KRW
    traded, breadth (2, 5) up flat down new_highs new_lows, net buying (2, 3) foreign institution
    individual in KRW 100 million.
    """

    points: FloatArray
    volume: FloatArray
    value: FloatArray
    breadth: FloatArray
    net_buying: FloatArray


class IndexMaker:
    """Carries index levels and the last year of closes."""

    def __init__(self, roster: Roster) -> None:
        """Start both indices at their first level."""
        counted = ~roster.is_kind(SecurityKind.ETF, SecurityKind.SPAC)
        self._boards = [counted & (roster.board == b) for b in (KOSPI, KOSDAQ)]
        self._level = _START.copy()
        self._year = YearExtremes(roster.size, _YEAR_ROWS, young=_YOUNG_ROWS)

    def step(
        self, base: IntArray, bars: DayBars, flows: DayFlows, shares: IntArray, events: DayEvents
    ) -> DayMarket:
        """Add one day up. A stock enters an index the day after its first bar."""
        counted = [b & events.live & ~events.unlimited for b in self._boards]
        breadth = self._breadth(base, bars, counted)
        points = np.array([self._points(i, base, bars, shares, c) for i, c in enumerate(counted)])
        self._level = points[:, 3]
        self._year.add(bars.close, events.live)
        value = (bars.close * bars.volume).astype(np.float64)
        return DayMarket(
            points=np.round(points, 2),
            volume=np.array([bars.volume[b].sum() for b in self._boards], dtype=np.float64),
            value=np.array([value[b].sum() for b in self._boards]),
            breadth=breadth,
            net_buying=np.array([_net_buying(bars, flows, b) for b in self._boards]),
        )

    def restate(self, ratio: IntArray) -> None:
        """Put the remembered closes on the scale after splits."""
        self._year.restate(ratio)

    def _points(
        self, i: int, base: IntArray, bars: DayBars, shares: IntArray, counted: BoolArray
    ) -> FloatArray:
        def worth(price: IntArray) -> float:
            return float((price[counted] * shares[counted]).sum())

        before = worth(base)
        opened = worth(np.where(bars.open > 0, bars.open, base)) / before
        closed = worth(bars.close) / before
        high = worth(np.where(bars.high > 0, bars.high, base)) / before
        low = worth(np.where(bars.low > 0, bars.low, base)) / before
        top, bottom = max(opened, closed), min(opened, closed)
        high = top + _WICK * max(high - top, 0.0)
        low = bottom - _WICK * max(bottom - low, 0.0)
        return np.array(self._level[i] * np.array([opened, high, low, closed]))

    def _breadth(self, base: IntArray, bars: DayBars, counted: list[BoolArray]) -> FloatArray:
        up, down = bars.close > base, bars.close < base
        high, low = self._year.broken(bars.close)
        parts = (up, ~up & ~down, down, high, low)
        rows = [[(part & c).sum() for part in parts] for c in counted]
        return np.array(rows, dtype=np.float64)


def _net_buying(bars: DayBars, flows: DayFlows, board: BoolArray) -> list[float]:
    price = bars.close[board]
    sides = (flows.foreign, flows.institution, flows.individual)
    return [round(float((side[board] * price).sum()) / _EOK) for side in sides]
