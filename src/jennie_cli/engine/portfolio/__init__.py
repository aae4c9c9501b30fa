"""Fills, positions, cash and profit as a fold over the ledger's evidence, at any past moment."""

from jennie_cli.engine.portfolio.costs import Costs
from jennie_cli.engine.portfolio.dividing import costs_the_same, counted_anew
from jennie_cli.engine.portfolio.fills import FillBook, fills_of
from jennie_cli.engine.portfolio.folding import fold, held_codes, positions_at
from jennie_cli.engine.portfolio.following import Follower
from jennie_cli.engine.portfolio.portfolio import BookedFill, Portfolio, Valuation

__all__ = [
    "BookedFill",
    "Costs",
    "FillBook",
    "Follower",
    "Portfolio",
    "Valuation",
    "costs_the_same",
    "counted_anew",
    "fills_of",
    "fold",
    "held_codes",
    "positions_at",
]
