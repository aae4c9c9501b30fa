"""What a chat hears of the house."""

from jennie_cli.engine.bot.herald import Herald, HeraldTally

__all__ = ["Herald", "HeraldTally"]
