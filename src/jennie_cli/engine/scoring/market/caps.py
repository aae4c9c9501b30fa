"""Market value by scored day, in KRW.

A snapshot is carried to later days by the stock's own adjusted closes, which hold through splits
and reductions of capital; listed shares times close stands in where no snapshot is within reach.
"""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.scoring.market.moments import Scored
from jennie_cli.engine.scoring.market.tape import rows_of
from jennie_cli.engine.store import Columns, DailyPanel, Dataset, FactStore
from jennie_cli.engine.store.panels import FloatArray

_FRESH = timedelta(days=14)


def read_market_caps(
    facts: FactStore, bars: DailyPanel, scored: Scored, shares: FloatArray
) -> FloatArray:
    """Return (K, N) KRW at the scored rows, NaN unknown; `shares` (N,) are listed shares."""
    at, moments, as_of = scored.at, scored.moments, scored.as_of
    units = np.full((len(at), len(bars.codes)), np.nan)
    column = {code: i for i, code in enumerate(bars.codes)}
    fresh = facts.read(Dataset.MARKET_CAPS, as_of=as_of, since=bars.days[at[0]] - _FRESH)
    _lay(units, fresh, bars, column, moments)
    lacking = np.isnan(units).any(axis=0) & np.isfinite(bars.close[at]).any(axis=0)
    if lacking.any():
        codes = [bars.codes[i] for i in np.flatnonzero(lacking)]
        few = codes if len(codes) * 2 < len(bars.codes) else None
        older = facts.read(Dataset.MARKET_CAPS, as_of=as_of, codes=few, since=bars.days[0])
        _lay(units, older, bars, column, moments)
    return np.where(np.isfinite(units), units, shares) * bars.close[at]


def _lay(
    units: FloatArray,
    rows: Columns,
    bars: DailyPanel,
    column: dict[str, int],
    moments: NDArray[np.int64],
) -> None:
    """Set, by scored day and stock, the shares that the newest known snapshot stands for."""
    row = rows_of(bars.days, rows["date"])
    col = np.array([column.get(c, -1) for c in rows["code"]], dtype=np.intp)
    inside = np.flatnonzero((row >= 0) & (col >= 0))
    by_day = inside[np.argsort(row[inside], kind="stable")]
    row, col, known = row[by_day], col[by_day], rows["known_at"][by_day]
    implied = rows["market_cap"][by_day] / bars.close[row, col]
    good = np.isfinite(implied)
    for k, moment in enumerate(moments):
        seen = good & (known <= moment)
        # rows ascend by day, so the newest snapshot of a stock is written last
        units[k, col[seen]] = implied[seen]
