"""Channels of Telegram, by their public preview or a user's own account, and its Bot API."""

from jennie_cli.adapters.telegram.account import AccountKey, ChannelAccount, open_line
from jennie_cli.adapters.telegram.bot_api import BotApi, BotOptions
from jennie_cli.adapters.telegram.login import log_in
from jennie_cli.adapters.telegram.posts import channel_name
from jennie_cli.adapters.telegram.preview import ChannelPreview

__all__ = [
    "AccountKey",
    "BotApi",
    "BotOptions",
    "ChannelAccount",
    "ChannelPreview",
    "channel_name",
    "log_in",
    "open_line",
]
