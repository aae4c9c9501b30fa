"""What the record keeps of the exits of a session: little, however many ticks are judged."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits import CHAIN, NO_EXIT, ExitTable
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.trading.sheets import exit_sheet


@dataclass(frozen=True, slots=True)
class _Said:
    """One position at one moment: its row and place in a table, and the second of the day."""

    second: float
    table: ExitTable
    row: int
    place: int


class ExitRecord:
    """Counts every question, and keeps what was said last of a stock in each minute.

    What sold is kept as well: later ticks of its minute would only tell that an order waits.
    """

    def __init__(self, midnight: datetime) -> None:
        """Begin with nothing judged."""
        self._midnight = midnight
        self._asked = np.zeros(len(CHAIN), dtype=np.int64)
        self._fired = np.zeros(len(CHAIN), dtype=np.int64)
        self._last: dict[tuple[str, int], _Said] = {}
        self._sales: list[_Said] = []

    def add(self, table: ExitTable, second: FloatArray, judged: NDArray[np.bool_]) -> None:
        """Take what the chain said; `second` and `judged` are (moments, positions)."""
        self._asked += table.asked.sum(axis=(1, 2))
        self._fired += table.fired.sum(axis=(1, 2))
        for row, place in zip(*(n.tolist() for n in np.nonzero(judged)), strict=True):
            said = _Said(float(second[row, place]), table, row, place)
            if table.reason[row, place] == NO_EXIT:
                self._last[table.codes[place], int(said.second // 60)] = said
            else:
                self._sales.append(said)

    def take(self) -> tuple[Sheet, ...]:
        """Return what is kept, oldest first and sales behind, and keep it no longer."""
        held = sorted(self._last.values(), key=lambda said: said.second)
        kept = [(False, said) for said in held] + [(True, said) for said in self._sales]
        kept.sort(key=lambda each: (each[1].second, each[0]))
        self._last, self._sales = {}, []
        return tuple(
            self._sheet([said for _, said in some])
            for _, some in groupby(kept, key=lambda each: (each[1].second, each[0]))
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked and fired, in the order of the chain."""
        return tuple(
            RuleCount(rule=rule.id, asked=int(self._asked[row]), fired=int(self._fired[row]))
            for row, rule in enumerate(CHAIN)
        )

    def _sheet(self, said: Sequence[_Said]) -> Sheet:
        at = self._midnight + timedelta(seconds=said[0].second)
        columns: dict[str, Any] = {
            field.name: np.stack(
                [getattr(one.table, field.name)[..., one.row, one.place] for one in said], axis=-1
            )
            for field in fields(ExitTable)
            if field.name != "codes"
        }
        codes = tuple(one.table.codes[one.place] for one in said)
        return exit_sheet(ExitTable(codes=codes, **columns), at=at)
