"""How much a past earned at what risk, and how sure the means of it are.

A mean comes with a 95 % interval by the percentile bootstrap (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 13). What is drawn with replacement are whole days and
not trades: trades of one day share its market and are not independent, and intervals that take
them for so are far too narrow. With few days even these are somewhat too narrow; below FEWEST_DAYS
there is none. The draws are seeded, so that the same trades always give the same interval.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import nearest_rank
from jennie_cli.engine.indicators.rolling import FloatArray

IntArray = NDArray[np.int64]

FEWEST_DAYS = 5
"""Days that a mean must rest on before an interval is told."""
FEWEST_SESSIONS = 20
"""Sessions that a Sharpe ratio must rest on."""
RISK_FREE_PCT = 3.5
"""What money earns a year without risk, as the seed's measure has it."""
SESSIONS_A_YEAR = 252
RESAMPLES = 2_000
_SEED = 20_251_217
_TAIL = 0.025
_FLAT = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The 95 % interval of a mean, in percent."""

    low_pct: float
    high_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean in percent over `count` values of `days` days.

    `mean_pct` is None without a value, `interval` None with fewer than FEWEST_DAYS days.
    """

    count: int
    days: int
    mean_pct: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The deepest fall of a curve, as places in it; `recovered` is None where it never was."""

    peak: int
    bottom: int
    recovered: int | None


def clustered_means(
    values: FloatArray, days: IntArray, groups: IntArray, size: int
) -> tuple[Mean, ...]:
    """Return the mean in percent of each group 0..size-1, its interval clustered by day.

    The arrays are (values,); `days` are ordinals. Unknown values (NaN) are left out. The order of
    the values changes nothing, to the last bit.
    """
    known = np.isfinite(values)
    values, days, groups = values[known], days[known], groups[known]
    order = np.lexsort((values, groups, days))  # a float sum depends on the order of its parts
    values, days, groups = values[order], days[order], groups[order]
    clusters, day = np.unique(days, return_inverse=True)
    shape, cells = (len(clusters), size), day * size + groups
    places = len(clusters) * size
    sums = np.asarray(np.bincount(cells, values, places), dtype=np.float64).reshape(shape)
    counts = np.bincount(cells, minlength=places).reshape(shape)
    with np.errstate(invalid="ignore"):
        means = sums.sum(axis=0) / counts.sum(axis=0)
    drawn = _drawn_means(sums, counts, means)
    return tuple(_mean(counts[:, at], means[at], drawn[:, at]) for at in range(size))


def _drawn_means(sums: FloatArray, counts: IntArray, means: FloatArray) -> FloatArray:
    """Return the means of RESAMPLES draws of days, (draws, groups); NaN where a draw has none."""
    clusters = len(sums)
    if not clusters:
        return np.full((RESAMPLES, len(means)), np.nan)
    drawn = np.random.default_rng(_SEED).integers(clusters, size=(RESAMPLES, clusters))
    drawn += np.arange(RESAMPLES)[:, np.newaxis] * clusters
    times = np.bincount(drawn.ravel(), minlength=RESAMPLES * clusters)
    weights = times.reshape(RESAMPLES, clusters).astype(np.float64)
    # what differs from the mean, so that days that are all alike give an interval of no width
    apart = sums - counts * np.nan_to_num(means)
    with np.errstate(invalid="ignore"):
        return np.asarray(means + (weights @ apart) / (weights @ counts.astype(np.float64)))


def _mean(counts: IntArray, mean_pct: float, drawn: FloatArray) -> Mean:
    days = int((counts > 0).sum())
    interval = None
    if days >= FEWEST_DAYS:
        low, high = nearest_rank(drawn, _TAIL), nearest_rank(drawn, 1.0 - _TAIL)
        interval = Interval(low_pct=low, high_pct=high)
    return Mean(
        count=int(counts.sum()),
        days=days,
        mean_pct=float(mean_pct) if days else None,
        interval=interval,
    )


def fall_pct(levels: FloatArray) -> FloatArray:
    """Return how far each level lies under the highest so far, in percent (0 or below)."""
    highest = np.maximum.accumulate(levels)
    return np.asarray((levels - highest) / highest * 100.0)


def deepest_fall(levels: FloatArray) -> Fall | None:
    """Return the first of the deepest falls in percent, None where nothing ever fell.

    It starts where its high was last reached and ends where that is reached again.
    """
    depth = fall_pct(levels)
    if not (depth < 0).any():
        return None
    bottom = int(depth.argmin())
    high = levels[: bottom + 1].max()
    peak = int(np.flatnonzero(levels[: bottom + 1] == high)[-1])
    again = np.flatnonzero(levels[bottom:] >= high)
    return Fall(peak=peak, bottom=bottom, recovered=bottom + int(again[0]) if len(again) else None)


def longest_under(levels: FloatArray) -> int:
    """Return the most levels in a row that lie under the highest before them."""
    dry = np.flatnonzero(fall_pct(levels) == 0)
    return int(np.diff(dry, append=len(levels)).max(initial=1)) - 1


def sharpe_ratio(levels: FloatArray, *, risk_free_pct: float = RISK_FREE_PCT) -> float | None:
    """Return the yearly Sharpe ratio of a curve of daily levels that starts with the capital.

    Mean over deviation (n - 1) of the daily return above the risk-free rate, times the root of
    252. None with fewer than FEWEST_SESSIONS returns, without deviation, or where all was lost.
    """
    if len(levels) <= FEWEST_SESSIONS or (levels[:-1] <= 0).any():
        return None
    above = levels[1:] / levels[:-1] - 1.0 - risk_free_pct / 100.0 / SESSIONS_A_YEAR
    deviation = above.std(ddof=1)
    if deviation < _FLAT:
        return None
    return float(above.mean() / deviation * np.sqrt(SESSIONS_A_YEAR))
