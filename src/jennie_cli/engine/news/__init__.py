"""News on its way: collected once, judged by itself, kept, told to who scores and who searches."""

from jennie_cli.engine.news.analyzing import Analyzer
from jennie_cli.engine.news.archiving import Archiver, passages
from jennie_cli.engine.news.asking import PACKAGE, PROMPT, news_request
from jennie_cli.engine.news.benefits import expire
from jennie_cli.engine.news.book import BenefitEvent, EventStatus, NewsBook, NewsRow, NewsStatus
from jennie_cli.engine.news.classifier import GENERAL, Category, categories, classify
from jennie_cli.engine.news.collecting import Collected, Collector, SourceReport
from jennie_cli.engine.news.consuming import Consumer, Handler, Tally
from jennie_cli.engine.news.identity import canonical_url, news_id, seen_keys
from jennie_cli.engine.news.judgement import JUDGEMENT, NewsReply, Risk
from jennie_cli.engine.news.memory import MemoryNewsBook
from jennie_cli.engine.news.message import BadMessage, NewsItem, calmed, decoded, encoded, item_of
from jennie_cli.engine.news.noise import is_noise
from jennie_cli.engine.news.peers import Peer, Peers, SectorPeers, market_caps, read_peers
from jennie_cli.engine.news.policy import NewsPolicy
from jennie_cli.engine.news.sentiment import Lately, lately

__all__ = [
    "GENERAL",
    "JUDGEMENT",
    "PACKAGE",
    "PROMPT",
    "Analyzer",
    "Archiver",
    "BadMessage",
    "BenefitEvent",
    "Category",
    "Collected",
    "Collector",
    "Consumer",
    "EventStatus",
    "Handler",
    "Lately",
    "MemoryNewsBook",
    "NewsBook",
    "NewsItem",
    "NewsPolicy",
    "NewsReply",
    "NewsRow",
    "NewsStatus",
    "Peer",
    "Peers",
    "Risk",
    "SectorPeers",
    "SourceReport",
    "Tally",
    "calmed",
    "canonical_url",
    "categories",
    "classify",
    "decoded",
    "encoded",
    "expire",
    "is_noise",
    "item_of",
    "lately",
    "market_caps",
    "news_id",
    "news_request",
    "passages",
    "read_peers",
    "seen_keys",
]
