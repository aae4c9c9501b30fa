"""One trading session: what is known before it, what is judged in it, and what is decided."""

from jennie_cli.engine.trading.session.decisions import Decision, Step, figure_of
from jennie_cli.engine.trading.session.facts import (
    BuyFacts,
    OpenBuy,
    Outside,
    Standing,
    quoted,
)
from jennie_cli.engine.trading.session.lists import MorningList, Watchlists
from jennie_cli.engine.trading.session.morning import NO_WATCHLIST, Morning
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.roll import (
    NOTHING_ASSUMED,
    Roll,
    StandIn,
    candidates_of,
    roll_of,
)
from jennie_cli.engine.trading.session.weather import context_on, regime_on
from jennie_cli.engine.trading.session.wishes import Cell, Given, Scanned, SellWish, Settled

__all__ = [
    "NOTHING_ASSUMED",
    "NO_WATCHLIST",
    "BuyFacts",
    "Cell",
    "Decision",
    "Given",
    "Morning",
    "MorningList",
    "OpenBuy",
    "Outside",
    "Roll",
    "Scanned",
    "SellWish",
    "SessionPolicies",
    "Settled",
    "StandIn",
    "Standing",
    "Step",
    "Watchlists",
    "candidates_of",
    "context_on",
    "figure_of",
    "quoted",
    "regime_on",
    "roll_of",
]
