"""The house in a chat: what it hears, and what it may ask."""

from jennie_cli.engine.bot.herald import Herald, HeraldTally
from jennie_cli.engine.bot.updates import Said, Update, Updates

__all__ = ["Herald", "HeraldTally", "Said", "Update", "Updates"]
