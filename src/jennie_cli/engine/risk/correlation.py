"""How alike the daily moves of a stock and of what is held are."""

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray


def correlations(
    closes: FloatArray, candidate: FloatArray, *, days: int = 60, least: int = 30
) -> FloatArray:
    """Return Pearson's r of the daily log returns of a stock with each of many, (stocks,).

    `closes` is (days, stocks) and `candidate` (days,), one row the same trading day in both, oldest
    first, NaN without a close. Only the last `days` returns that both have count; fewer than
    `least` of them, or a price that never moved, give NaN.
    """
    mine = _log_returns(candidate[:, None], days)
    theirs = _log_returns(closes, days)
    both = np.isfinite(mine) & np.isfinite(theirs)
    count = both.sum(axis=0)
    x, y = _centred(mine, both, count), _centred(theirs, both, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (x * y).sum(axis=0) / np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
    known = (count >= least) & np.isfinite(r)
    return np.where(known, np.clip(r, -1.0, 1.0), np.nan)


def _log_returns(closes: FloatArray, days: int) -> FloatArray:
    recent = closes[-(days + 1) :]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.diff(np.log(np.where(recent > 0.0, recent, np.nan)), axis=0)


def _centred(values: FloatArray, both: np.ndarray, count: np.ndarray) -> FloatArray:
    """Return values less their mean over the days that count, 0 elsewhere."""
    kept = np.where(both, values, 0.0)
    mean = kept.sum(axis=0) / np.maximum(count, 1)
    return np.where(both, kept - mean, 0.0)
