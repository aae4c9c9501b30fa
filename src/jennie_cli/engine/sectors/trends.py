"""The trend of each fine sector: which ones fall like a knife and which ones lead.

기타 is what is left over, not a sector: it is neither called a knife nor hot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.sectors.groups import OTHER
from jennie_cli.engine.sectors.policy import SectorPolicy
from jennie_cli.engine.store.panels import BoolArray, FloatArray

KNIFE_ROWS = 20
KNIFE_RETURN_DAYS = 5
KNIFE_FAST_ROWS = 5


class Trend(StrEnum):
    """NEUTRAL was not checked; WEAK was checked and did not fall like a knife."""

    NEUTRAL = "NEUTRAL"
    WEAK = "WEAK"
    FALLING_KNIFE = "FALLING_KNIFE"


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTrend:
    """One fine sector: counted stocks, mean change of the day and mean return over the policy's
    sessions (None where no member has one), and its trend.
    """

    fine: str
    stocks: int
    ranked: int
    day_change_pct: float | None
    return_pct: float | None
    trend: Trend


def period_return_pct(close: FloatArray, days: int, policy: SectorPolicy) -> FloatArray:
    """Return each stock's return over the newest `days` sessions of `close` (D, N) in percent.

    NaN where a close is missing or a day inside moved beyond the outlier limit: such a move is a
    change of capital, not a trade result.
    """
    if len(close) <= days:
        return np.full(close.shape[1], np.nan)
    window = close[-days - 1 :]
    steps = (window[1:] / window[:-1] - 1.0) * 100.0
    sane = (np.abs(steps) <= policy.outlier_pct + 1e-9).all(axis=0)
    return np.where(sane, (window[-1] / window[0] - 1.0) * 100.0, np.nan)


def day_change_pct(
    close: FloatArray, policy: SectorPolicy, live_pct: FloatArray | None = None
) -> FloatArray:
    """Return each stock's change of the day in percent, NaN for none and for outliers.

    `live_pct` are the changes of a running session. Before the opening a source shows 0.00 for
    every stock; then, and without live figures, the last close stands against the one before.
    """
    known = live_pct is not None and bool(np.any(np.nan_to_num(live_pct) != 0.0))
    if live_pct is None or not known:
        return period_return_pct(close, 1, policy)
    return np.where(np.abs(live_pct) <= policy.outlier_pct + 1e-9, live_pct, np.nan)


def fine_trends(
    *,
    close: FloatArray,
    fine: Sequence[str],
    market_cap: FloatArray,
    policy: SectorPolicy,
    counted: BoolArray | None = None,
    live_pct: FloatArray | None = None,
) -> tuple[FineTrend, ...]:
    """Return one row per fine sector, by name.

    `close` is (D, N), newest last; `fine` and `market_cap` are per stock; `counted` marks the
    stocks that may stand for a sector (all by default).
    """
    usable = np.ones(len(fine), dtype=bool) if counted is None else counted
    names, sector = np.unique(np.asarray(fine, dtype=str), return_inverse=True)
    sector = np.where(usable, sector, -1)
    day = _mean_by(sector, day_change_pct(close, policy, live_pct), len(names))
    back = period_return_pct(close, policy.return_days, policy)
    change = _mean_by(sector, back, len(names))
    stocks = np.bincount(sector[sector >= 0], minlength=len(names))
    ranked = np.bincount(sector[(sector >= 0) & np.isfinite(back)], minlength=len(names))
    checked = _checked(names, day, policy)
    rows = []
    for i, name in enumerate(names):
        trend = Trend.NEUTRAL
        if i in checked:
            falls = _falls(close, market_cap, sector == i, policy)
            trend = Trend.FALLING_KNIFE if falls else Trend.WEAK
        rows.append(
            FineTrend(
                fine=str(name),
                stocks=int(stocks[i]),
                ranked=int(ranked[i]),
                day_change_pct=_known(day[i]),
                return_pct=_known(change[i]),
                trend=trend,
            )
        )
    return tuple(rows)


def knife_members(trends: Sequence[FineTrend], fine: Sequence[str]) -> BoolArray:
    """Return which stocks belong to a falling-knife sector, by their fine sector."""
    knives = [t.fine for t in trends if t.trend is Trend.FALLING_KNIFE]
    return np.isin(np.asarray(fine, dtype=str), np.asarray(knives, dtype=str))


def hot_members(
    trends: Sequence[FineTrend],
    fine: Sequence[str],
    market_cap: FloatArray,
    *,
    sectors: int,
    names: int,
    policy: SectorPolicy,
    counted: BoolArray | None = None,
) -> NDArray[np.intp]:
    """Return the positions of the `names` largest stocks of each of the `sectors` fine sectors
    with the best return, best sector first.

    A sector needs `min_names` names with a return; a stock without a market cap comes last.
    """
    ranked = [
        (t.return_pct, t.fine)
        for t in trends
        if t.return_pct is not None and t.ranked >= policy.min_names and t.fine != OTHER
    ]
    best = sorted(ranked, key=lambda pair: (-pair[0], pair[1]))[:sectors]
    labels = np.asarray(fine, dtype=str)
    usable = np.ones(len(fine), dtype=bool) if counted is None else counted
    picks = [_largest(market_cap, usable & (labels == name), names) for _, name in best]
    return np.concatenate([np.empty(0, dtype=np.intp), *picks])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _mean_by(sector: NDArray[np.intp], value: FloatArray, size: int) -> FloatArray:
    """Return the mean of the known values of each sector, NaN where there is none."""
    use = (sector >= 0) & np.isfinite(value)
    count = np.bincount(sector[use], minlength=size)
    total = np.bincount(sector[use], weights=value[use], minlength=size)
    mean: FloatArray = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return mean


def _checked(names: NDArray[np.str_], day: FloatArray, policy: SectorPolicy) -> set[int]:
    weak = np.flatnonzero((np.nan_to_num(day) < policy.knife_day_pct) & (names != OTHER))
    worst = weak[np.argsort(day[weak], kind="stable")][: policy.knife_checked]
    return {int(i) for i in worst}


def _largest(market_cap: FloatArray, among: BoolArray, count: int) -> NDArray[np.intp]:
    members = np.flatnonzero(among)
    order = np.argsort(-np.nan_to_num(market_cap[members]), kind="stable")
    return members[order[:count]]


def _falls(
    close: FloatArray, market_cap: FloatArray, members: BoolArray, policy: SectorPolicy
) -> bool:
    """Say whether the equal-weighted mean of the normalised closes of the largest members, with
    all 20 closes known, fell beyond the limit over 5 sessions with MA5 below MA20.
    """
    window = close[-KNIFE_ROWS:]
    if len(window) < KNIFE_ROWS:
        return False
    # NaN where a close is missing or a day is impossible, see period_return_pct
    whole = members & np.isfinite(period_return_pct(window, KNIFE_ROWS - 1, policy))
    chosen = _largest(market_cap, whole, policy.knife_largest)
    if not len(chosen):
        return False
    path = (window[:, chosen] / window[0, chosen]).mean(axis=1)
    fall = (path[-1] / path[-1 - KNIFE_RETURN_DAYS] - 1.0) * 100.0
    below = path[-KNIFE_FAST_ROWS:].mean() < path.mean()
    return bool(fall < policy.knife_fall_pct and below)
