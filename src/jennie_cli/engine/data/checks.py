"""What is wrong with a row, by reason: masks over typed columns, the first reason counts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store import SCHEMAS, Columns, Dataset
from jennie_cli.engine.store.merge import row_keys

Mask = NDArray[np.bool_]
Fault = tuple[str, Mask]

_SIGNED = {
    Dataset.FLOWS_STOCK: {"foreign_net", "inst_net", "indiv_net"},
    Dataset.FLOWS_MARKET: {c.name for c in SCHEMAS[Dataset.FLOWS_MARKET].columns},
    Dataset.INDEX_VALUATION: {"per", "fwd_per"},
    Dataset.CONSENSUS: {"fwd_per", "fwd_eps", "fwd_roe"},
    Dataset.FINANCIALS_QUARTERLY: {c.name for c in SCHEMAS[Dataset.FINANCIALS_QUARTERLY].columns},
    Dataset.FUNDAMENTALS_ANNUAL: {c.name for c in SCHEMAS[Dataset.FUNDAMENTALS_ANNUAL].columns},
}
"""The columns in which a negative number is a fact."""
_MOST = 2**31 - 1
"""The highest price in KRW that a panel can hold."""
_MEASURED = {
    Dataset.DAILY_BARS,
    Dataset.MINUTE_BARS,
    Dataset.INDEX_DAILY,
    Dataset.MARKET_CAPS,
    Dataset.MARKET_BREADTH,
    Dataset.INDEX_VALUATION,
    Dataset.FLOWS_STOCK,
    Dataset.FLOWS_MARKET,
}
"""Tables that add up over a span of time: before it ends, a row is only part of the figure."""


def faults(dataset: Dataset, columns: Columns) -> Iterator[Fault]:
    """Yield each reason with the rows it finds, those that make others meaningless first."""
    unsigned = [
        n
        for n, kind in SCHEMAS[dataset].kinds().items()
        if kind in {"int", "float"} and n in columns and n not in _SIGNED.get(dataset, ())
    ]
    if unsigned:
        yield "negative", np.logical_or.reduce([columns[n] < 0 for n in unsigned])
    yield from _OF.get(dataset, _none)(columns)


def notes(dataset: Dataset, columns: Columns) -> dict[str, int]:
    """Return how many kept rows have something worth knowing, by what it is."""
    if dataset not in {Dataset.DAILY_BARS, Dataset.MINUTE_BARS}:
        return {}
    halted = _halted(columns)
    close, low, high = columns["close"], columns["low"], columns["high"]
    outside = ~halted & ((close < low) | (close > high))
    found = {"halted_day": int(halted.sum()), "close_outside_range": int(outside.sum())}
    return {n: count for n, count in found.items() if count}


def _none(_columns: Columns) -> Iterator[Fault]:
    return iter(())


def _bars(columns: Columns) -> Iterator[Fault]:
    halted = _halted(columns)
    yield "price_too_large", _too_large(columns, "open", "high", "low", "close")
    some_zero = np.logical_or.reduce([columns[n] == 0 for n in ("open", "high", "low")])
    yield "no_close", columns["close"] == 0
    yield "volume_on_halt", halted & (columns["volume"] > 0)
    yield "zero_price", some_zero & ~halted
    yield "high_below_low", columns["high"] < columns["low"]


def _halted(columns: Columns) -> Mask:
    return np.asarray(np.logical_and.reduce([columns[n] == 0 for n in ("open", "high", "low")]))


def _too_large(columns: Columns, *names: str) -> Mask:
    return np.asarray(np.logical_or.reduce([columns[n] > _MOST for n in names]))


def _minutes(columns: Columns) -> Iterator[Fault]:
    hour, minute = np.divmod(columns["time"], 100)
    yield "bad_time", (hour > 23) | (minute > 59)
    yield from _bars(columns)


def _index(columns: Columns) -> Iterator[Fault]:
    if "high" in columns and "low" in columns:
        yield "high_below_low", columns["high"] < columns["low"]
    yield "no_close", ~(columns["close"] > 0)


def _caps(columns: Columns) -> Iterator[Fault]:
    yield "no_close", columns["close"] == 0
    yield "price_too_large", _too_large(columns, "close")
    yield (
        "cap_not_price_times_shares",
        columns["market_cap"] != columns["close"] * columns["shares"],
    )


def _shares_of_100(columns: Columns) -> Iterator[Fault]:
    if "foreign_pct" in columns:
        yield "pct_over_100", columns["foreign_pct"] > 100


_OF: Mapping[Dataset, Callable[[Columns], Iterator[Fault]]] = {
    Dataset.DAILY_BARS: _bars,
    Dataset.MINUTE_BARS: _minutes,
    Dataset.INDEX_DAILY: _index,
    Dataset.INDEX_VALUATION: _index,
    Dataset.MARKET_CAPS: _caps,
    Dataset.FLOWS_STOCK: _shares_of_100,
    Dataset.CONSENSUS: _shares_of_100,
}


def repeats(dataset: Dataset, columns: Columns) -> Iterator[Fault]:
    """Yield the second and later rows of each key."""
    keys = row_keys([columns[k] for k in SCHEMAS[dataset].key])
    if not (keys[1:] > keys[:-1]).all():
        _, first = np.unique(keys, return_index=True)
        again = np.ones(len(keys), dtype=bool)
        again[first] = False
        yield "duplicate", again


def unfinished(dataset: Dataset, columns: Columns, now: int) -> Iterator[Fault]:
    """Yield the rows whose span had not ended at `now` (epoch seconds)."""
    if dataset in _MEASURED:
        yield "not_yet_known", columns["known_at"] > now


def sift(
    columns: Columns, found: Iterable[Fault], rejected: Counter[str]
) -> dict[str, NDArray[Any]]:
    """Return the rows no fault was found with; `rejected` counts the others by first reason."""
    keep = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for reason, wrong in found:
        hit = int((wrong & keep).sum())
        if hit:
            rejected[reason] += hit
            keep &= ~wrong
    if keep.all():
        return dict(columns)
    return {n: v[keep] for n, v in columns.items()}
