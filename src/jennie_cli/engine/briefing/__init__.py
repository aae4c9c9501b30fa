"""What a day came to: the account's snapshot, and the month on paper."""

from jennie_cli.engine.briefing.assets import Assets, AssetSnapshot, MemoryAssets, Realised
from jennie_cli.engine.briefing.month import month_lines
from jennie_cli.engine.briefing.taking import HoldingsDoubted, Outcome, Taken, Taker

__all__ = [
    "AssetSnapshot",
    "Assets",
    "HoldingsDoubted",
    "MemoryAssets",
    "Outcome",
    "Realised",
    "Taken",
    "Taker",
    "month_lines",
]
