"""RSS and Atom feeds as plain text."""

from jennie_cli.adapters.rss.parse import FeedItem, parse_feed
from jennie_cli.adapters.rss.source import RssSource

__all__ = ["FeedItem", "RssSource", "parse_feed"]
