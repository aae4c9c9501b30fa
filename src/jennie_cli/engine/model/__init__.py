"""The nouns two rooms share, as frozen values."""

from jennie_cli.engine.model.brokered import BrokerOrder, Notice, NoticeKind
from jennie_cli.engine.model.headline import Headline, NewsKind
from jennie_cli.engine.model.judgement import (
    FactCheck,
    Grade,
    LlmStatus,
    Phase,
    Regime,
    RiskTag,
    SectorTier,
    TradeTier,
    WatchlistEntry,
)
from jennie_cli.engine.model.macro import (
    MacroInsight,
    MacroSnapshot,
    Outlook,
    PoliticalRisk,
)
from jennie_cli.engine.model.opinion import Opinion
from jennie_cli.engine.model.session import (
    ExitReason,
    Signal,
    Strategy,
    ThrottleLevel,
    TradingContext,
)
from jennie_cli.engine.model.setting import Setting, setting, settings_of
from jennie_cli.engine.model.stock import Market, SecurityKind, Stock, StockStatus
from jennie_cli.engine.model.trading import (
    Fill,
    Flag,
    Order,
    OrderIntent,
    OrderState,
    OrderType,
    Position,
    Side,
    Venue,
)

__all__ = [
    "BrokerOrder",
    "ExitReason",
    "FactCheck",
    "Fill",
    "Flag",
    "Grade",
    "Headline",
    "LlmStatus",
    "MacroInsight",
    "MacroSnapshot",
    "Market",
    "NewsKind",
    "Notice",
    "NoticeKind",
    "Opinion",
    "Order",
    "OrderIntent",
    "OrderState",
    "OrderType",
    "Outlook",
    "Phase",
    "PoliticalRisk",
    "Position",
    "Regime",
    "RiskTag",
    "SectorTier",
    "SecurityKind",
    "Setting",
    "Side",
    "Signal",
    "Stock",
    "StockStatus",
    "Strategy",
    "ThrottleLevel",
    "TradeTier",
    "TradingContext",
    "Venue",
    "WatchlistEntry",
    "setting",
    "settings_of",
]
