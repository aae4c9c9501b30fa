"""Ports to what the world says: files a user brings, the market now, later other sources."""

from jennie_cli.engine.feed.fetch import (
    Ask,
    BudgetUse,
    Fetched,
    Fetcher,
    FetchFailed,
    FetchKind,
)
from jennie_cli.engine.feed.history import Dividend, History, TradedDay
from jennie_cli.engine.feed.market import (
    Book,
    DayBar,
    MarketEvent,
    MarketEventKind,
    MinuteBar,
    Quote,
    Quotes,
    Tick,
    Ticks,
)
from jennie_cli.engine.feed.news import Heard, NewsSource
from jennie_cli.engine.feed.posts import (
    CHANNELS,
    Channel,
    ChannelRole,
    PostRead,
    channel_of,
    read_post,
    touched,
)
from jennie_cli.engine.feed.smoke import SourceHealth, look_at
from jennie_cli.engine.feed.tables import FolderLister, Listing, RawTable, TableReader
from jennie_cli.engine.feed.unlike import insist_flat, unlike
from jennie_cli.engine.feed.words import lines, one_line, web_address

__all__ = [
    "CHANNELS",
    "Ask",
    "Book",
    "BudgetUse",
    "Channel",
    "ChannelRole",
    "DayBar",
    "Dividend",
    "FetchFailed",
    "FetchKind",
    "Fetched",
    "Fetcher",
    "FolderLister",
    "Heard",
    "History",
    "Listing",
    "MarketEvent",
    "MarketEventKind",
    "MinuteBar",
    "NewsSource",
    "PostRead",
    "Quote",
    "Quotes",
    "RawTable",
    "SourceHealth",
    "TableReader",
    "Tick",
    "Ticks",
    "TradedDay",
    "channel_of",
    "insist_flat",
    "lines",
    "look_at",
    "one_line",
    "read_post",
    "touched",
    "unlike",
    "web_address",
]
