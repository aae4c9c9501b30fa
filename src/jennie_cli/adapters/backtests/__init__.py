"""Backtests as files: the figures in JSON and a page to look at."""

from jennie_cli.adapters.backtests.folder import BacktestFolder

__all__ = ["BacktestFolder"]
