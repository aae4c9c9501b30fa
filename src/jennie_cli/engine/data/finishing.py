"""Columns that files do not hold as the store wants them, made from those they do hold."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.data.parsing import parse
from jennie_cli.engine.data.security import kinds_of
from jennie_cli.engine.model import StockStatus
from jennie_cli.engine.store import Columns, Dataset
from jennie_cli.engine.store.columns import missing

Array = NDArray[Any]
Named = dict[str, Array]


def finish(dataset: Dataset, columns: Columns, raw: Mapping[str, Array]) -> Named:
    """Return typed columns with what the dataset needs besides; `raw` is the file's table."""
    return {**columns, **_OF.get(dataset, _nothing)(columns, raw)}


def _nothing(_columns: Columns, _raw: Mapping[str, Array]) -> Named:
    return {}


def _master(columns: Columns, raw: Mapping[str, Array]) -> Named:
    """Kind from code and name; a stock that is gone keeps the last day it was seen."""
    rows = len(columns["code"])
    made: Named = {}
    if "kind" not in columns:
        made["kind"] = kinds_of(columns["code"], columns["name"])
    if "status" not in columns:
        made["status"] = np.full(rows, StockStatus.NORMAL.value, dtype=object)
    if "sector_fine" in columns and "sector_source" not in columns:
        made["sector_source"] = np.full(rows, "industry_fine", dtype=object)
        made["sector_source"][missing(columns["sector_fine"])] = None
    if "last_seen" in raw and "delisted_on" not in columns:
        seen, _, _ = parse("date", raw["last_seen"])
        if "listed_2026" in raw:
            still, _, _ = parse("bool", raw["listed_2026"])
            seen[still] = np.datetime64("NaT", "D")
        made["delisted_on"] = seen
    return made


def _annual(_columns: Columns, raw: Mapping[str, Array]) -> Named:
    received, _, _ = parse("date", raw["rcept_dt"])
    return {"received_on": received}


def _headlines(columns: Columns, _raw: Mapping[str, Array]) -> Named:
    """One story on two stocks is two rows, so the code is part of the identity."""
    return _identified(columns, ("code", "url"), ("code", "published_at", "title"))


def _disclosures(columns: Columns, _raw: Mapping[str, Array]) -> Named:
    return _identified(columns, ("rcept_no",), ("code", "disclosed_at", "report_name", "url"))


def _identified(columns: Columns, short: tuple[str, ...], full: tuple[str, ...]) -> Named:
    """Return ids hashed from the short columns where all are there, else from the full ones."""
    if "id" in columns:
        return {}
    rows = len(next(iter(columns.values())))
    absent = np.full(rows, None, dtype=object)

    def table(names: tuple[str, ...]) -> list[tuple[Any, ...]]:
        return list(zip(*(columns.get(n, absent) for n in names), strict=True))

    ids = [
        row_id(brief if brief[-1] is not None else whole)
        for brief, whole in zip(table(short), table(full), strict=True)
    ]
    return {"id": np.array(ids, dtype=object)}


def row_id(parts: tuple[Any, ...]) -> str:
    """Return the id of a row that its source gave none, from what makes it one."""
    text = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_OF: Mapping[Dataset, Callable[[Columns, Mapping[str, Array]], Named]] = {
    Dataset.STOCK_MASTER: _master,
    Dataset.FUNDAMENTALS_ANNUAL: _annual,
    Dataset.HEADLINES: _headlines,
    Dataset.DISCLOSURES: _disclosures,
}
