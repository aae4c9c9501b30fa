"""How results look in a terminal: text aligned by display width, never wider than the screen."""

from jennie_cli.commands.view.comparison import comparison_page, scorers_page
from jennie_cli.commands.view.explanation import explanation_page
from jennie_cli.commands.view.macro import macro_page, macro_sources_page
from jennie_cli.commands.view.market import history_page, regime_page, rules_page, sectors_page
from jennie_cli.commands.view.page import Page
from jennie_cli.commands.view.watchlist import watchlist_page

__all__ = [
    "Page",
    "comparison_page",
    "explanation_page",
    "history_page",
    "macro_page",
    "macro_sources_page",
    "regime_page",
    "rules_page",
    "scorers_page",
    "sectors_page",
    "watchlist_page",
]
