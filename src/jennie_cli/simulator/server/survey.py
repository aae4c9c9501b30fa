"""All stocks at once, for the calls that rank or count them.

The exchange makes a stock's tape when it is first asked for it, which takes milliseconds; for a
whole market that is seconds, so the first survey of a day lets other calls in between.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from jennie_cli.simulator.exchange import StretchRow
from jennie_cli.simulator.server.asked import Hall
from jennie_cli.simulator.tapes import Ints

SURVEYED = frozenset(
    {
        "fluctuation_rank",
        "index_day_chart",
        "index_days",
        "index_price",
        "market_cap_rank",
        "volume_rank",
    }
)
"""The TRs that look at every stock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Every stock of the book now, (N,) each: won, shares. Before its first trade a stock stands
    at its base price.
    """

    price: Ints
    open: Ints
    volume: Ints
    value: Ints


def survey(hall: Hall) -> Survey:
    """Return every stock as it stands."""
    rows = [_row(hall, code) for code in hall.book.codes]
    table = np.array(rows, dtype=np.int64).T.reshape(4, -1)
    base = hall.book.base.astype(np.int64)
    price = np.where(table[0] > 0, table[0], base)
    return Survey(price=price, open=table[1], volume=table[2], value=table[3])


def _row(hall: Hall, code: str) -> tuple[int, int, int, int]:
    stretch = hall.play.exchange.prints_so_far(code)
    if not len(stretch):
        return 0, 0, 0, 0
    last = stretch.table[:, -1]
    return (
        int(last[StretchRow.PRICE]),
        stretch.open,
        int(last[StretchRow.VOLUME]),
        int(last[StretchRow.VALUE]),
    )


class Warming:
    """Makes the tapes of a day, once, without keeping others waiting."""

    def __init__(self, hall: Hall, pause: Callable[[], Awaitable[None]]) -> None:
        """`pause` lets others go on."""
        self._hall = hall
        self._pause = pause
        self._done: date | None = None

    async def ready(self) -> None:
        """Return once every tape of today is made."""
        day = self._hall.day
        if self._done == day:
            return
        for code in self._hall.book.codes:
            self._hall.play.exchange.prints_so_far(code)
            await self._pause()
            if self._hall.day != day:
                return
        self._done = day
