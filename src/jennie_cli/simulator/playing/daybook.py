"""One trading day of a market as its exchange opens it: listings, what will trade, the past."""

import hashlib
import json
import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import Market, SecurityKind, StockStatus

PRICES = ("open", "high", "low", "close")
FLOWS = ("foreign", "institution", "individual")
_EDITION = 2
_WORDS = ("codes", "names")
_GROUPS = ("bars", "past", "flows", "index")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBook:
    """All stocks of one day, (N,) each, ordered by code. Prices won, volumes shares.

    `board`, `kind`, `status` number the members of Market, SecurityKind, StockStatus. `shares` is
    0 where unknown. `bars` (open, high, low, close, volume) is what the day will be, zero where a
    stock does not trade. `past` holds the days `past_days`, (D, N) each, on today's scale, zero
    where a stock was not listed; a halted day has its close alone; its `split` are the new shares
    for one old of each morning, as `split` are today's. `flows` are the last of these
    days, net shares and `foreign_pct`. `index` (points (D + 1, 2, 4), volume and value (D + 1, 2),
    breadth (D + 1, 2, 5) by board) ends with today; a tape without indices has none.
    """

    day: date
    codes: tuple[str, ...]
    names: tuple[str, ...]
    board: Array
    kind: Array
    status: Array
    shares: Array
    base: Array
    unlimited: Array
    kospi200: Array
    split: Array
    bars: Mapping[str, Array]
    past_days: tuple[date, ...] = ()
    past: Mapping[str, Array] = field(default_factory=dict)
    flows: Mapping[str, Array] = field(default_factory=dict)
    index: Mapping[str, Array] = field(default_factory=dict)

    def place(self, code: str) -> int | None:
        """Return the column of a code, None if it is not listed today."""
        at = bisect_left(self.codes, code)
        return at if at < len(self.codes) and self.codes[at] == code else None

    def column(self, code: str) -> int:
        """Return the column of a listed code. KeyError for another."""
        at = self.place(code)
        if at is None:
            raise KeyError(code)
        return at

    def market(self, at: int) -> Market:
        """Return the board of a column."""
        return tuple(Market)[int(self.board[at])]

    def security(self, at: int) -> SecurityKind:
        """Return the kind of a column."""
        return tuple(SecurityKind)[int(self.kind[at])]

    def designation(self, at: int) -> StockStatus:
        """Return the designation of a column."""
        return tuple(StockStatus)[int(self.status[at])]

    def divided_since(self, at: int) -> Array:
        """Return the shares of today that one share of each past day has become, (D,)."""
        split = np.append(self.past["split"][1:, at], self.split[at])
        shares: Array = np.maximum(split, 1)[::-1].cumprod()[::-1][: len(self.past_days)]
        return shares

    def splits(self) -> dict[str, int]:
        """Return how many new shares one old share of each divided stock became this morning."""
        return {self.codes[i]: int(self.split[i]) for i in np.flatnonzero(self.split > 1)}


class Shelf:
    """Keeps the books of the newest days in a folder; a book of another market is never read."""

    def __init__(self, folder: Path, *, market: str) -> None:
        """`market` names everything that the bytes of a day depend on."""
        self._folder = folder
        self._market = hashlib.sha256(f"{_EDITION}:{market}".encode()).hexdigest()

    def load(self, day: date) -> DayBook | None:
        """Return the kept book of a day, None if there is none that can be read."""
        try:
            # numpy leaves a broken archive open, so the file is ours to close
            with self._path(day).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                head = json.loads(str(kept["head"]))
                if head["market"] != self._market:
                    return None
                return _unpacked(head, {n: kept[n] for n in kept.files if n != "head"})
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def keep(self, book: DayBook) -> None:
        """Keep one book and drop all but the one before it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        head = {
            "market": self._market,
            "day": book.day.isoformat(),
            "past_days": [d.isoformat() for d in book.past_days],
        }
        draft = self._path(book.day).with_suffix(".draft")
        with draft.open("wb") as file:
            np.savez(file, head=np.array(json.dumps(head)), **_packed(book))
        draft.replace(self._path(book.day))
        for old in sorted(self._folder.glob("*.npz"))[:-2]:
            old.unlink(missing_ok=True)

    def _path(self, day: date) -> Path:
        return self._folder / f"{day:%Y%m%d}.npz"


def _packed(book: DayBook) -> dict[str, Any]:
    flat: dict[str, Any] = {n: np.array(getattr(book, n)) for n in (*_WORDS, *_columns())}
    for group in _GROUPS:
        flat |= {f"{group}.{name}": values for name, values in getattr(book, group).items()}
    return flat


def _unpacked(head: Mapping[str, Any], flat: Mapping[str, Array]) -> DayBook:
    fields: dict[str, Any] = {
        group: {n.partition(".")[2]: v for n, v in flat.items() if n.startswith(f"{group}.")}
        for group in _GROUPS
    }
    return DayBook(
        day=date.fromisoformat(head["day"]),
        past_days=tuple(_days(head["past_days"])),
        codes=tuple(flat["codes"].tolist()),
        names=tuple(flat["names"].tolist()),
        **{**fields, **{n: flat[n] for n in _columns()}},
    )


def _columns() -> tuple[str, ...]:
    return ("board", "kind", "status", "shares", "base", "unlimited", "kospi200", "split")


def _days(texts: Iterable[str]) -> Iterable[date]:
    return (date.fromisoformat(t) for t in texts)
