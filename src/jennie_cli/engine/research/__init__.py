"""The past, measured: what rules would have earned, filled as strictly as the market fills."""

from jennie_cli.engine.research.backtest import Backtest, BacktestStore, Walked, walk_sessions
from jennie_cli.engine.research.filling import buy_prices, paid, received, sell_prices, stop_reached
from jennie_cli.engine.research.kernel import trade_signals
from jennie_cli.engine.research.loading import PastMarket
from jennie_cli.engine.research.past import Blocked, PastSession, SessionResult, Trip
from jennie_cli.engine.research.path import PATH, Priced, Prices, price_path
from jennie_cli.engine.research.policy import FillPolicy, SpanPolicy
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.report_html import render_html
from jennie_cli.engine.research.report_sheets import Cell, Sheet, sheets
from jennie_cli.engine.research.report_terminal import terminal_lines
from jennie_cli.engine.research.trades import NO_ROW, Ending, Trades
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_stage import WalkPolicies
from jennie_cli.engine.trading.session import StandIn

__all__ = [
    "NO_ROW",
    "PATH",
    "Backtest",
    "BacktestReport",
    "BacktestStore",
    "Blocked",
    "Cell",
    "Ending",
    "FillPolicy",
    "PastMarket",
    "PastSession",
    "Priced",
    "Prices",
    "SessionResult",
    "Sheet",
    "SpanPolicy",
    "StandIn",
    "Trades",
    "Trip",
    "WalkPolicies",
    "Walked",
    "backtest_report",
    "buy_prices",
    "paid",
    "price_path",
    "received",
    "render_html",
    "sell_prices",
    "sheets",
    "stop_reached",
    "terminal_lines",
    "trade_session",
    "trade_signals",
    "walk_sessions",
]
