"""Which rows of a panel are scored, and up to when each of them may know anything."""

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """K scored rows `at`, ascending, the last one the panel's newest; `moments` (K,) are epoch
    seconds: `as_of` for the newest row, the end of its day in Korea for an earlier one.
    """

    as_of: datetime
    at: NDArray[np.intp]
    moments: NDArray[np.int64]

    @property
    def first_day(self) -> date:
        """Return the Korean day of the earliest moment."""
        return datetime.fromtimestamp(int(self.moments[0]), KST).date()


def scored_rows(days: tuple[date, ...], count: int, *, as_of: datetime) -> Scored:
    """Score the newest `count` of `days`, or all of them if there are fewer."""
    at = np.arange(len(days))[-count:]
    limit = int(as_of.timestamp())
    ends = [datetime.combine(days[i], time.max, KST) for i in at[:-1]]
    moments = [min(int(e.timestamp()), limit) for e in ends]
    return Scored(as_of=as_of, at=at, moments=np.array([*moments, limit], dtype=np.int64))
