"""Speaks to KIS: orders, account, quotes and streams over its REST and WebSocket interface."""

from jennie_cli.adapters.kis.access import (
    NEW_KEY_PACE,
    PAPER_PACE,
    REAL_PACE,
    Access,
    Pace,
    Patience,
    Veil,
)
from jennie_cli.adapters.kis.account import KisAccount
from jennie_cli.adapters.kis.budget import Plan, plan
from jennie_cli.adapters.kis.caller import AccountNumber, Caller, Reply
from jennie_cli.adapters.kis.folder import KeyFolder, SocketTaken
from jennie_cli.adapters.kis.masters import KisMasters, stocks_of
from jennie_cli.adapters.kis.orders import KisOrders
from jennie_cli.adapters.kis.publish import publish_ticks
from jennie_cli.adapters.kis.quotes import KisQuotes
from jennie_cli.adapters.kis.session import KisSession
from jennie_cli.adapters.kis.stream import KisStream, Rhythm, StreamStatus, socket_holder

__all__ = [
    "NEW_KEY_PACE",
    "PAPER_PACE",
    "REAL_PACE",
    "Access",
    "AccountNumber",
    "Caller",
    "KeyFolder",
    "KisAccount",
    "KisMasters",
    "KisOrders",
    "KisQuotes",
    "KisSession",
    "KisStream",
    "Pace",
    "Patience",
    "Plan",
    "Reply",
    "Rhythm",
    "SocketTaken",
    "StreamStatus",
    "Veil",
    "plan",
    "publish_ticks",
    "socket_holder",
    "stocks_of",
]
