"""The only composition root: settings, clock and adapters become a running engine."""

from jennie_cli.wiring.checkup import Finding, Level, examine
from jennie_cli.wiring.crash import record_crash
from jennie_cli.wiring.editing import Change, change_setting, remember_home
from jennie_cli.wiring.extras import EXTRAS, need_extra
from jennie_cli.wiring.house import AsOf, House, open_house
from jennie_cli.wiring.markets import coverage, import_files, newest_generated_day
from jennie_cli.wiring.vault import ask_hidden

__all__ = [
    "EXTRAS",
    "AsOf",
    "Change",
    "Finding",
    "House",
    "Level",
    "ask_hidden",
    "change_setting",
    "coverage",
    "examine",
    "import_files",
    "need_extra",
    "newest_generated_day",
    "open_house",
    "record_crash",
    "remember_home",
]
