"""Rows meet by key here: one definition of new, changed and unchanged for every store.

A missing value never overwrites a known one, and known_at stays the earliest it ever was: a
correction replaces a value, it does not hide the row from the past.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.store.columns import missing
from jennie_cli.engine.store.facts import Columns
from jennie_cli.engine.store.schema import Schema

Array = NDArray[Any]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The stored columns after a merge in key order, and what the new rows did to them."""

    columns: dict[str, Array]
    is_new: NDArray[np.bool_]
    is_changed: NDArray[np.bool_]

    @property
    def unchanged(self) -> int:
        """Return how many rows of the batch changed nothing."""
        return int((~self.is_new & ~self.is_changed).sum())


def factorize(values: Array) -> tuple[Array, Index]:
    """Return the sorted distinct values and, for each row, its place among them."""
    if values.dtype.kind == "M" and len(values):
        return _factorize_days(values)
    if values.dtype.kind != "O":
        labels, index = np.unique(values, return_inverse=True)
        return labels, index.astype(np.int64, copy=False)
    if not len(values):
        return values, np.empty(0, dtype=np.int64)
    # bars come grouped by code, so looking at the head of each run saves most of the hashing
    heads = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    seen: dict[Any, int] = {}
    place = np.fromiter((seen.setdefault(v, len(seen)) for v in values[heads]), dtype=np.int64)
    labels = np.empty(len(seen), dtype=object)
    labels[:] = sorted(seen)
    rank = np.empty(len(seen), dtype=np.int64)
    rank[[seen[v] for v in labels]] = np.arange(len(seen))
    lengths = np.diff(np.append(heads, len(values)))
    return labels, np.repeat(rank[place], lengths)


def _factorize_days(values: Array) -> tuple[Array, Index]:
    """Do the same by counting: days are few and close together, so sorting would be waste."""
    days = values.astype("datetime64[D]").astype(np.int64)
    start = days.min()
    seen = np.zeros(days.max() - start + 1, dtype=bool)
    seen[days - start] = True
    labels = (np.flatnonzero(seen) + start).astype("datetime64[D]")
    return labels, (np.cumsum(seen) - 1)[days - start]


def row_keys(columns: Sequence[Array]) -> Index:
    """Return one whole number per row that is equal and ordered as the columns together are."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for values in columns:
        labels, index = factorize(values)
        key = key * max(len(labels), 1) + index
    return key


def digest(columns: Columns, *, after: str = "") -> str:
    """Return 16 hex digits that stand for stored bars or flows, chained to the digest `after`.

    Whence a row came (`source`) is no part of it.
    """
    told = blake2b(after.encode(), digest_size=8)
    labels, index = factorize(columns["code"])
    told.update("\x1f".join(labels).encode())
    told.update(index.data)
    for name in sorted(set(columns) - {"code", "source"}):
        told.update(np.ascontiguousarray(columns[name]).view(np.uint8).data)
    return told.hexdigest()


def merge(schema: Schema, old: Columns, new: Columns) -> Merged:
    """Lay stored `new` rows over stored `old` rows; a key twice in `new` raises ValueError."""
    n_old = len(old["known_at"])
    keys = row_keys([np.concatenate([old[k], new[k]]) for k in schema.key])
    order = np.argsort(keys[:n_old], kind="stable")
    sorted_old = keys[:n_old][order]
    fresh = keys[n_old:]
    if len(np.unique(fresh)) != len(fresh):
        raise ValueError("a batch holds the same key twice")
    at = np.searchsorted(sorted_old, fresh)
    hit = np.zeros(len(fresh), dtype=bool)
    inside = at < n_old
    hit[inside] = sorted_old[at[inside]] == fresh[inside]
    target = order[at[hit]]
    overlaid, changed = _overlay(schema, old, new, target, hit)
    final = np.argsort(np.concatenate([keys[:n_old], fresh[~hit]]), kind="stable")
    columns = {n: np.concatenate([overlaid[n], new[n][~hit]])[final] for n in schema.names()}
    is_changed = np.zeros(len(fresh), dtype=bool)
    is_changed[hit] = changed
    return Merged(columns=columns, is_new=~hit, is_changed=is_changed)


def _overlay(
    schema: Schema, old: Columns, new: Columns, target: Index, hit: NDArray[np.bool_]
) -> tuple[dict[str, Array], NDArray[np.bool_]]:
    """Return the old columns with the hit rows laid over them, and which of those differed."""
    out = {n: old[n].copy() for n in schema.names()}
    changed = np.zeros(len(target), dtype=bool)
    for name in schema.values():
        before, after = old[name][target], new[name][hit]
        differs = ~missing(after) & (missing(before) | (before != after))
        out[name][target[differs]] = after[differs]
        changed |= differs
    known = np.minimum(old["known_at"][target], new["known_at"][hit])
    changed |= known != old["known_at"][target]
    out["known_at"][target] = known
    out["source"][target[changed]] = new["source"][hit][changed]
    return out, changed
