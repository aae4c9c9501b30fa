"""Real minute bars told as ticks come back as they were."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.trading import BarMaker, TickBatch

PRICES = ("open", "low", "high", "close")
SECONDS = (0, 20, 40, 59)
Table = dict[str, NDArray[Any]]


def as_ticks(day: date, bars: Table, column: NDArray[np.int16]) -> TickBatch:
    """Return a day's bars as four ticks each, all stocks side by side in the order of time."""
    hour, minute = np.divmod(bars["time"].astype(np.int64), 100)
    share, rest = np.divmod(bars["volume"], 4)
    second = np.concatenate([hour * 3_600 + minute * 60 + s for s in SECONDS])
    order = np.argsort(second, kind="stable")
    return TickBatch(
        day=day,
        column=np.tile(column, 4)[order],
        second=second[order].astype(np.int32),
        price=np.concatenate([bars[name] for name in PRICES])[order].astype(np.int64),
        qty=np.concatenate([share + rest, share, share, share])[order].astype(np.int64),
        after_gap=np.zeros(len(order), dtype=np.bool_),
    )


def check(day: date, bars: Table) -> int:
    """Make the bars of a day anew, compare all, and return how many there were."""
    codes, column = np.unique(bars["code"].astype(str), return_inverse=True)
    midnight = datetime.combine(day, time(), KST)
    maker = BarMaker(codes.tolist(), since=midnight, grace_s=1.0)
    maker.add(as_ticks(day, bars, column.astype(np.int16)))
    maker.close_minutes(midnight.replace(hour=20))
    made = maker.bars
    place = np.lexsort((bars["time"], column))
    known = made.known.T
    label = made.minute.T[known] // 60 * 100 + made.minute.T[known] % 60
    assert np.array_equal(bars["time"][place], label), day
    for name in (*PRICES, "volume"):
        assert np.array_equal(bars[name][place], getattr(made, name).T[known]), (day, name)
    return len(place)


@pytest.mark.data
def test_real_bars_come_back(market_data: Path) -> None:
    """Every minute of every recorded day, exam day and closing auctions included, is unchanged."""
    with duckdb.connect() as base:
        query = "select * from read_parquet(?) order by date, time, code"
        # categories are not asked for
        table: Table = base.execute(query, [str(market_data / "minute_bars.parquet")]).fetchnumpy()  # type: ignore[assignment]
    days, starts = np.unique(table["date"].astype("M8[D]"), return_index=True)
    ends = [*starts[1:].tolist(), len(table["date"])]
    count = sum(
        check(day, {name: values[start:end] for name, values in table.items()})
        for day, start, end in zip(days.tolist(), starts.tolist(), ends, strict=True)
    )
    assert len(table["date"]) == count
    assert 73 == len(days)
