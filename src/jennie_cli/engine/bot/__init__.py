"""The house in a chat: what it hears, and what it may ask."""

from jennie_cli.engine.bot.bot import Bearings, Bot, BotTally, Line
from jennie_cli.engine.bot.herald import Herald, HeraldTally
from jennie_cli.engine.bot.home import (
    Checked,
    Home,
    Listed,
    Records,
    TradingRoom,
    Tunable,
    Tunables,
)
from jennie_cli.engine.bot.policy import BotPolicy, chat_ids
from jennie_cli.engine.bot.table import NAMES
from jennie_cli.engine.bot.updates import Said, Update, Updates

__all__ = [
    "NAMES",
    "Bearings",
    "Bot",
    "BotPolicy",
    "BotTally",
    "Checked",
    "Herald",
    "HeraldTally",
    "Home",
    "Line",
    "Listed",
    "Records",
    "Said",
    "TradingRoom",
    "Tunable",
    "Tunables",
    "Update",
    "Updates",
    "chat_ids",
]
