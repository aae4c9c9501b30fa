"""A stock exchange for one day in virtual time: the tape leads, the book follows."""

from jennie_cli.simulator.exchange.board import (
    Board,
    Depth,
    Phase,
    Stretch,
    StretchRow,
    Vi,
    ViKind,
)
from jennie_cli.simulator.exchange.exchange import Exchange
from jennie_cli.simulator.exchange.happenings import (
    BreakerChanged,
    BreakerStage,
    Ended,
    EndReason,
    Executed,
    HaltChanged,
    Happening,
    PhaseChanged,
    Traded,
    ViChanged,
)
from jennie_cli.simulator.exchange.orders import (
    ExchangeOrder,
    Pricing,
    Rejected,
    RejectReason,
    Remainder,
)
from jennie_cli.simulator.tapes import Listing, Prints, TradingMode

__all__ = [
    "Board",
    "BreakerChanged",
    "BreakerStage",
    "Depth",
    "EndReason",
    "Ended",
    "Exchange",
    "ExchangeOrder",
    "Executed",
    "HaltChanged",
    "Happening",
    "Listing",
    "Phase",
    "PhaseChanged",
    "Pricing",
    "Prints",
    "RejectReason",
    "Rejected",
    "Remainder",
    "Stretch",
    "StretchRow",
    "Traded",
    "TradingMode",
    "Vi",
    "ViChanged",
    "ViKind",
]
