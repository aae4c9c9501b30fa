"""Indicators over arrays: time on axis 0, one column a stock."""

from jennie_cli.engine.indicators.bands import Bands, bollinger, drawdown_pct
from jennie_cli.engine.indicators.momentum import WILDER_ROWS, adx, rsi
from jennie_cli.engine.indicators.rank import in_top_share, nearest_rank, nearest_rank_index
from jennie_cli.engine.indicators.rolling import (
    change_pct,
    rolling_max,
    rolling_mean,
    rolling_min,
    rolling_std,
    rolling_std_known,
    rolling_sum,
)

__all__ = [
    "WILDER_ROWS",
    "Bands",
    "adx",
    "bollinger",
    "change_pct",
    "drawdown_pct",
    "in_top_share",
    "nearest_rank",
    "nearest_rank_index",
    "rolling_max",
    "rolling_mean",
    "rolling_min",
    "rolling_std",
    "rolling_std_known",
    "rolling_sum",
    "rsi",
]
