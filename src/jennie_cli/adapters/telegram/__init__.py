"""Channels of Telegram, through their public web preview or a user's own account."""

from jennie_cli.adapters.telegram.posts import channel_name
from jennie_cli.adapters.telegram.preview import ChannelPreview

__all__ = ["ChannelPreview", "channel_name"]
