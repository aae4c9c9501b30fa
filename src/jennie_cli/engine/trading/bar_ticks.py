"""Ticks as arrays: what bars are made of, and how ticks told one by one become that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class TickBatch:
    """Regular ticks of one day in the order in which they came; every array is (ticks,).

    `column` is the place of the code among those asked for, `second` the exchange's time since
    midnight KST. Prices are won above 0, `qty` the shares of the tick itself.
    """

    day: date
    column: NDArray[np.int16]
    second: NDArray[np.int32]
    price: NDArray[np.int64]
    qty: NDArray[np.int64]
    after_gap: NDArray[np.bool_]


def of_ticks(ticks: Iterable[Tick], places: Mapping[str, int]) -> Iterator[TickBatch]:
    """Yield what was told as batches, one for each run of the same day.

    Ticks outside the regular session and of codes without a place are left out.
    """
    told = [(t, t.at.astimezone(KST)) for t in ticks if t.regular and t.code in places]
    for day, some in groupby(told, key=lambda pair: pair[1].date()):
        run = tuple(some)
        yield TickBatch(
            day=day,
            column=np.array([places[t.code] for t, _ in run], dtype=np.int16),
            second=np.array(
                [at.hour * 3_600 + at.minute * 60 + at.second for _, at in run], dtype=np.int32
            ),
            price=np.array([t.price for t, _ in run], dtype=np.int64),
            qty=np.array([t.qty for t, _ in run], dtype=np.int64),
            after_gap=np.array([t.after_gap for t, _ in run], dtype=np.bool_),
        )
