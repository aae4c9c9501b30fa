"""RSS and Atom feeds as plain text."""

from jennie_cli.adapters.rss.news import RssNews
from jennie_cli.adapters.rss.parse import FeedItem, parse_feed
from jennie_cli.adapters.rss.source import RssSource, host_of

__all__ = ["FeedItem", "RssNews", "RssSource", "host_of", "parse_feed"]
