"""What a day came to: the account's snapshot, the briefing, and the month on paper."""

from jennie_cli.engine.briefing.assets import Assets, AssetSnapshot, MemoryAssets, Realised
from jennie_cli.engine.briefing.chatting import chat_html, head_of
from jennie_cli.engine.briefing.commenting import commented
from jennie_cli.engine.briefing.composing import NEWS_WINDOW, Materials, compose
from jennie_cli.engine.briefing.figures import (
    Bought,
    Briefing,
    Comments,
    Held,
    Level,
    Listed,
    SecondTier,
    Story,
    Trade,
    Trades,
    Watch,
    Weather,
    Worth,
)
from jennie_cli.engine.briefing.ledgered import TIER_DAYS
from jennie_cli.engine.briefing.log import BriefingLog, MemoryBriefingLog
from jennie_cli.engine.briefing.month import month_lines
from jennie_cli.engine.briefing.page_html import CHART_DAYS, page_html
from jennie_cli.engine.briefing.policy import BriefingPolicy
from jennie_cli.engine.briefing.sections import Section, Sheet, sign_of
from jennie_cli.engine.briefing.sections_read import sections
from jennie_cli.engine.briefing.sending import Delivery, Fate, send_once
from jennie_cli.engine.briefing.taking import HoldingsDoubted, Outcome, Taken, Taker

__all__ = [
    "CHART_DAYS",
    "NEWS_WINDOW",
    "TIER_DAYS",
    "AssetSnapshot",
    "Assets",
    "Bought",
    "Briefing",
    "BriefingLog",
    "BriefingPolicy",
    "Comments",
    "Delivery",
    "Fate",
    "Held",
    "HoldingsDoubted",
    "Level",
    "Listed",
    "Materials",
    "MemoryAssets",
    "MemoryBriefingLog",
    "Outcome",
    "Realised",
    "SecondTier",
    "Section",
    "Sheet",
    "Story",
    "Taken",
    "Taker",
    "Trade",
    "Trades",
    "Watch",
    "Weather",
    "Worth",
    "chat_html",
    "commented",
    "compose",
    "head_of",
    "month_lines",
    "page_html",
    "sections",
    "send_once",
    "sign_of",
]
