"""Channels of Telegram, through their public web preview or a user's own account."""

from jennie_cli.adapters.telegram.account import AccountKey, ChannelAccount, open_line
from jennie_cli.adapters.telegram.login import log_in
from jennie_cli.adapters.telegram.posts import channel_name
from jennie_cli.adapters.telegram.preview import ChannelPreview

__all__ = ["AccountKey", "ChannelAccount", "ChannelPreview", "channel_name", "log_in", "open_line"]
