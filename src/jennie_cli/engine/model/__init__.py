"""The nouns two rooms share, as frozen values."""

from jennie_cli.engine.model.judgement import (
    Grade,
    LlmStatus,
    Phase,
    Regime,
    RiskTag,
    SectorTier,
    TradeTier,
    WatchlistEntry,
)
from jennie_cli.engine.model.setting import Setting, setting, settings_of
from jennie_cli.engine.model.stock import Market, SecurityKind, Stock, StockStatus

__all__ = [
    "Grade",
    "LlmStatus",
    "Market",
    "Phase",
    "Regime",
    "RiskTag",
    "SectorTier",
    "SecurityKind",
    "Setting",
    "Stock",
    "StockStatus",
    "TradeTier",
    "WatchlistEntry",
    "setting",
    "settings_of",
]
