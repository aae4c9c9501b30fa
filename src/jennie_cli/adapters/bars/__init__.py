"""Bars as files: the derived day-by-stock panel and the minute bars."""

from jennie_cli.adapters.bars.minutes import MinuteFiles
from jennie_cli.adapters.bars.panels import PanelFiles

__all__ = ["MinuteFiles", "PanelFiles"]
