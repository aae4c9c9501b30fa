"""One generated market for all tests of this folder, also laid out as days by stocks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.venue import Calendar, default_calendar
from jennie_cli.simulator import WORLD_START, GeneratedMarket
from jennie_cli.simulator.roster import build_roster

SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A whole history: its batches, and bars and flows as (days, codes), NaN without a row."""

    days: tuple[date, ...]
    codes: tuple[str, ...]
    all: Sequence[Batch]
    batches: Mapping[Dataset, Sequence[Batch]]
    grids: Mapping[str, NDArray[np.float64]]

    def columns(self, dataset: Dataset) -> Mapping[str, NDArray[Any]]:
        """Return the columns of a dataset that came in one batch."""
        (batch,) = self.batches[dataset]
        return batch.columns

    def master(self, name: str) -> NDArray[Any]:
        """Return one column of the master in the order of `codes`."""
        columns = self.columns(Dataset.STOCK_MASTER)
        by_code = dict(zip(columns["code"], columns[name], strict=True))
        return np.array([by_code[c] for c in self.codes], dtype=columns[name].dtype)

    def split(self) -> NDArray[np.bool_]:
        """Return which stocks have more shares than they began with."""
        cast = build_roster(SEED)
        began = dict(zip(cast.code, cast.shares, strict=True))
        return np.asarray(np.array([began[c] for c in self.codes]) != self.master("shares"))

    def returns(self) -> NDArray[np.float64]:
        """Return daily returns (days - 1, codes)."""
        close = self.grids["close"]
        return np.asarray(close[1:] / close[:-1] - 1.0)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """Return the exchange's calendar."""
    return default_calendar()


@pytest.fixture(scope="session")
def made(calendar: Calendar) -> Made:
    """Return the history of one seed."""
    market = GeneratedMarket(SEED, calendar)
    batches: dict[Dataset, list[Batch]] = defaultdict(list)
    whole = list(market.batches(through=market.history[-1]))
    for batch in whole:
        batches[batch.dataset].append(batch)
    bars, flows = batches[Dataset.DAILY_BARS][0], batches[Dataset.FLOWS_STOCK][0]
    codes = tuple(sorted(set(bars.columns["code"])))
    at_code = {c: i for i, c in enumerate(codes)}
    at_day = {d: i for i, d in enumerate(market.history)}
    col = np.array([at_code[c] for c in bars.columns["code"]])
    row = np.array([at_day[d] for d in bars.columns["date"]])

    def grid(values: NDArray[Any]) -> NDArray[np.float64]:
        laid = np.full((len(market.history), len(codes)), np.nan)
        laid[row, col] = values
        return laid

    names = ("open", "high", "low", "close", "volume")
    sides = ("foreign_net", "inst_net", "indiv_net", "foreign_pct")
    grids = {n: grid(bars.columns[n]) for n in names}
    grids |= {n: grid(flows.columns[n]) for n in sides}
    return Made(days=market.history, codes=codes, all=whole, batches=batches, grids=grids)


@pytest.fixture(scope="session")
def start() -> int:
    """Return the world's first moment as epoch seconds."""
    return int(WORLD_START.timestamp())
