"""Indicators over arrays: time on axis 0, one column a stock."""

from jennie_cli.engine.indicators.bands import Bands, bollinger, drawdown_pct
from jennie_cli.engine.indicators.bars import NO_BAR, SessionBars
from jennie_cli.engine.indicators.daily import (
    DAY_ROWS,
    DayBars,
    DaysOutOfOrder,
    Macd,
    atr,
    death_cross_pct,
    rsi_today,
)
from jennie_cli.engine.indicators.intraday import (
    session_vwap,
    volume_ratio,
)
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
from jennie_cli.engine.indicators.wilder import wilder_rsi

__all__ = [
    "DAY_ROWS",
    "NO_BAR",
    "WILDER_ROWS",
    "Bands",
    "DayBars",
    "DaysOutOfOrder",
    "Macd",
    "SessionBars",
    "adx",
    "atr",
    "bollinger",
    "change_pct",
    "death_cross_pct",
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
    "rsi_today",
    "session_vwap",
    "volume_ratio",
    "wilder_rsi",
]
