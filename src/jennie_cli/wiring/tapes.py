"""Reads recorded minute bars as days that the exchange can play."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jennie_cli.engine.errors import BadFile

if TYPE_CHECKING:
    from jennie_cli.engine.feed import RawTable
    from jennie_cli.engine.model import Stock
    from jennie_cli.engine.venue import Calendar
    from jennie_cli.simulator.playing import PlayedMarket

_TAPE_NAMES = ("minute", "master")
"""In a folder with files of these names only they are read."""

_BARS = ("time", "open", "high", "low", "close", "volume")


def recorded_market(tape: str, seed: int, calendar: "Calendar") -> "PlayedMarket":
    """Return the days of the minute bars in a file or folder; a stock master beside them names
    the stocks.
    """
    from jennie_cli.adapters.files import FileReader, TableFolder
    from jennie_cli.simulator.playing import RecordedDays

    listed = TableFolder().list(tape).files
    named = [path for path in listed if any(word in Path(path).stem for word in _TAPE_NAMES)]
    bars, stocks = None, None
    for path in named or listed:
        table = FileReader().read(path)
        if "time" in table.columns:
            bars = table
        elif "market" in table.columns:
            stocks = _stocks(table)
    if bars is None:
        raise BadFile(
            f"{tape} holds no minute bars.",
            hint="A tape has code, date, time, open, high, low, close, volume.",
        )
    days = _DaysOf(bars)
    return RecordedDays(
        days.days, days.read, seed=seed, calendar=calendar, name=bars.sha256[:16], stocks=stocks
    )


class _DaysOf:
    """One table of minute bars, cut into days and stocks."""

    def __init__(self, table: "RawTable") -> None:
        """Raises BadFile for a table that lacks a column."""
        absent = [n for n in ("code", "date", *_BARS) if n not in table.columns]
        if absent:
            raise BadFile(f"{table.name} has no column {', '.join(absent)}.")
        try:
            day = np.asarray(table.columns["date"]).astype("datetime64[D]")
            columns = {n: np.asarray(table.columns[n]).astype(np.int64) for n in _BARS}
        except (ValueError, TypeError) as error:
            raise BadFile(f"{table.name} holds what is no minute bar: {error}.") from None
        columns["code"] = np.asarray(table.columns["code"]).astype(str)
        order = np.lexsort((columns["time"], columns["code"], day))
        self._columns = {name: values[order] for name, values in columns.items()}
        found, first = np.unique(day[order], return_index=True)
        self.days: tuple[date, ...] = tuple(found.tolist())
        self._edges = [*first.tolist(), len(order)]

    def read(self, day: date) -> Mapping[str, Mapping[str, Any]]:
        """Return the bars of a day by code."""
        place = self.days.index(day)
        first, last = self._edges[place], self._edges[place + 1]
        codes, starts = np.unique(self._columns["code"][first:last], return_index=True)
        edges = [*(starts + first).tolist(), last]
        return {
            str(code): {n: self._columns[n][a:b] for n in _BARS}
            for code, a, b in zip(codes, edges, edges[1:], strict=False)
        }


def _stocks(table: "RawTable") -> "Mapping[str, Stock]":
    from jennie_cli.engine.model import Market, Stock

    columns = table.columns
    rows = zip(columns["code"], columns["name"], columns["market"], strict=True)
    known = {market.value for market in Market}
    return {
        str(code): Stock(code=str(code), name=str(name), market=Market(str(market)))
        for code, name, market in rows
        if str(market) in known
    }
