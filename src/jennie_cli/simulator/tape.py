"""The market's days as they were made, so that many days become one batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.panels import BoolArray
from jennie_cli.simulator.bars import DayBars
from jennie_cli.simulator.flows import DayFlows

PRICES = ("open", "high", "low", "close")
_KEPT: Mapping[str, type[np.generic]] = {
    "open": np.int32,
    "high": np.int32,
    "low": np.int32,
    "close": np.int32,
    "volume": np.int64,
    "foreign": np.int64,
    "institution": np.int64,
    "individual": np.int64,
    "foreign_pct": np.float64,
    "split": np.int64,
}

_AS_TOLD = frozenset({"foreign_pct", "split"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some days of all stocks as (days, N) arrays; `live` says where a row exists."""

    days: tuple[date, ...]
    live: BoolArray
    arrays: Mapping[str, NDArray[Any]]


class Tape:
    """Grows by a day at a time; a split rewrites the past of its stock, as price services do."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.days: list[date] = []
        self._live: list[BoolArray] = []
        self._columns: dict[str, list[NDArray[Any]]] = {name: [] for name in _KEPT}

    def append(
        self, day: date, live: BoolArray, bars: DayBars, flows: DayFlows, split: NDArray[Any]
    ) -> None:
        """Keep a copy of one day; `split` tells the new shares for one old of that morning."""
        self.days.append(day)
        self._live.append(live)
        for name, kind in _KEPT.items():
            made = bars if hasattr(bars, name) else flows
            told = split if name == "split" else getattr(made, name)
            self._columns[name].append(told.astype(kind))

    def span(self, first: int, stop: int) -> Span:
        """Return the days with numbers first..stop-1."""
        return Span(
            days=tuple(self.days[first:stop]),
            live=np.array(self._live[first:stop]),
            arrays={name: np.array(days[first:stop]) for name, days in self._columns.items()},
        )

    def restate(self, stock: int, ratio: int) -> None:
        """Put every kept day of one stock on the scale after a split of `ratio` for one."""
        for name in _KEPT:
            for values in self._columns[name]:
                if name in PRICES:
                    values[stock] = (values[stock] + ratio // 2) // ratio
                elif name not in _AS_TOLD:
                    values[stock] *= ratio
